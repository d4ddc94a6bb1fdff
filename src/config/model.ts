/**
 * The Model: a configuration as frozen plain data, structured-cloneable, one per configuration. Made by load.ts, read by
 * the compiler, the main thread, checks and metrics. Proxies, servers and listeners are numbered over the whole
 * configuration; the engine, the shared pages and verdicts use the same numbers. Times are in milliseconds, sizes in bytes.
 */
import type { Agent, Check, CheckPlan, EmailAlert, InitState, Mailers, Observe } from './check_rules.js';
import type { Span } from './diagnostic.js';
import type { StatisticsPage } from './statistics_page.js';
import type { StickRule, StickTable } from './stick.js';
import type { GlobalLog, LogForward, LogProfile, ProxyLog, Ring, ServerLog } from './log.js';

export type Mode = 'tcp' | 'http' | 'log' | 'spop' | 'haterm';

export interface Model {
  /** Files by the number that spans give, with the offsets at which their lines start. */
  readonly sources: readonly ModelSource[];
  readonly global: Global;
  readonly proxies: readonly Proxy[];
  readonly servers: readonly Server[];
  readonly listeners: readonly Listener[];
  /** Rows for servers in the shared pages: `servers`, and room for those that are added later. */
  readonly serverRows: number;
  readonly resolvers: readonly Resolvers[];
  readonly stickTables: readonly StickTable[];
  readonly userlists: readonly Userlist[];
  /** Lists of patterns in the order of the configuration: ACLs and maps name them by their place here. */
  readonly patternLists: readonly PatternList[];
  /** Ways to check servers, of backends and healthcheck sections. */
  readonly checkPlans: readonly CheckPlan[];
  readonly mailers: readonly Mailers[];
  /** Those of crt-store sections that rules may use for tokens. */
  readonly certificates: readonly Certificate[];
  readonly jwt: JwtPolicy;
  readonly logProfiles: readonly LogProfile[];
  /** `ring` sections, then the rings before the servers of stream addresses in log lines. */
  readonly rings: readonly Ring[];
  readonly logForwards: readonly LogForward[];
}

export interface ModelSource {
  readonly name: string;
  readonly lineStarts: readonly number[];
}

/** A `resolvers` section, or the built-in one named "default". Times in ms. */
export interface Resolvers {
  readonly name: string;
  readonly nameservers: readonly Nameserver[];
  /** `resolve_retries`: queries for one resolution before it is given up. */
  readonly retries: number;
  /** `timeout resolve` and `timeout retry`. */
  readonly timeout: { readonly resolve: number; readonly retry: number };
  /** `hold`: how long a last good answer counts against an answer of this kind; `valid`: how long an answer is good for do-resolve. */
  readonly hold: { readonly [status in HoldStatus]: number };
  /** `accepted_payload_size`: largest answer, announced by EDNS if it is not the 512 bytes of plain DNS. */
  readonly payloadSize: number;
}

export type HoldStatus = 'nx' | 'other' | 'refused' | 'timeout' | 'valid' | 'obsolete';

export interface Nameserver {
  readonly name: string;
  readonly address: SocketAddress & { readonly kind: 'ip' };
  readonly transport: 'udp' | 'tcp';
  /** tcp: most connections at once; 0 = no limit. */
  readonly maxconn: number;
}

/** A `userlist` section. */
export interface Userlist {
  readonly name: string;
  readonly groups: readonly string[];
  readonly users: readonly User[];
}

export interface User {
  readonly name: string;
  /** A crypt(3) hash, or with `insecure` the password itself. Empty = nobody gets in. */
  readonly password: string;
  readonly insecure: boolean;
  readonly groups: readonly string[];
}

export interface Certificate {
  /** The path of its file, or `@store/name` for each name that it has in a named store. */
  readonly names: readonly string[];
  /** Private key and certificate in PEM. */
  readonly pem: string;
}

/** Which algorithms of encrypted tokens (JWE) are accepted. */
export interface JwtPolicy {
  readonly algorithms: readonly string[];
  readonly encryptions: readonly string[];
}

/** What a connection to the runtime API may do (manual, 5.1 `level`). */
export type RuntimeLevel = 'user' | 'operator' | 'admin';

/** A `stats socket`: a listener that belongs to no proxy. */
export interface RuntimeSocket {
  readonly listener: Listener;
  readonly level: RuntimeLevel;
  readonly severity: 'none' | 'number' | 'string';
  /** `expose-fd listeners`: a new process may take the listening sockets from here. */
  readonly exposeFd: boolean;
}

export interface RuntimeApi {
  readonly sockets: readonly RuntimeSocket[];
  /** ms, bytes. */
  readonly timeout: number;
  readonly maxconn: number;
  readonly payload: number;
}

export interface Global {
  readonly runtime: RuntimeApi;
  readonly daemon: boolean;
  readonly pidfile: string | null;
  readonly chroot: string | null;
  /** Numeric ids, resolved from user/group/uid/gid; null = unchanged. */
  readonly uid: number | null;
  readonly gid: number | null;
  /** 0 = derive from the descriptor limit. */
  readonly maxconn: number;
  /** Connections and sessions a second; 0 = no limit. */
  readonly maxconnrate: number;
  readonly maxsessrate: number;
  readonly nbthread: number;
  /** -1 = default (a quarter of maxconn when a proxy splices). */
  readonly maxpipes: number;
  readonly splice: boolean;
  readonly ulimitN: number;
  readonly hardStopAfter: number | null;
  readonly description: string | null;
  readonly node: string | null;
  readonly localpeer: string | null;
  /** A start with warnings is refused. */
  readonly zeroWarning: boolean;
  /** `external-check`: whether checks may run programs, and with which environment. */
  readonly externalCheck: 'no' | 'clean' | 'preserve-env';
  readonly insecureFork: boolean;
  /** Chance in intervals of checks, percent of them to either side. */
  readonly spreadChecks: number;
  /** ms over which the first checks are spread at most; null = no bound. */
  readonly maxSpreadChecks: number | null;
  /** Checks under way at once, for each worker; 0 = no limit. */
  readonly maxChecks: number;
  /**
   * What setenv, presetenv, unsetenv and resetenv did to the environment that load() was given, in order of first change; null
   * = removed. To be applied to the process before workers start.
   */
  readonly environment: readonly { readonly name: string; readonly value: string | null }[];
  /** h1-case-adjust, h1-case-adjust-file: header names in lower case and how they are written where an option asks for it. */
  readonly headerCases: readonly (readonly [from: string, to: string])[];
  /** h1-accept-payload-with-any-method. */
  readonly anyPayload: boolean;
  /** h1-do-not-close-on-insecure-transfer-encoding. */
  readonly keepInsecure: boolean;
  /** Statuses of servers that stick tables count as errors and as failures. */
  readonly errorCodes: readonly number[];
  readonly failCodes: readonly number[];
  readonly tune: Tune;
  /** `dns-accept-family`: kinds of addresses that are asked for; auto = IPv6 where the machine has a default route for it. */
  readonly dnsFamilies: 'auto' | 'ipv4' | 'ipv6' | 'both';
  /** `stats-file`: the counters of an earlier process by the guid of what they count; empty = none. */
  readonly savedCounters: readonly SavedCounters[];
  readonly log: GlobalLog;
  /** `set-var proc.…` and `set-var-fmt proc.…`, evaluated at start, in order; `conditions` as the action has them. */
  readonly variables: readonly GlobalVariable[];
}

/** Counters of one line of a stats file. */
export interface SavedCounters {
  readonly guid: string;
  readonly side: 'fe' | 'be';
  /** By HAProxy's name of the statistics field ("stot"); values up to 2^53. */
  readonly values: readonly (readonly [field: string, value: number])[];
}

export interface GlobalVariable {
  /** Without its scope. */
  readonly name: string;
  readonly conditions: readonly string[];
  readonly value: SampleExpression | LogFormat;
  readonly span: Span;
}

export interface Tune {
  readonly bufsize: number;
  readonly maxrewrite: number;
  /** 0 = the largest that the user's pipe limits carry. */
  readonly pipesize: number;
  readonly maxHeaders: number;
  /** -1 = no limit. */
  readonly maxAccept: number;
  /** Entries of stick tables that a session or request may track at once. */
  readonly stickCounters: number;
  /** Workers take idle server connections over from each other. */
  readonly shareIdle: boolean;
  /** Bounds of the histograms of times, rising, ms; empty = there are none. */
  readonly latencyBuckets: readonly number[];
}

/** A frontend, backend or listen section. */
export interface Proxy {
  readonly index: number;
  readonly name: string;
  readonly kind: 'frontend' | 'backend' | 'listen';
  /** frontend and listen / backend and listen. */
  readonly isFrontend: boolean;
  readonly isBackend: boolean;
  readonly span: Span;
  readonly mode: Mode;
  /** `id`, or the number HAProxy would give. */
  readonly id: number;
  /** `id` was written. */
  readonly forcedId: boolean;
  readonly description: string | null;
  readonly disabled: boolean;
  /** 0 = global maxconn. */
  readonly maxconn: number;
  /** 0 = not set and not computable (a tenth of the maxconn of the frontends that lead here). */
  readonly fullconn: number;
  /** 0 = as HAProxy: from maxconn, bounded by the system. */
  readonly backlog: number;
  /** `rate-limit sessions`: sessions a second; 0 = no limit. */
  readonly sessionRate: number;
  /** Of `option clitcpka` and `srvtcpka`. */
  readonly keepAlive: { readonly client: KeepAlive; readonly server: KeepAlive };
  /** `max-session-srv-conns`: connections to servers that one client keeps for itself. */
  readonly sessionServerConnections: number;
  readonly retries: number;
  /** null = a timeout that is not set. */
  readonly timeouts: Timeouts;
  readonly options: ProxyOptions;
  /** Indices into Model.listeners and Model.servers. */
  readonly listeners: readonly number[];
  readonly servers: readonly number[];
  /** How its servers are checked, unless their lines say otherwise: an index into Model.checkPlans; null = they are connected to. */
  readonly checkPlan: number | null;
  readonly balance: Balance;
  readonly hash: HashType;
  /** The backend's `cookie` line; null = no persistence by cookies. */
  readonly cookie: CookiePolicy | null;
  readonly dynamicCookieKey: string | null;
  /** `persist rdp-cookie`: name of the cookie; null = off. */
  readonly persistRdpCookie: string | null;
  readonly defaultBackend: number | null;
  readonly useBackend: readonly UseBackend[];
  readonly rules: RuleSets;
  /** `tcp-request inspect-delay` and `tcp-response inspect-delay`; null = not set. */
  readonly inspectDelay: { readonly request: number | null; readonly response: number | null };
  readonly source: SourceAddress | null;
  /** Complete raw responses by status (errorfile, errorloc, http-error …). */
  readonly errors: readonly ErrorResponse[];
  /** Those whose content depends on the request (http-error with formats); none of their statuses is in `errors`. */
  readonly errorReplies: readonly { readonly status: number; readonly reply: HttpReply }[];
  readonly forwardFor: ForwardFor | null;
  /** `option originalto`. */
  readonly originalTo: OriginalTo | null;
  /** `option forwarded`. */
  readonly forwarded: Forwarded | null;
  /** `option http-restrict-req-hdr-names`. */
  readonly headerNames: 'preserve' | 'delete' | 'reject';
  readonly uniqueIdFormat: LogFormat | null;
  readonly uniqueIdHeader: string | null;
  /** `http-send-name-header`: the field that tells a server its name. */
  readonly sendNameHeader: string | null;
  /** `retry-on`: words of RETRY_CONDITIONS (retry.ts). */
  readonly retryOn: readonly string[];
  readonly captures: Captures;
  readonly monitor: Monitor;
  /** `stats …`; null = no statistics page. */
  readonly stats: StatisticsPage | null;
  /** `use-server` rules in their order. */
  readonly useServer: readonly UseServer[];
  /** `force-persist` and `ignore-persist` in their order: the first whose condition holds counts. */
  readonly persist: readonly { readonly force: boolean; readonly condition: Condition }[];
  /** `force-be-switch`: conditions under which disabled and unpublished backends are switched to. */
  readonly forceSwitch: readonly Condition[];
  /** Number of its stick table. */
  readonly stickTable: number | null;
  readonly stickRules: readonly StickRule[];
  /** Rules, samples or other sections name it: it can't be deleted. */
  readonly referenced: boolean;
  /** `be-unpublished`. */
  readonly unpublished: boolean;
  readonly guid: string | null;
  readonly log: ProxyLog;
  /** What is sent about its servers; null = nothing. */
  readonly email: EmailAlert | null;
}

export interface OriginalTo {
  readonly header: string;
  readonly except: IpNetwork | null;
}

/** Parts of the Forwarded header (RFC 7239): left out (false), the default (true) or a sample. */
export interface Forwarded {
  readonly proto: boolean;
  readonly host: boolean | SampleExpression;
  readonly by: boolean | SampleExpression;
  readonly byPort: boolean | SampleExpression;
  readonly for: boolean | SampleExpression;
  readonly forPort: boolean | SampleExpression;
}

/** Slots for captured text of a frontend. */
export interface Captures {
  readonly request: readonly Capture[];
  readonly response: readonly Capture[];
  /** `capture cookie`: what its `name=value` starts with, and how much of it is kept. */
  readonly cookie: { readonly prefix: string; readonly length: number } | null;
}

export interface Capture {
  /** The header that fills the slot by itself, in lower case; null = rules fill it. */
  readonly header: string | null;
  readonly length: number;
}

export interface Monitor {
  readonly uri: string | null;
  /** `monitor fail`: any of them makes the answer a 503. */
  readonly fail: readonly Condition[];
}

export interface UseServer {
  /** Index of a server, or a format that gives the name of one. */
  readonly server: number | LogFormat;
  readonly condition: Condition | null;
  readonly span: Span;
}

/** A reply as `http-request return` and `deny` and `http-error` describe it (manual, section 4.3: return). */
export interface HttpReply {
  readonly status: number;
  /** `errorfiles`: the proxy's own for the status; `raw`: a whole response; `payload`: made of the parts below. */
  readonly kind: 'errorfiles' | 'raw' | 'payload';
  readonly raw: string;
  readonly contentType: string | null;
  /** null = no body. */
  readonly body: string | LogFormat | null;
  readonly headers: readonly { readonly name: string; readonly value: LogFormat }[];
}

export interface Timeouts {
  readonly client: number | null;
  readonly server: number | null;
  readonly connect: number | null;
  readonly httpRequest: number | null;
  readonly httpKeepAlive: number | null;
  readonly queue: number | null;
  readonly tunnel: number | null;
  readonly clientFin: number | null;
  readonly serverFin: number | null;
  readonly tarpit: number | null;
  readonly check: number | null;
  readonly clientHs: number | null;
}

/** Options by HAProxy's name without `option `; absent = off. `redispatch` carries its interval. */
export interface ProxyOptions {
  readonly flags: readonly string[];
  /** 'http-keep-alive' unless another connection mode was chosen. */
  readonly connectionMode: 'http-keep-alive' | 'http-server-close' | 'httpclose';
  readonly reuse: 'never' | 'safe' | 'aggressive' | 'always';
  /** 0 off; -1 only the last retry; n every n-th retry. */
  readonly redispatch: number;
}

export interface Balance {
  readonly algorithm: string;
  /** Words after the name, as checked: a number of draws, a parameter, header or cookie, `len 5`, `whole`, `check_post` … */
  readonly args: readonly string[];
  /** Of `balance hash`. */
  readonly expression?: SampleExpression;
}

/** `hash-type` and what goes with it (manual: hash-type, hash-balance-factor, hash-preserve-affinity). */
export interface HashType {
  readonly method: 'map-based' | 'consistent' | 'maglev';
  readonly hash: 'sdbm' | 'djb2' | 'wt6' | 'crc32' | 'none';
  readonly avalanche: boolean;
  /** Percent of the mean load that a server may have, above 100; 0 = no bound. */
  readonly balanceFactor: number;
  readonly preserveAffinity: 'always' | 'maxconn' | 'maxqueue';
}

/** Persistence by cookies (manual: cookie). */
export interface CookiePolicy {
  readonly name: string;
  /** null: the cookie is looked at in requests only. */
  readonly mode: 'rewrite' | 'insert' | 'prefix' | null;
  readonly indirect: boolean;
  readonly nocache: boolean;
  readonly postonly: boolean;
  readonly preserve: boolean;
  readonly httponly: boolean;
  readonly secure: boolean;
  readonly dynamic: boolean;
  readonly domains: readonly string[];
  readonly attributes: readonly string[];
  /** Seconds, 0 = none, for the two. */
  readonly maxidle: number;
  readonly maxlife: number;
}

export interface UseBackend {
  readonly backend: number | LogFormat;
  readonly condition: Condition | null;
  readonly span: Span;
}

export interface ForwardFor {
  readonly header: string;
  readonly ifNone: boolean;
  readonly except: IpNetwork | null;
}

export interface IpNetwork {
  readonly family: 4 | 6;
  /** 4 or 16 bytes, network order. */
  readonly bytes: readonly number[];
  readonly prefix: number;
}

export interface ErrorResponse {
  readonly status: number;
  /** Bytes as on the wire, one char a byte (latin1); empty = nothing is sent (/dev/null). */
  readonly raw: string;
}

export type SocketAddress =
  | {
      readonly kind: 'ip';
      readonly family: 4 | 6;
      readonly address: string;
      readonly port: number;
      /** Of a server without a port of its own: it is the one the client connected to, plus this. */
      readonly portOffset?: number;
    }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'abstract'; readonly name: string }
  | { readonly kind: 'fd'; readonly fd: number };

export interface SourceAddress {
  readonly address: SocketAddress;
  /** Of a range that begins with the port of `address`; 0 = none. */
  readonly portHigh: number;
  /** `usesrc`: whose address is presented instead; null = `address`. */
  readonly transparent: TransparentSource | null;
  readonly interface: string | null;
}

export type TransparentSource =
  | { readonly kind: 'address'; readonly address: SocketAddress }
  | { readonly kind: 'client' | 'clientip' }
  /** The address in a comma-separated header, counted from its first (1) or its last value (-1). */
  | { readonly kind: 'header'; readonly name: string; readonly occurrence: number };

export interface Listener {
  readonly index: number;
  readonly proxy: number;
  readonly name: string | null;
  readonly address: SocketAddress;
  /** 0 = the proxy's. */
  readonly maxconn: number;
  /** 0 = the proxy's. */
  readonly backlog: number;
  readonly acceptProxy: boolean;
  readonly v6only: boolean | null;
  readonly interface: string | null;
  readonly tfo: boolean;
  readonly deferAccept: boolean;
  readonly transparent: boolean;
  /** `tcp-ss`: SYN packets are kept, with (2) or without (1) their Ethernet header; 0 = not. */
  readonly saveSyn: number;
  /** `tcp-ut`, ms; 0 = the system's. */
  readonly userTimeout: number;
  /** Maximum segment size; 0 = the system's. */
  readonly mss: number;
  /** Congestion control algorithm (`cc`); null = not set. */
  readonly cc: string | null;
  readonly mode: number | null;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly guid: string | null;
  readonly id: number;
  readonly span: Span;
}

/** TCP keep-alive; 0 = the system's. Times in seconds. */
export interface KeepAlive {
  readonly count: number;
  readonly idle: number;
  readonly interval: number;
}

/** What a PROXY header of version 2 carries beside addresses. */
export interface ProxyTlvs {
  readonly crc32c: boolean;
  readonly uniqueId: boolean;
  readonly authority: boolean;
  readonly formats: readonly { readonly type: number; readonly format: LogFormat }[];
}

export interface Server {
  readonly index: number;
  readonly proxy: number;
  readonly name: string;
  readonly id: number;
  readonly address: SocketAddress;
  /** 0..256. */
  readonly weight: number;
  readonly backup: boolean;
  readonly disabled: boolean;
  /** 0 = no limit, for the three. */
  readonly maxconn: number;
  readonly minconn: number;
  readonly maxqueue: number;
  /** Stick tables do not learn it. */
  readonly nonStick: boolean;
  /** Its value in persistence cookies; null = none. */
  readonly cookie: string | null;
  /** GET and HEAD requests for it are redirected to this prefix; null = no. */
  readonly redir: string | null;
  /** What places it on the ring of consistent hashing. */
  readonly hashKey: 'id' | 'id32' | 'guid' | 'addr' | 'addr-port';
  /** Of servers in mode log: how messages get there. */
  readonly log?: ServerLog | null;
  readonly sendProxy: 0 | 1 | 2;
  /** `proxy-v2-options` and `set-proxy-v2-tlv-fmt`. */
  readonly proxyTlvs: ProxyTlvs;
  readonly source: SourceAddress | null;
  /** `tcp-ut`, ms; 0 = the system's. */
  readonly userTimeout: number;
  readonly tfo: boolean;
  /** Congestion control algorithm (`cc`); null = not set. */
  readonly cc: string | null;
  readonly check: Check | null;
  readonly agent: Agent | null;
  /** Good checks that make it up; without checks it is as healthy as that. */
  readonly rise: number;
  /** Index of the server whose state is this one's; null = its own. */
  readonly track: number | null;
  readonly observe: Observe | null;
  /** `on-marked-down shutdown-sessions`, `on-marked-up shutdown-backup-sessions`. */
  readonly shutdownOnDown: boolean;
  readonly shutdownBackups: boolean;
  /** Before the first check; null = up. */
  readonly initState: InitState | null;
  /** Connections go through this SOCKS4 proxy. */
  readonly socks4: SocketAddress | null;
  /** The name that its address comes from, as written; null = none. `_http._tcp.example.com` stands for SRV records. */
  readonly hostname: string | null;
  /** How its address follows the name while the process runs; null = it doesn't. */
  readonly resolution: Resolution | null;
  /** It starts without an address: in maintenance, until it gets one. */
  readonly unresolved: boolean;
  /** ms in which weight and maxconn grow once it is up; 0 = at once. */
  readonly slowstart: number;
  readonly guid: string | null;
  /** `id` was written. */
  readonly forcedId: boolean;
  /** Rules or samples name it: it can't be deleted. */
  readonly referenced: boolean;
  /** What a state file says of it; null = nothing. */
  readonly saved: SavedServer | null;
  /** Below so many idle connections no worker takes one over from another. */
  readonly poolLowConn: number;
  /** -1 = no limit, for the two. */
  readonly poolMaxConn: number;
  readonly maxReuse: number;
  readonly poolPurgeDelay: number;
  readonly span: Span;
}

export type { Agent, Check, CheckPlan, EmailAlert, Mailers, Observe } from './check_rules.js';

/** Resolution of a server's name at run time (manual, 5.3). */
export interface Resolution {
  /** Index into Model.resolvers. */
  readonly resolvers: number;
  /** `resolve-prefer`. */
  readonly prefer: 4 | 6;
  /** `resolve-net`: addresses in one of them are preferred. */
  readonly networks: readonly IpNetwork[];
  /** `resolve-opts`. */
  readonly allowDuplicates: boolean;
  readonly ignoreWeight: boolean;
}

/** A server's line of a state file (management guide: show servers state, version 1), as far as it is used. */
export interface SavedServer {
  /** null = none. */
  readonly address: string | null;
  readonly port: number;
  /** OP_ and ADMIN_ constants. */
  readonly opState: number;
  readonly adminState: number;
  readonly userWeight: number;
  readonly initialWeight: number;
  /** Seconds. */
  readonly sinceChange: number;
  readonly checkStatus: number;
  readonly checkResult: number;
  readonly checkHealth: number;
  readonly checkState: number;
  readonly agentState: number;
  /** null = none ("-"), for the three. */
  readonly fqdn: string | null;
  readonly srvRecord: string | null;
  readonly checkAddress: string | null;
  /** 0 = none. */
  readonly checkPort: number;
  readonly agentAddress: string | null;
  readonly agentPort: number;
}

/** Rules by family, in the order of the file (those inherited from named defaults first). */
export type RuleFamily =
  | 'tcp-request connection' | 'tcp-request session' | 'tcp-request content' | 'tcp-response content'
  | 'http-request' | 'http-response' | 'http-after-response';
export type RuleSets = { readonly [family in RuleFamily]: readonly Rule[] };

export interface Rule {
  /** Name of the row in src/core/action. */
  readonly action: string;
  /** Plain data made by the row's parse(). */
  readonly data: unknown;
  readonly condition: Condition | null;
  readonly span: Span;
}

/** A condition: `if`/`unless` with ACLs already resolved to their expressions; `unless` is a `not`. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly terms: readonly Condition[] }
  | { readonly kind: 'not'; readonly term: Condition }
  | { readonly kind: 'test'; readonly test: AclTest };

/** One `acl` line or anonymous ACL. A named one is one object, shared by all its uses. */
export interface AclTest {
  readonly name: string | null;
  readonly sample: SampleExpression;
  /** found, bool, int, ip, bin, len, str, beg, sub, reg, end, dir, dom. */
  readonly method: string;
  readonly ignoreCase: boolean;
  /** In the normal form of their method (src/config/pattern.ts), those of files included. */
  readonly patterns: readonly string[];
  /** Files given by -f. */
  readonly files: readonly string[];
  /** Where the patterns come from: places in Model.patternLists. */
  readonly lists: readonly number[];
  /** Patterns whose text alone does not say what they are: host names, numbers behind a comparison; with their places in `patterns`. */
  readonly special: readonly (readonly [text: string, at: number])[];
  readonly span: Span;
}

/** Patterns that can be changed while the process runs (manual of the runtime API: show acl, show map). */
export interface PatternList {
  /** As in `#3`. */
  readonly id: number;
  /** null: patterns that stand in a line. */
  readonly file: LoadedFile | null;
  /** The patterns of a line, as written; empty for files. */
  readonly keys: readonly string[];
  /** The first word of a line of the file is the pattern, the rest its value; else the whole line is the pattern. */
  readonly keyed: boolean;
  readonly uses: readonly PatternUse[];
}

/** An ACL or a converter that looks patterns up. */
export interface PatternUse {
  readonly kind: 'acl' | 'map';
  /** The sample fetch of an ACL, the name of a converter. */
  readonly name: string;
  readonly method: string;
  readonly ignoreCase: boolean;
  readonly span: Span;
}

/** A sample fetch with its converters: `req.hdr(host),lower,field(1,:)`. */
export interface SampleExpression {
  readonly fetch: string;
  readonly args: readonly Arg[];
  readonly converters: readonly { readonly name: string; readonly args: readonly Arg[] }[];
  /** As written, for messages and logs. */
  readonly text: string;
}

/**
 * Arguments as checked at parse time: integers (bigint beyond 2^53), strings, times (ms), resolved names (index of a proxy, server
 * or userlist), ACLs, files that were read.
 */
export type Arg = string | number | bigint | null | IpNetwork | LoadedFile | Condition;

/** A file that an argument names. The same file is one object wherever it is named. */
export interface LoadedFile {
  readonly file: string;
  /** latin1, one char a byte. */
  readonly text: string;
}

/** A log-format string: literal text, `%[expr]` and `%alias` items. */
export interface LogFormat {
  readonly items: readonly LogFormatItem[];
  readonly text: string;
  /** `%{+json}o`, `%{+cbor}o`: the string is one object of its named items. */
  readonly encoding?: LogEncoding | null;
  /** `%{+bin}o`: binary samples keep all their bytes, and CBOR is not written in hexadecimal. */
  readonly binary?: boolean;
}
export type LogEncoding = 'json' | 'cbor';
export type LogFormatItem = { readonly kind: 'text'; readonly text: string } | LogFormatSample | LogFormatAlias;

/** What stands before an item: `%(name:type){flags}`. */
export interface LogFormatPrefix {
  /** Its key in an object; null: it is left out there. */
  readonly name?: string | null;
  /** The type it is cast to when it is encoded; null: its own. */
  readonly type?: 'str' | 'sint' | 'bool' | null;
  /** Those in force for it, `%o` included, separated by commas: `Q,X`. */
  readonly flags: string;
}
export interface LogFormatSample extends LogFormatPrefix {
  readonly kind: 'sample';
  readonly sample: SampleExpression;
}
export interface LogFormatAlias extends LogFormatPrefix {
  readonly kind: 'alias';
  readonly alias: string;
  readonly arg: string | null;
}

/** The configuration while it is being read: what keyword rows write to. resolve.ts makes the Model from it. */
import { AclTable } from './acl.js';
import { NEW_HEALTH, newCheckDraft, NO_EMAIL } from './check_draft.js';
import type { CheckDraft, EmailAlertDraft, HealthSettings } from './check_draft.js';
import type { Span } from './diagnostic.js';
import { defaultErrorCodes, defaultFailCodes } from './status_codes.js';
import type { StatisticsPageDraft } from './statistics_page.js';
import type { StickRule } from './stick.js';
import { newLog, RING_SIZE } from './log_draft.js';
import type { ServerLog } from './log.js';
import type { GlobalLogDraft, LogDraft } from './log_draft.js';
import type {
  Balance,
  Condition,
  CookiePolicy,
  ErrorResponse,
  Capture,
  Forwarded,
  ForwardFor,
  Global,
  GlobalVariable,
  HashType,
  HttpReply,
  LogFormat,
  Mode,
  OriginalTo,
  Proxy,
  ProxyTlvs,
  ProxyOptions,
  Resolution,
  Rule,
  RuleFamily,
  RuntimeLevel,
  Server,
  SocketAddress,
  Timeouts,
  TransparentSource,
  Tune,
} from './model.js';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An address as written: a host name is looked up at the end of load. */
export type DraftAddress = SocketAddress | HostAddress;

export interface HostAddress {
  readonly kind: 'host';
  readonly host: string;
  readonly port: number;
  /** 0: an address of either family will do. */
  readonly family: 0 | 4 | 6;
  readonly portOffset?: number;
}

export interface DraftSource {
  readonly address: DraftAddress;
  readonly portHigh: number;
  readonly transparent: { readonly kind: 'address'; readonly address: DraftAddress } | Exclude<TransparentSource, { kind: 'address' }> | null;
  readonly interface: string | null;
  readonly span: Span;
}

/** A proxy or server named before it is known. */
export interface Reference {
  readonly name: string;
  readonly span: Span;
}

export interface GlobalDraft {
  daemon: boolean;
  pidfile: string | null;
  chroot: string | null;
  uid: number | null;
  gid: number | null;
  maxconn: number;
  maxconnrate: number;
  maxsessrate: number;
  nbthread: number | null;
  maxpipes: number;
  splice: boolean;
  ulimitN: number;
  hardStopAfter: number | null;
  description: string | null;
  node: string | null;
  localpeer: string | null;
  zeroWarning: boolean;
  /** Actions that HAProxy calls experimental are allowed. */
  experimental: boolean;
  externalCheck: Global['externalCheck'];
  insecureFork: boolean;
  spreadChecks: number;
  maxSpreadChecks: number | null;
  maxChecks: number;
  /** h1-case-adjust lines, and the last h1-case-adjust-file: how names in lower case are written. */
  readonly headerCases: { readonly lines: Map<string, string>; readonly file: Map<string, string> };
  anyPayload: boolean;
  keepInsecure: boolean;
  readonly errorCodes: Set<number>;
  readonly failCodes: Set<number>;
  readonly unixBind: UnixBind;
  readonly tune: Mutable<Tune>;
  readonly variables: GlobalVariable[];
  readonly runtime: { readonly sockets: BindDraft[]; timeout: number; maxconn: number; payload: number };
  readonly log: GlobalLogDraft;
  dnsFamilies: Global['dnsFamilies'];
  /** `server-state-base`, `server-state-file`, `stats-file`; latin1, as words are. */
  stateBase: string | null;
  stateFile: Reference | null;
  statsFile: Reference | null;
}

/** What `unix-bind` presets for the unix sockets of all bind lines. */
export interface UnixBind {
  prefix: string;
  mode: number | null;
  uid: number | null;
  gid: number | null;
}

/** One `bind` line's options; each of its addresses becomes a listener. */
export interface BindDraft {
  name: string | null;
  maxconn: number;
  backlog: number;
  acceptProxy: boolean;
  v6only: boolean | null;
  interface: string | null;
  tfo: boolean;
  deferAccept: boolean;
  transparent: boolean;
  saveSyn: number;
  userTimeout: number;
  mss: number;
  cc: string | null;
  mode: number | null;
  uid: number | null;
  gid: number | null;
  id: number | null;
  guidPrefix: { readonly value: string; readonly span: Span } | null;
  /** For sockets of the runtime API. */
  level: RuntimeLevel;
  severity: 'none' | 'number' | 'string';
  exposeFd: boolean;
  readonly addresses: readonly { readonly address: DraftAddress; readonly span: Span }[];
  readonly span: Span;
}

/** A bind line without options. */
export function newBind(addresses: BindDraft['addresses'], span: Span): BindDraft {
  return {
    name: null,
    maxconn: 0,
    backlog: 0,
    acceptProxy: false,
    v6only: null,
    interface: null,
    tfo: false,
    deferAccept: false, guidPrefix: null,
    transparent: false,
    saveSyn: 0,
    userTimeout: 0,
    mss: 0,
    cc: null,
    mode: null,
    uid: null,
    gid: null,
    id: null,
    level: 'operator',
    severity: 'none',
    exposeFd: false,
    addresses,
    span,
  };
}

/** What `default-server` presets and `server` sets. */
export interface ServerSettings {
  weight: number;
  backup: boolean;
  disabled: boolean;
  maxconn: number;
  minconn: number;
  maxqueue: number;
  nonStick: boolean;
  cookie: string | null;
  redir: string | null;
  hashKey: Server['hashKey'];
  log: ServerLog;
  sendProxy: 0 | 1 | 2;
  proxyTlvs: ProxyTlvs;
  source: DraftSource | null;
  userTimeout: number;
  tfo: boolean;
  cc: string | null;
  check: boolean;
  health: HealthSettings;
  checkAddress: { readonly address: DraftAddress; readonly span: Span } | null;
  checkPort: number;
  inter: number;
  fastinter: number | null;
  downinter: number | null;
  rise: number;
  fall: number;
  poolLowConn: number;
  poolMaxConn: number;
  maxReuse: number;
  poolPurgeDelay: number;
  /** How its name is resolved at run time. Replaced as a whole, never written to: settings are copied. */
  resolve: ResolveDraft;
  slowstart: number;
  /** How a host name becomes an address, tried in turn. */
  initAddress: readonly (DraftAddress | 'last' | 'libc' | 'none')[];
}

/** Resolution at run time as server lines describe it; without resolvers there is none. */
export interface ResolveDraft extends Omit<Resolution, 'resolvers'> {
  readonly resolvers: Reference | null;
}

export interface ServerDraft {
  readonly name: string;
  readonly address: DraftAddress;
  readonly settings: ServerSettings;
  id: { readonly value: number; readonly span: Span } | null;
  readonly guid: { readonly value: string; readonly span: Span } | null;
  /** The name's word. */
  readonly span: Span;
  readonly addressSpan: Span;
}

/** True for a server whose name stands for SRV records (manual, 5.3.1). */
export function hasSrvName({ address }: Pick<ServerDraft, 'address'>): boolean {
  return address.kind === 'host' && address.host.startsWith('_');
}

export type RuleSetsDraft = { readonly [family in RuleFamily]: Rule[] };

export interface UseBackendDraft {
  readonly backend: Reference | LogFormat;
  readonly condition: Condition | null;
  readonly span: Span;
}

/**
 * One line that says what is sent for errors; of several lines about a status the last one counts. `reset`: as if there had been
 * none; `section`: what an http-errors section has, for these statuses, or for all it has.
 */
export type ErrorSource =
  | { readonly kind: 'raw'; readonly response: ErrorResponse }
  | { readonly kind: 'reply'; readonly reply: HttpReply }
  | { readonly kind: 'reset'; readonly status: number }
  | { readonly kind: 'section'; readonly section: Reference; readonly statuses: readonly number[] | null };

/** An `http-errors` section. */
export interface HttpErrorsDraft {
  readonly name: string;
  readonly span: Span;
  readonly errors: Map<number, ErrorResponse>;
}

/** A `userlist` section. Names in lists are words, to be pointed at. */
export interface UserlistDraft {
  readonly name: string;
  readonly span: Span;
  readonly groups: Map<string, readonly Reference[]>;
  readonly users: Map<string, { readonly password: string; readonly insecure: boolean; readonly groups: readonly Reference[] }>;
}

/** What a proxy inherits from its `defaults` section. */
export interface ProxySettings {
  mode: Mode;
  disabled: boolean;
  maxconn: number;
  fullconn: number;
  backlog: number;
  sessionRate: number;
  keepAlive: Proxy['keepAlive'];
  sessionServerConnections: number;
  retries: number;
  readonly timeouts: Mutable<Timeouts>;
  flags: Set<string>;
  connectionMode: ProxyOptions['connectionMode'];
  reuse: ProxyOptions['reuse'];
  redispatch: number;
  balance: Balance;
  hash: HashType;
  cookie: CookiePolicy | null;
  dynamicCookieKey: string | null;
  persistRdpCookie: string | null;
  source: DraftSource | null;
  forwardFor: ForwardFor | null;
  originalTo: OriginalTo | null;
  forwarded: Forwarded | null;
  headerNames: Proxy['headerNames'];
  uniqueIdFormat: LogFormat | null;
  uniqueIdHeader: string | null;
  sendNameHeader: string | null;
  retryOn: readonly string[];
  /** null: on in HTTP backends. */
  abortOnClose: boolean | null;
  monitorUri: string | null;
  stats: StatisticsPageDraft | null;
  defaultBackend: Reference | null;
  errors: ErrorSource[];
  rules: RuleSetsDraft;
  inspectDelay: { request: number | null; response: number | null };
  server: ServerSettings;
  log: LogDraft;
  /** `load-server-state-from-file`. */
  loadState: 'global' | 'local' | 'none';
  check: CheckDraft;
  email: EmailAlertDraft;
}

export type ProxyKind = 'defaults' | 'frontend' | 'backend' | 'listen';

export interface ProxyDraft {
  readonly kind: ProxyKind;
  /** '' for an anonymous defaults section. */
  readonly name: string;
  readonly span: Span;
  readonly defaults: ProxyDraft | null;
  readonly settings: ProxySettings;
  id: { readonly value: number; readonly span: Span } | null;
  description: string | null;
  /** `redirect` lines: rules that come after all of http-request. */
  readonly redirects: Rule[];
  readonly acls: AclTable;
  readonly binds: BindDraft[];
  readonly servers: ServerDraft[];
  readonly useBackend: UseBackendDraft[];
  readonly useServer: { readonly server: Reference | LogFormat; readonly condition: Condition; readonly span: Span }[];
  readonly persist: { readonly force: boolean; readonly condition: Condition }[];
  readonly forceSwitch: Condition[];
  readonly stickRules: StickRule[];
  readonly monitorFail: Condition[];
  readonly captures: { readonly request: Capture[]; readonly response: Capture[]; cookie: Proxy['captures']['cookie'] };
  /** Slots that capture rules name, to be looked for when all are declared. */
  readonly captureIds: { readonly side: 'request' | 'response'; readonly id: number; readonly rule: string; readonly span: Span }[];
  unpublished: boolean;
  guid: { readonly value: string; readonly span: Span } | null;
  /** `server-state-file-name`; null = the name of the backend. */
  stateFileName: Reference | null;
  /** Rule families that have a rule of this section, not only inherited ones. */
  readonly ownFamilies: Set<RuleFamily>;
  /** Place in the order of evaluation of the last rule seen, for warnings (keyword/order.ts). */
  lastRank: number;
  /** Timeouts set by the section itself, for "overwriting" warnings. */
  readonly ownTimeouts: Set<string>;
  /** Where keywords stand that a later check points at ("option forwardfor"). */
  readonly seen: Map<string, Span>;
}

/** A frontend, backend or listen section, as opposed to a defaults section. */
export type RunningDraft = ProxyDraft & { readonly kind: Exclude<ProxyKind, 'defaults'> };

export function isRunning(proxy: ProxyDraft): proxy is RunningDraft {
  return proxy.kind !== 'defaults';
}

/** Sides of a proxy; a defaults section counts as both. */
export function hasFrontend(proxy: ProxyDraft): boolean {
  return proxy.kind !== 'backend';
}
export function hasBackend(proxy: ProxyDraft): boolean {
  return proxy.kind !== 'frontend';
}
/** As HAProxy names a proxy in messages: "frontend", "backend", "defaults", and "proxy" for listen. */
export function proxyType(proxy: ProxyDraft): string {
  return proxy.kind === 'listen' ? 'proxy' : proxy.kind;
}

export function newGlobal(): GlobalDraft {
  return {
    daemon: false,
    pidfile: null,
    chroot: null,
    uid: null,
    gid: null,
    maxconn: 0,
    maxconnrate: 0,
    maxsessrate: 0,
    nbthread: null,
    maxpipes: -1,
    splice: true,
    ulimitN: 0,
    hardStopAfter: null,
    description: null,
    node: null,
    localpeer: null,
    zeroWarning: false,
    experimental: false,
    externalCheck: 'no',
    insecureFork: false,
    spreadChecks: 0,
    maxSpreadChecks: null,
    maxChecks: 0,
    headerCases: { lines: new Map(), file: new Map() },
    anyPayload: false,
    keepInsecure: false,
    errorCodes: defaultErrorCodes(),
    failCodes: defaultFailCodes(),
    unixBind: { prefix: '', mode: null, uid: null, gid: null },
    tune: { bufsize: 16384, maxrewrite: 1024, pipesize: 0, maxHeaders: 101, maxAccept: 4, stickCounters: 3, shareIdle: true, latencyBuckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000] },
    variables: [],
    runtime: { sockets: [], timeout: 10_000, maxconn: 10, payload: 128 * 1024 },
    log: { lines: [], tag: null, hostname: null },
    dnsFamilies: 'auto',
    stateBase: null,
    stateFile: null,
    statsFile: null,
  };
}

const NEW_RULES = (): RuleSetsDraft => ({
  'tcp-request connection': [],
  'tcp-request session': [],
  'tcp-request content': [],
  'tcp-response content': [],
  'http-request': [],
  'http-response': [],
  'http-after-response': [],
});

/** HAProxy's documented defaults. */
export function newSettings(): ProxySettings {
  return {
    mode: 'tcp',
    disabled: false,
    maxconn: 0,
    fullconn: 0,
    backlog: 0,
    sessionRate: 0,
    keepAlive: { client: { count: 0, idle: 0, interval: 0 }, server: { count: 0, idle: 0, interval: 0 } },
    sessionServerConnections: 5,
    retries: 3,
    timeouts: {
      client: null,
      server: null,
      connect: null,
      httpRequest: null,
      httpKeepAlive: null,
      queue: null,
      tunnel: null,
      clientFin: null,
      serverFin: null,
      tarpit: null,
      check: null,
      clientHs: null,
    },
    flags: new Set(),
    connectionMode: 'http-keep-alive',
    reuse: 'safe',
    redispatch: 0,
    balance: { algorithm: 'roundrobin', args: [] },
    hash: { method: 'map-based', hash: 'sdbm', avalanche: false, balanceFactor: 0, preserveAffinity: 'always' },
    cookie: null,
    dynamicCookieKey: null,
    persistRdpCookie: null,
    source: null,
    forwardFor: null,
    originalTo: null,
    forwarded: null,
    headerNames: 'preserve',
    uniqueIdFormat: null,
    uniqueIdHeader: null,
    sendNameHeader: null,
    retryOn: ['conn-failure'],
    abortOnClose: null,
    monitorUri: null,
    stats: null,
    defaultBackend: null,
    errors: [],
    rules: NEW_RULES(),
    inspectDelay: { request: null, response: null },
    log: newLog(),
    loadState: 'none',
    server: {
      weight: 1,
      backup: false,
      disabled: false,
      maxconn: 0,
      minconn: 0,
      maxqueue: 0,
      nonStick: false,
      cookie: null,
      redir: null,
      hashKey: 'id',
      log: { datagram: false, octetCount: false, size: RING_SIZE },
      sendProxy: 0,
      proxyTlvs: { crc32c: false, uniqueId: false, authority: false, formats: [] },
      source: null,
      userTimeout: 0,
      tfo: false,
      cc: null,
      check: false,
      health: NEW_HEALTH,
      checkAddress: null,
      checkPort: 0,
      inter: 2000,
      fastinter: null,
      downinter: null,
      rise: 2,
      fall: 3,
      poolLowConn: 0,
      poolMaxConn: -1,
      maxReuse: -1,
      poolPurgeDelay: 5000,
      resolve: { resolvers: null, prefer: 6, networks: [], allowDuplicates: false, ignoreWeight: false },
      slowstart: 0,
      initAddress: ['last', 'libc'],
    },
    check: newCheckDraft(),
    email: NO_EMAIL,
  };
}

/** A proxy's own settings, starting from its defaults section's. */
export function copySettings(from: ProxySettings): ProxySettings {
  const rules = NEW_RULES();
  for (const family of Object.keys(rules) as RuleFamily[]) {
    if (from.rules[family].length > 0) rules[family].push(...from.rules[family]);
  }
  return {
    ...from,
    timeouts: { ...from.timeouts },
    flags: new Set(from.flags),
    errors: [...from.errors],
    rules,
    inspectDelay: { ...from.inspectDelay },
    server: { ...from.server },
    check: { ...from.check },
    log: { ...from.log },
  };
}

export function newProxy(kind: ProxyKind, name: string, span: Span, defaults: ProxyDraft | null): ProxyDraft {
  return {
    kind,
    name,
    span,
    defaults,
    settings: defaults === null ? newSettings() : copySettings(defaults.settings),
    id: null,
    description: null,
    redirects: [],
    acls: new AclTable(),
    binds: [],
    servers: [],
    useBackend: [],
    useServer: [],
    persist: [],
    forceSwitch: [],
    stickRules: [],
    monitorFail: [],
    captures: { request: [], response: [], cookie: null },
    captureIds: [],
    unpublished: false,
    guid: null,
    stateFileName: null,
    lastRank: -1,
    ownFamilies: new Set(),
    ownTimeouts: new Set(),
    seen: new Map(),
  };
}

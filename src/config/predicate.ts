/** The predicates of `.if` conditions and `-cc`, with the facts they ask about. */

/** The HAProxy version whose language we speak. */
export const HAPROXY_VERSION = '3.5.0';
export const HAPROXY_BRANCH = '3.5';

/**
 * What `feature()` answers, by the names of `haproxy -vv`; a name that isn't listed is a feature we don't have. OPENSSL and LIBCRYPT
 * stand for what samples and userlists compute with them: keywords of TLS that are not there are refused, not passed over.
 */
export const FEATURES: Readonly<Record<string, boolean>> = {
  '51DEGREES': false, ACCEPT4: true, BACKTRACE: true, CLOSEFROM: false, CPU_AFFINITY: false, CRYPT_H: false, DEVICEATLAS: false,
  DL: false, ENGINE: false, EPOLL: true, EVPORTS: false, GETADDRINFO: true, KQUEUE: false, LIBCRYPT: true, LINUX_CAP: false,
  LINUX_SPLICE: true, LINUX_TPROXY: false, LUA: false, MATH: true, MEMORY_PROFILING: false, NETFILTER: false, NS: false,
  OBSOLETE_LINKER: false, OPENSSL: true, OPENSSL_AWSLC: false, OPENSSL_WOLFSSL: false, OT: false, PCRE: false, PCRE2: false,
  PCRE2_JIT: false, PCRE_JIT: false, POLL: false, PRCTL: false, PROCCTL: false, PROMEX: true, PTHREAD_EMULATION: false, QUIC: false,
  QUIC_OPENSSL_COMPAT: false, RT: false, SHM_OPEN: false, SLZ: false, SSL: false, STATIC_PCRE: false, STATIC_PCRE2: false,
  SYSTEMD: false, TFO: true, THREAD: true, THREAD_DUMP: false, TPROXY: false, WURFL: false, ZLIB: false,
};

/** What `enabled()` answers: run-time options of the process. */
export const RUNTIME_OPTIONS: Readonly<Record<string, boolean>> = {
  POLL: false, EPOLL: true, KQUEUE: false, EVPORTS: false, SPLICE: true, GETADDRINFO: true, REUSEPORT: true, 'FAST-FORWARD': true,
  'SERVER-SSL-VERIFY-NONE': false,
};

/** What predicates ask about: the environment, and the answers of `enabled()`. */
export interface PredicateFacts {
  readonly environment: { has(name: string): boolean };
  readonly enabled: Readonly<Record<string, boolean>>;
}

export interface PredicateRow {
  readonly name: string;
  /** Number of arguments; a missing single one is the empty string, as in HAProxy. */
  readonly args: number;
  readonly doc: string;
  evaluate(args: readonly string[], facts: PredicateFacts): boolean;
}

/** Of the OpenSSL that node brings. */
const OPENSSL_VERSION = process.versions.openssl ?? '0';

const answer = (table: Readonly<Record<string, boolean>>, name: string): boolean => Object.hasOwn(table, name) && table[name] === true;
const never = (): boolean => false;

export const PREDICATES: readonly PredicateRow[] = [
  { name: 'defined', args: 1, doc: 'an environment variable of that name exists', evaluate: ([a = ''], facts) => facts.environment.has(a) },
  { name: 'feature', args: 1, doc: 'the feature is built in', evaluate: ([a = '']) => answer(FEATURES, a) },
  { name: 'enabled', args: 1, doc: 'the run-time option is on', evaluate: ([a = ''], facts) => answer(facts.enabled, a) },
  { name: 'streq', args: 2, doc: 'both strings are equal', evaluate: ([a, b]) => a === b },
  { name: 'strneq', args: 2, doc: 'the strings differ', evaluate: ([a, b]) => a !== b },
  { name: 'strstr', args: 2, doc: 'the first string contains the second', evaluate: ([a = '', b = '']) => a.includes(b) },
  { name: 'version_atleast', args: 1, doc: 'the version is that or newer', evaluate: ([a = '']) => compareVersions(HAPROXY_VERSION, a) >= 0 },
  { name: 'version_before', args: 1, doc: 'the version is older', evaluate: ([a = '']) => compareVersions(HAPROXY_VERSION, a) < 0 },
  { name: 'openssl_version_atleast', args: 1, doc: 'OpenSSL is there, of that version or newer', evaluate: ([a = '']) => compareOpenssl(OPENSSL_VERSION, a) >= 0 },
  { name: 'openssl_version_before', args: 1, doc: 'OpenSSL is there, and older', evaluate: ([a = '']) => compareOpenssl(OPENSSL_VERSION, a) < 0 },
  { name: 'ssllib_name_startswith', args: 1, doc: 'a TLS library is there whose name starts so', evaluate: ([a = '']) => 'OpenSSL'.startsWith(a) },
  { name: 'awslc_api_atleast', args: 1, doc: 'AWS-LC is there with that API or newer', evaluate: never },
  { name: 'awslc_api_before', args: 1, doc: 'AWS-LC is there with an older API', evaluate: never },
  { name: 'fips_mode', args: 0, doc: 'the TLS library runs in FIPS mode', evaluate: never },
];

/** major, minor, patch, development build: a release counts as newer than all its `-devN`. */
function versionNumbers(text: string): number[] {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-(?:dev|pre|rc)(\d+))?/.exec(text);
  if (match === null) return [0, 0, 0, 0];
  const development = match[4] === undefined ? Number.MAX_SAFE_INTEGER : Number(match[4]);
  return [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0), development];
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`; what is no version counts as 0. */
export function compareVersions(a: string, b: string): number {
  const left = versionNumbers(a);
  const right = versionNumbers(b);
  for (let i = 0; i < left.length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Major, minor, patch, and the letter that releases before 3.0 have. */
function opensslNumbers(text: string): number[] {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?([a-z])?/.exec(text);
  return [1, 2, 3].map((group) => Number(match?.[group] ?? 0)).concat(match?.[4]?.charCodeAt(0) ?? 0);
}

/** As compareVersions(), for OpenSSL's numbers. */
export function compareOpenssl(a: string, b: string): number {
  const [left, right] = [opensslNumbers(a), opensslNumbers(b)];
  const differing = left.findIndex((part, i) => part !== right[i]);
  return differing < 0 ? 0 : left[differing]! - right[differing]!;
}

/**
 * HAProxy's command line: single-dash flags of one to three letters, some with an argument glued to them (`-dKall`), some with a list
 * (`-sf 12 34`). This table normalises them to long options, which commander parses; help and messages show the flag.
 */

export interface Flag {
  /** As the user types it, without the dash. */
  readonly flag: string;
  /** The long option that commander knows. */
  readonly long: string;
  /** Name of the argument; absent = a switch. */
  readonly value?: string;
  /** `glued`: the rest of the same word, may be empty. `list`: all words up to the next one with a dash. */
  readonly form?: 'glued' | 'list';
  /**
   * `unsupported`: refused, because leaving it out would change what happens. `accepted`: HAProxy's own internals; tsproxy has nothing
   * to switch off and says so at notice level.
   */
  readonly status?: 'unsupported' | 'accepted';
  /** The line in --help. */
  readonly doc: string;
}

export const FLAGS: readonly Flag[] = [
  { flag: 'f', long: 'file', value: 'file|dir', doc: 'read this configuration file, or all *.cfg files of a directory; repeatable' },
  { flag: 'c', long: 'check', doc: 'check the configuration and exit: status 0 if it is valid (said with -V), 1 if not' },
  { flag: 'cc', long: 'check-condition', value: 'condition', doc: 'evaluate a condition as in .if and exit: 0 true, 1 false, 2 not understood' },
  { flag: 'V', long: 'verbose', doc: 'verbose: say that the configuration is valid; reverts -q' },
  { flag: 'q', long: 'quiet', doc: 'quiet: print nothing while checking or starting' },
  { flag: 'd', long: 'debug', doc: 'debug: stay in the foreground and say what the workers do' },
  { flag: 'db', long: 'foreground', doc: 'stay in the foreground even if the configuration says daemon' },
  { flag: 'D', long: 'daemon', doc: 'go to the background once all is ready' },
  { flag: 'C', long: 'directory', value: 'dir', doc: 'change to this directory before anything is read' },
  { flag: 'p', long: 'pidfile', value: 'file', doc: 'write the process id to this file' },
  { flag: 'n', long: 'maxconn', value: 'limit', doc: 'at most this many connections in all (over global maxconn)' },
  { flag: 'N', long: 'proxy-maxconn', value: 'limit', doc: 'maxconn of the proxies that do not set it' },
  { flag: 'm', long: 'memory', value: 'megabytes', doc: "limit each worker's JavaScript memory" },
  { flag: 'L', long: 'localpeer', value: 'name', doc: 'name of the local peer (default: the host name)' },
  { flag: 'sf', long: 'finish', value: 'pid', form: 'list', doc: 'once all is ready, tell these processes to finish (SIGUSR1)' },
  { flag: 'st', long: 'terminate', value: 'pid', form: 'list', doc: 'once all is ready, terminate these processes (SIGTERM)' },
  { flag: 'dD', long: 'diagnostic', doc: 'print more hints on suspicious statements' },
  { flag: 'dW', long: 'zero-warning', doc: 'refuse to start if there was a warning' },
  { flag: 'dS', long: 'disable-splice', doc: 'copy always, never splice (as global nosplice)' },
  { flag: 'dR', long: 'disable-reuseport', doc: 'one socket per address, shared by all workers, instead of one per worker (SO_REUSEPORT)' },
  { flag: 'dK', long: 'keywords', value: 'class,…', form: 'glued', doc: 'print all known keywords of these classes: -dKall; -dKhelp lists them' },
  { flag: 'v', long: 'short-version', doc: 'print the version' },
  { flag: 'vv', long: 'version', doc: 'print the version and what this build can do' },
  { flag: 'dM', long: 'memory-debug', value: 'options', form: 'glued', status: 'accepted', doc: 'memory debugging' },
  { flag: 'dI', long: 'insecure-fork', status: 'accepted', doc: 'insecure-fork-wanted' },
  { flag: 'dG', long: 'disable-getaddrinfo', status: 'accepted', doc: 'no getaddrinfo()' },
  { flag: 'dF', long: 'disable-fast-forward', status: 'accepted', doc: 'no fast-forward' },
  { flag: 'dZ', long: 'disable-zero-copy', status: 'accepted', doc: 'no zero-copy forwarding' },
  { flag: 'dT', long: 'disable-ktls', status: 'accepted', doc: 'no ktls' },
  { flag: 'dV', long: 'disable-ssl-verify', status: 'unsupported', doc: "no verification of servers' certificates" },
  { flag: 'dc', long: 'debug-cpu', status: 'accepted', doc: 'CPU affinity debugging' },
  { flag: 'de', long: 'disable-epoll', status: 'accepted', doc: 'no epoll' },
  { flag: 'dk', long: 'disable-kqueue', status: 'accepted', doc: 'no kqueue' },
  { flag: 'dp', long: 'disable-poll', status: 'accepted', doc: 'no poll' },
  { flag: 'dv', long: 'disable-evports', status: 'accepted', doc: 'no evports' },
  { flag: 'dr', long: 'ignore-resolution', status: 'unsupported', doc: 'start although a server name cannot be resolved' },
  { flag: 'dA', long: 'dump-archive', value: 'file', form: 'glued', status: 'unsupported', doc: 'archive of dependencies' },
  { flag: 'dC', long: 'dump-config', value: 'key', form: 'glued', status: 'unsupported', doc: 'dump of the configuration' },
  { flag: 'dL', long: 'dump-libraries', status: 'unsupported', doc: 'dump of loaded libraries' },
  { flag: 'dt', long: 'traces', value: 'traces', form: 'glued', status: 'unsupported', doc: 'traces' },
  { flag: '4', long: 'ipv4-only', status: 'unsupported', doc: 'resolve names to IPv4 only' },
  { flag: 'W', long: 'master-worker', status: 'accepted', doc: 'master-worker mode' },
  { flag: 'Ws', long: 'systemd', status: 'unsupported', doc: 'master-worker mode for systemd' },
  { flag: 'S', long: 'master-socket', value: 'bind', status: 'unsupported', doc: 'master CLI' },
  { flag: 'x', long: 'takeover', value: 'socket', doc: 'take the listening sockets over from the process behind this stats socket (expose-fd listeners)' },
];

const BY_FLAG = new Map(FLAGS.map((row) => [row.flag, row]));
const GLUED = FLAGS.filter((row) => row.form === 'glued');

/** The command line is wrong: the message is for the user, the exit status 1. */
export class UsageError extends Error {}

export interface Normalised {
  /** Arguments for commander: long options only, then `--` and file names. */
  readonly args: readonly string[];
  /** Rows with a status that were used. */
  readonly noted: readonly Flag[];
}

/** Turns HAProxy's flags into long options. Long options pass through. Throws UsageError. */
export function normalise(argv: readonly string[]): Normalised {
  const args: string[] = [];
  const noted: Flag[] = [];
  let rest = [...argv];
  while (rest.length > 0) {
    const word = rest[0] ?? '';
    if (word === '--') {
      args.push(...rest);
      break;
    }
    if (word.startsWith('--')) {
      args.push(word);
      rest = rest.slice(1);
      continue;
    }
    const row = lookup(word);
    if (row.status !== undefined) noted.push(row);
    const taken = take(row, word, rest.slice(1));
    args.push(...taken.args);
    rest = rest.slice(1 + taken.used);
  }
  return { args, noted };
}

function lookup(word: string): Flag {
  if (!word.startsWith('-') || word === '-') {
    throw new UsageError(`unexpected argument '${word}': configuration files are given with -f, or all together after --`);
  }
  const name = word.slice(1);
  const row = BY_FLAG.get(name) ?? GLUED.find((candidate) => name.startsWith(candidate.flag));
  if (row === undefined) throw new UsageError(`unknown option '${word}': --help lists the options`);
  return row;
}

/** The long option of a row with its values, and how many of the following words it used. */
function take(row: Flag, word: string, following: readonly string[]): { args: string[]; used: number } {
  if (row.value === undefined) return { args: [`--${row.long}`], used: 0 };
  if (row.form === 'glued') return { args: [`--${row.long}=${word.slice(1 + row.flag.length)}`], used: 0 };
  if (row.form === 'list') {
    const end = following.findIndex((value) => value.startsWith('-'));
    const values = end < 0 ? following : following.slice(0, end);
    return { args: values.map((value) => `--${row.long}=${value}`), used: values.length };
  }
  const value = following[0];
  if (value === undefined) throw new UsageError(`option '-${row.flag}' needs an argument: <${row.value}>`);
  return { args: [`--${row.long}=${value}`], used: 1 };
}

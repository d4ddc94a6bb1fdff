import { setTimeout as sleep } from 'node:timers/promises';
import { readServerLine } from '../../config/server_line.js';
import { parseTime } from '../../config/units.js';
import { failure, information, type Answer, type Call, type CommandRow } from './row.js';

/** `<backend>/<server>` and the words behind it, as the text of a server line. */
function backendOf({ args: [path = ''], runtime: { model } }: Call): { readonly proxy: number; readonly name: string } | string {
  const [backend = '', name] = path.split('/', 2);
  if (name === undefined || name === '') return "Require 'backend/server'.";
  const proxy = model.proxies.find((one) => one.isBackend && (one.name === backend || `#${one.id}` === backend));
  return proxy === undefined ? 'No such backend.' : { proxy: proxy.index, name };
}

/** A word as the configuration would have to write it. */
const quoted = (word: string): string => (/^[\w@:./,+*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);

async function addServer(call: Call): Promise<Answer> {
  const { args, runtime: { model, servers } } = call;
  const at = backendOf(call);
  if (typeof at === 'string') return failure(at);
  if (args.length < 2) return failure("'server' expects <name> and <addr>[:<port>] as arguments.");
  const line = await readServerLine(model, at.proxy, [at.name, ...args.slice(1)].map(quoted).join(' '), (index) => servers.isDynamic(index));
  if ('problems' in line) return failure(line.problems.join('\n'));
  const added = await servers.add(line.server);
  return typeof added === 'string' ? failure(added) : information('New server registered.');
}

async function deleteServer({ args: [path = ''], runtime: { control, servers } }: Call): Promise<Answer> {
  const index = control.find(path);
  if (typeof index === 'string') return failure(index);
  const problem = await servers.delete(index);
  return problem === null ? information('Server deleted.') : failure(problem);
}

const WAIT_STEP_MS = 20;
const WAIT_USAGE = `Usage: wait {-h|<duration>} [condition [args...]]
  - '-h' displays this help
  - <duration> is the maximum wait time, optionally suffixed by the unit among
    'us', 'ms', 's', 'm', 'h', and 'd'. ; the default unit is milliseconds.
  - <condition> indicates what to wait for, no longer than the specified
    duration. Supported conditions are :
    - <none> : by default, just sleep for the specified duration.
    - srv-removable <px>/<sv> : wait for this server to be removable.`;

/** Reasons that do not pass by waiting. */
const FINAL = /maintenance|tracked|pointing/;

async function wait({ args, runtime: { control, servers }, gone, client }: Call): Promise<Answer> {
  const [delay = '-h', condition, path = ''] = args;
  const ms = parseTime(delay);
  if (args.includes('-h') || typeof ms !== 'number') return failure(args.includes('-h') ? WAIT_USAGE : `Invalid duration.\n${WAIT_USAGE}`);
  if (condition !== undefined && condition !== 'srv-removable') return failure(`Unsupported condition '${condition}'.\n${WAIT_USAGE}`);
  const until = Date.now() + ms;
  // A connection that waits is not silent.
  const { timeout } = client;
  client.timeout = Math.max(timeout, ms + timeout);
  try {
    for (;;) {
      const server = condition === undefined ? null : control.find(path);
      if (typeof server === 'string') return failure(server);
      const problem = server === null ? 'not yet' : servers.whyKept(server);
      if (problem === null) return information('Done.');
      if (server !== null && FINAL.test(problem)) return failure(problem);
      const left = until - Date.now();
      if (left <= 0) return server === null ? '' : failure(`Wait delay expired. ${problem}`);
      await sleep(server === null ? left : Math.min(left, WAIT_STEP_MS), undefined, { signal: gone });
    }
  } finally {
    client.timeout = timeout;
  }
}

/** Servers that come and go (management guide, 9.3). */
export const dynamicRows: readonly CommandRow[] = [
  { words: 'add server', usage: '<bk>/<srv>', doc: 'create a new server', level: 'admin', run: addServer },
  { words: 'del server', usage: '<bk>/<srv>', doc: 'remove a dynamically added server', level: 'admin', run: deleteServer },
  { words: 'wait', usage: '{-h|<delay_ms>} cond [args...]', doc: 'wait the specified delay or condition (-h to see list)', level: 'user', run: wait },
];

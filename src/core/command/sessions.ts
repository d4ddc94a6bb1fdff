import type { Model } from '../../config/model.js';
import type { PeerAddress, SessionRow } from '../addon.js';
import { formatIp } from '../ip.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';

/** A session with the worker that has it. */
interface Found extends SessionRow {
  readonly worker: number;
}

/** States in the order of addon/session.h. */
const STATES = ['START', 'PROXY', 'EST', 'INSPECT', 'BODY', 'HEAD', 'REQ', 'CHOOSE', 'PARKED', 'CONN', 'CON', 'TAR', 'XFER', 'REPLY', 'DRAIN', 'DONE'];
/** The bits of addon/session.h that tell a stream from an idle connection. */
const STARTED = 0x80;
const STREAM = 0x100;
const HTTP = 0x1;
/** Handles are 32 bits; the worker stands above them, from 1 on. */
const WORKER_UNIT = 2 ** 32;

const idOf = ({ worker, handle }: Found): string => `0x${((worker + 1) * WORKER_UNIT + handle).toString(16)}`;

/** The worker and handle of an id; null if it can't be one. */
function parseId(text: string): { readonly worker: number; readonly handle: number } | null {
  if (!/^0x[0-9a-f]{1,13}$/i.test(text)) return null;
  const id = Number(text);
  return { worker: Math.floor(id / WORKER_UNIT) - 1, handle: id % WORKER_UNIT };
}

/** Connections between two requests are no sessions here, as in HAProxy. */
const isStream = ({ flags }: SessionRow): boolean => (flags & HTTP) === 0 || (flags & (STARTED | STREAM)) !== 0;

async function sessionsOf({ runtime: { pool } }: Call): Promise<Found[]> {
  const lists = await pool.question('sessions');
  return lists.flatMap((rows, worker) => rows.filter(isStream).map((row) => ({ ...row, worker })));
}

const addressText = (address: PeerAddress | null): string => (address === null ? 'unix:0' : `${formatIp(address)}:${address.port}`);
const familyText = (address: PeerAddress | null): string => (address === null ? 'unix_stream' : `tcpv${address.family}`);
const hex = (bits: number): string => `${(bits >>> 0).toString(16)}h`;

/** `9s`, `350ms`; nothing for what never comes. */
function duration(ms: number): string {
  if (ms < 0) return '';
  return ms < 1000 ? `${ms}ms` : ms < 3_600_000 ? `${Math.floor(ms / 1000)}s` : `${Math.floor(ms / 3_600_000)}h${Math.floor((ms % 3_600_000) / 60_000)}m`;
}

const ageOf = ({ accepted }: Found): number => Math.max(0, Math.floor((Date.now() - accepted) / 1000));

function shortLine(model: Model, s: Found): string {
  const { proxies, servers } = model;
  const state = STATES[s.state] ?? '?';
  return `${idOf(s)}: proto=${familyText(s.source)} src=${addressText(s.source)} fe=${proxies[s.frontend]?.name ?? '<NONE>'} be=${proxies[s.backend]?.name ?? '<NONE>'}`
    + ` srv=${servers[s.server]?.name ?? '<none>'} ts=00 epoch=0 age=${ageOf(s)}s calls=${s.requests} rate=0 cpu=0 lat=0`
    + ` rq[f=${hex(s.upFlags)},i=${s.waitingUp},an=00h,rx=,wx=,ax=] rp[f=${hex(s.downFlags)},i=${s.waitingDown},an=00h,rx=,wx=,ax=]`
    + ` scf=[${state},${hex(s.clientFlags)},fd=${s.clientFd}] scb=[${state},${hex(s.serverFlags)},fd=${s.serverFd}] exp=${duration(s.expires)} rc=${s.retries} c_exp=\n`;
}

function longText(model: Model, s: Found): string {
  const proxy = (index: number): string => {
    const found = model.proxies[index];
    return found === undefined ? '<NONE> (id=-1 mode=-)' : `${found.name} (id=${found.id} mode=${found.mode})`;
  };
  const server = model.servers[s.server];
  const listener = model.listeners[s.listener];
  const end = (name: string, fd: number, flags: number, idle: number): string =>
    `  ${name}=fd ${fd} flags=0x${flags.toString(16)} idle=${idle < 0 ? '<NEVER>' : duration(idle)}\n`;
  const way = (name: string, flags: number, waiting: number, total: number): string => `  ${name}=(f=0x${flags.toString(16)} waiting=${waiting} total=${total})\n`;
  return `${idOf(s)}: [${date(s.accepted)}] id=${s.handle} proto=${familyText(s.source)} source=${addressText(s.source)}\n`
    + `  flags=0x${(s.flags >>> 0).toString(16)}, conn_retries=${s.retries}, state=${STATES[s.state] ?? '?'} exp=${s.expires < 0 ? '<NEVER>' : duration(s.expires)} requests=${s.requests} status=${s.status}\n`
    + `  frontend=${proxy(s.frontend)}, listener=${listener?.name ?? '?'} (id=${listener?.id ?? -1}) addr=${addressText(s.destination)}\n`
    + `  backend=${proxy(s.backend)}\n`
    + `  server=${server === undefined ? '<NONE> (id=-1)' : `${server.name} (id=${server.id})`}\n`
    + `  worker=${s.worker + 1} age=${ageOf(s)}s\n`
    + end('scf', s.clientFd, s.clientFlags, s.clientIdle) + end('scb', s.serverFd, s.serverFlags, s.serverIdle)
    + way('req', s.upFlags, s.waitingUp, s.bytesIn) + way('res', s.downFlags, s.waitingDown, s.bytesOut);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `25/Nov/2026:04:44:09.898`, local time. */
export function date(ms: number): string {
  const at = new Date(ms);
  const pad = (n: number, width = 2): string => String(n).padStart(width, '0');
  return `${pad(at.getDate())}/${MONTHS[at.getMonth()]}/${at.getFullYear()}:${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${pad(at.getMilliseconds(), 3)}`;
}

type Filter = (session: Found) => boolean;

/** Filters of `show sess` that take a word: what they keep, or what is wrong. */
const FILTERS: Readonly<Record<string, (word: string, call: Call) => Filter | string>> = {
  older(word) {
    const age = Number(word);
    return /^\d+s?$/.test(word) ? (s) => ageOf(s) >= parseInt(word, 10) : `Invalid age '${Number.isNaN(age) ? word : age}'.`;
  },
  frontend(word, { runtime: { model } }) {
    const found = model.proxies.find(({ isFrontend, name }) => isFrontend && name === word);
    return found === undefined ? 'No such frontend.' : (s) => s.frontend === found.index;
  },
  backend(word, { runtime: { model } }) {
    const found = model.proxies.find(({ isBackend, name }) => isBackend && name === word);
    return found === undefined ? 'No such backend.' : (s) => s.backend === found.index;
  },
  server(word, { runtime: { control } }) {
    const found = control.find(word);
    return typeof found === 'string' ? found : (s) => s.server === found;
  },
};

/** No byte for so long (ms) with bytes waiting, or a deadline that is over. */
const SUSPICIOUS_MS = 60_000;
const isSuspicious: Filter = (s) => s.expires === 0 || (s.waitingUp + s.waitingDown > 0 && Math.max(s.clientIdle, s.serverIdle) > SUSPICIOUS_MS);

const HELP = `Usage: show sess [<id>|all|help] [<options>*]
Dump active streams to the CLI. Options:
   <id>         show only this stream identifier (0x...)
   all          show all stream details
   help         show this help
   backend <b>  only display streams attached to this backend
   frontend <f> only display streams attached to this frontend
   older <age>  only display streams older than <age> seconds
   server <b/s> only show streams attached to this backend+server
   show-uri     has no effect
   susp         only show streams considered as suspicious
Without any argument, all streams are dumped in a shorter format.
`;

async function showSessions(call: Call): Promise<Answer> {
  const { model } = call.runtime;
  const words = [...call.args];
  if (words[0] === 'help') return HELP;
  const id = words[0] === undefined ? null : parseId(words[0]);
  if (id !== null) {
    const found = (await sessionsOf(call)).find(({ worker, handle }) => worker === id.worker && handle === id.handle);
    return found === undefined ? failure('Session not found.') : longText(model, found);
  }
  const filters: Filter[] = [];
  const all = words[0] === 'all';
  for (let at = all ? 1 : 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === 'susp') filters.push(isSuspicious);
    if (word === 'susp' || word === 'show-uri') continue;
    const make = Object.hasOwn(FILTERS, word) ? FILTERS[word] : undefined;
    if (make === undefined) return failure(`Unsupported option '${word}', try 'help' for more info.`);
    const filter = make(words[++at] ?? '', call);
    if (typeof filter === 'string') return failure(filter);
    filters.push(filter);
  }
  const chosen = (await sessionsOf(call)).filter((session) => filters.every((keeps) => keeps(session)));
  return chosen.map((session) => (all ? longText(model, session) : shortLine(model, session)));
}

async function shutdownSession(call: Call): Promise<Answer> {
  const id = parseId(call.args[0] ?? '');
  if (id === null) return failure("Session pointer expected (use 'show sess').");
  const found = (await sessionsOf(call)).some(({ worker, handle }) => worker === id.worker && handle === id.handle);
  if (!found) return failure("No such session (use 'show sess').");
  call.runtime.traffic.shutdownSessions({ of: 'session', ...id });
  return '';
}

/** Sessions of all workers (management guide, 9.3). */
export const sessionListRows: readonly CommandRow[] = [
  { words: 'show sess', usage: '[help|<id>|all|susp|older...]', doc: 'report the list of current streams or dump this exact stream', level: 'operator', run: showSessions },
  { words: 'shutdown session', usage: '[id]', doc: 'kill a specific session', level: 'admin', run: shutdownSession },
];

import type { Model } from '../../config/model.js';
import type { CapturedMessage } from '../addon.js';
import { formatIp } from '../ip.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';
import { date } from './sessions.js';

/** Output lines are not wider than this. */
const WIDTH = 79;
const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 27: '\\e', 92: '\\\\' };

/** A byte as it is shown. */
function shown(byte: number): string {
  return ESCAPES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`);
}

/** Lines of bytes with the position of their first one; `+` marks what continues a line. */
export function dump(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0, goesOn = false; at < bytes.length; ) {
    let line = `  ${String(at).padStart(5, '0')}${goesOn ? '+' : ' '} `;
    let byte = -1;
    while (at < bytes.length && byte !== 10) {
      const next = shown(bytes[at]!);
      if (line.length + next.length > WIDTH) break;
      line += next;
      byte = bytes[at++]!;
    }
    goesOn = byte !== 10;
    text += `${line}\n`;
  }
  return text;
}

const named = (found: { readonly name: string; readonly id: number } | undefined): string => (found === undefined ? '<NONE> (#-1)' : `${found.name} (#${found.id})`);

function report(model: Model, bufsize: number, event: number, message: CapturedMessage): string {
  const { proxies, servers } = model;
  const { response, time, frontend, backend, server, source, position, reason, bytes } = message;
  const src = source === null ? 'unix:0' : `${formatIp(source)}:${source.port}`;
  const where = response ? `backend ${named(proxies[backend])}: invalid response` : `frontend ${named(proxies[frontend])}: invalid request`;
  const other = response ? `frontend ${named(proxies[frontend])}` : `backend ${named(proxies[backend === frontend ? -1 : backend])}`;
  return ` \n[${date(time)}] ${where}\n  ${other}, server ${named(servers[server])}, event #${event}, src ${src}\n`
    + `  buffer starts at 0 (including 0 out), ${Math.max(0, bufsize - bytes.length)} free,\n  len ${bytes.length}, wraps at ${bufsize}, error at position ${position}\n`
    + `  reason: ${reason === '' ? 'not known' : reason} :\n  \n${dump(bytes)}`;
}

const KINDS = { request: false, response: true } as const;

async function showErrors({ args: [name, kind], runtime: { model, pool } }: Call): Promise<Answer> {
  let only: number | null = null;
  if (name !== undefined && name !== '-1') {
    const found = model.proxies.find((proxy) => proxy.name === name || String(proxy.id) === name);
    if (found === undefined) return failure('No such proxy.');
    only = found.index;
  }
  const captures = await pool.question('captures');
  // Each worker keeps the last one of its own; of those the last one counts.
  const latest = new Map<string, CapturedMessage>();
  for (const message of captures.flatMap(({ messages }) => messages)) {
    const key = message.response ? `response ${message.backend}` : `request ${message.frontend}`;
    const known = latest.get(key);
    if (known === undefined || known.time < message.time) latest.set(key, message);
  }
  const wanted = kind === 'request' || kind === 'response' ? KINDS[kind] : null;
  const chosen = [...latest.values()]
    .sort((a, b) => a.time - b.time)
    .map((message, event) => ({ message, event }))
    .filter(({ message: { response, frontend, backend } }) => (wanted === null || response === wanted) && (only === null || only === frontend || only === backend));
  const total = captures.reduce((sum, { total: own }) => sum + own, 0);
  return [`Total events captured on [${date(Date.now())}] : ${total}\n`, ...chosen.map(({ message, event }) => report(model, model.global.tune.bufsize, event, message))];
}

/** Invalid messages (management guide, 9.3). */
export const errorRows: readonly CommandRow[] = [
  { words: 'show errors', usage: '[<px>] [request|response]', doc: 'report last request and/or response errors for each proxy', level: 'operator', run: showErrors },
];

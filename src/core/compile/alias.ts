/** The aliases of log-format strings (manual, section 8.2.6) that have a meaning before or at the end of a stream. */
import { hostname } from 'node:os';
import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_ATTEMPT, FACT_BYTES_IN_HI, FACT_BYTES_IN_LO, FACT_BYTES_OUT_HI, FACT_BYTES_OUT_LO, FACT_CONNECT_MS,
  FACT_IDLE_MS, FACT_QUEUE_MS, FACT_REQUESTS, FACT_REQUEST_MS, FACT_RESPONSE_MS, FACT_TOTAL_MS, GS_CONNECTIONS, PHASE_END,
  PS_BACKEND_SESSIONS, PS_QUEUED, PS_SESSIONS, SS_QUEUED, SS_SESSIONS,
} from '../abi.js';
import type { Side } from '../capture.js';
import { proxyCell, serverCell } from '../cells.js';
import { formatDate, type Moment } from '../convert/date.js';
import { terminationState } from '../fetch/stream.js';
import type { CompileEnv, Value } from '../row.js';
import { pathEnd, pathStart } from '../target.js';
import type { Tx } from '../tx.js';
import { uniqueIdOf } from '../unique_id.js';
import { isIp } from './cast.js';

type Read = (tx: Tx) => Value;

export interface Alias {
  /** Quoted by the flag Q. */
  readonly text: boolean;
  compile(env: CompileEnv): Read;
}

const text = (read: (tx: Tx) => string): Alias => ({ text: true, compile: () => read });
const number = (read: (tx: Tx) => number): Alias => ({ text: false, compile: () => read });
const ofEnv = (isText: boolean, compile: (env: CompileEnv) => Read): Alias => ({ text: isText, compile });

/** What is known at the end only; before it HAProxy prints what it would for a thing that never happened. */
const atEnd = (cell: number, before: number): Alias => number((tx) => (tx.phase === PHASE_END ? tx.facts[cell]! : before));
const wide = (low: number, high: number) => (tx: Tx): number => (tx.phase === PHASE_END ? tx.facts[high]! * 2 ** 32 + (tx.facts[low]! >>> 0) : 0);

const acceptMoment = (tx: Tx, utc: boolean): Moment =>
  ({ seconds: tx.facts[FACT_ACCEPT_SEC]!, microseconds: tx.facts[FACT_ACCEPT_USEC]!, utc });
const acceptDate = (format: string, utc: boolean): Alias => text((tx) => formatDate(format, acceptMoment(tx, utc)));

const DATE = '%d/%b/%Y:%H:%M:%S';

function pathOnly(tx: Tx): string {
  return tx.path() ?? tx.uri() ?? '';
}

/** The target without its query string. */
function withoutQuery(tx: Tx): string {
  const uri = tx.uri() ?? '';
  return uri.slice(0, pathEnd(uri, Math.max(0, pathStart(uri))));
}

const withMark = (query: string | undefined): string => (query === undefined ? '' : `?${query}`);
const version = (tx: Tx): string => (tx.hasRequest() ? `HTTP/1.${tx.version()}` : '');

const backendOf = (tx: Tx): number => (tx.backend < 0 ? tx.frontend : tx.backend);
const proxyName = (which: (tx: Tx) => number): Alias => ofEnv(true, ({ model }) => (tx) => model.proxies[which(tx)]?.name ?? '');
const proxyCount = (which: (tx: Tx) => number, cell: number): Alias =>
  ofEnv(false, ({ state }) => (tx) => (which(tx) < 0 ? 0 : Atomics.load(state, proxyCell(which(tx), cell))));
const serverCount = (cell: number): Alias =>
  ofEnv(false, ({ model, state }) => (tx) => (tx.server < 0 ? 0 : Atomics.load(state, serverCell(model.proxies.length, tx.server, cell))));

/** Captured text as it stands in logs: what would be mistaken for a delimiter as #XX. */
function encoded(text: string): string {
  return text.replace(/[\0-\x1f"#{|}\x7f-\xff]/g, (char) => `#${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** The captures of one side in the order of their slots; nothing if the frontend has none. */
const captured = (side: Side, join: (texts: readonly (string | undefined)[]) => string): Alias =>
  ofEnv(false, ({ model }) => (tx) => {
    const slots = model.proxies[tx.frontend]!.captures[side];
    const texts = side === 'request' ? tx.streamIfAny()?.requestCaptures : tx.streamIfAny()?.responseCaptures;
    return slots.length === 0 ? '' : join(slots.map((_slot, i) => texts?.[i]));
  });
const inBraces = (texts: readonly (string | undefined)[]): string => `{${texts.map((text) => encoded(text ?? '')).join('|')}}`;
const inQuotes = (texts: readonly (string | undefined)[]): string => texts.map((text) => `"${encoded(text ?? '')}"`).join(' ');

export const aliases: Readonly<Record<string, Alias>> = {
  T: acceptDate(`${DATE} %z`, true),
  Tl: acceptDate(`${DATE} %z`, false),
  Ts: number((tx) => tx.facts[FACT_ACCEPT_SEC]!),
  t: acceptDate(`${DATE}.%3N`, false),
  ms: acceptDate('%3N', false),
  Ta: atEnd(FACT_TOTAL_MS, 0),
  Tc: atEnd(FACT_CONNECT_MS, -1),
  Th: number(() => 0),
  Ti: atEnd(FACT_IDLE_MS, 0),
  TR: atEnd(FACT_REQUEST_MS, -1),
  Tr: atEnd(FACT_RESPONSE_MS, -1),
  Tt: atEnd(FACT_TOTAL_MS, 0),
  Tu: atEnd(FACT_TOTAL_MS, 0),
  Tw: atEnd(FACT_QUEUE_MS, -1),
  B: number(wide(FACT_BYTES_OUT_LO, FACT_BYTES_OUT_HI)),
  U: number(wide(FACT_BYTES_IN_LO, FACT_BYTES_IN_HI)),
  H: text(() => hostname()),
  HM: text((tx) => tx.method() ?? ''),
  HP: text(withoutQuery),
  HPO: text(pathOnly),
  HQ: text((tx) => withMark(tx.query())),
  HU: text((tx) => tx.uri() ?? ''),
  HV: text(version),
  r: text((tx) => (tx.hasRequest() ? `${tx.method() ?? ''} ${tx.uri() ?? ''} ${version(tx)}` : '')),
  ST: number((tx) => tx.status()),
  ac: ofEnv(false, ({ state }) => () => Atomics.load(state, GS_CONNECTIONS)),
  b: proxyName(backendOf),
  bc: proxyCount(backendOf, PS_BACKEND_SESSIONS),
  bq: proxyCount(backendOf, PS_QUEUED),
  ci: { text: false, compile: () => (tx) => tx.src() ?? '' },
  cp: number((tx) => tx.srcPort()),
  f: proxyName((tx) => tx.frontend),
  ft: proxyName((tx) => tx.frontend),
  fc: proxyCount((tx) => tx.frontend, PS_SESSIONS),
  fi: { text: false, compile: () => (tx) => tx.dst() ?? '' },
  fp: number((tx) => tx.dstPort()),
  CC: text((tx) => tx.streamIfAny()?.requestCookie ?? '-'),
  CS: text((tx) => tx.streamIfAny()?.responseCookie ?? '-'),
  ID: ofEnv(true, (env) => {
    const make = uniqueIdOf(env);
    return (tx) => make(tx) ?? '';
  }),
  hr: captured('request', inBraces),
  hrl: captured('request', inQuotes),
  hs: captured('response', inBraces),
  hsl: captured('response', inQuotes),
  pid: number(() => process.pid),
  rc: number((tx) => tx.facts[FACT_ATTEMPT]!),
  rt: number((tx) => tx.facts[FACT_REQUESTS]!),
  s: ofEnv(true, ({ model }) => (tx) => model.servers[tx.server]?.name ?? '<NOSRV>'),
  sc: serverCount(SS_SESSIONS),
  si: ofEnv(false, ({ model }) => (tx) => {
    const address = model.servers[tx.server]?.address;
    return address?.kind === 'ip' ? address.address : '';
  }),
  sp: ofEnv(false, ({ model }) => (tx) => {
    const address = model.servers[tx.server]?.address;
    return address?.kind === 'ip' ? address.port : 0;
  }),
  sq: serverCount(SS_QUEUED),
  ts: text(terminationState),
};

/** What the flag X makes of addresses and numbers; undefined for anything else. */
export function hexOf(value: Value): string | undefined {
  if (typeof value === 'number') return value.toString(16).toUpperCase().padStart(4, '0');
  return isIp(value) ? Buffer.from(value.bytes).toString('hex').toUpperCase() : undefined;
}

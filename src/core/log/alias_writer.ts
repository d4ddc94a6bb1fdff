/** Writers of the aliases that HAProxy's own log formats are made of. They give what compile/alias.ts gives, without making text. */
import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_ATTEMPT, FACT_BYTES_OUT_HI, FACT_BYTES_OUT_LO, FACT_CONNECT_MS, FACT_FLAGS, FACT_HANDSHAKE_MS, FACT_HEAD_LEN, FACT_HEAD_OFF, FACT_IDLE_MS, FACT_METHOD_LEN, FACT_METHOD_OFF, FACT_QUEUE_MS,
  FACT_REQUEST_MS, FACT_RESPONSE_MS, FACT_SRC_ADDR, FACT_SRC_FAMILY, FACT_SRC_PORT, FACT_STATUS, FACT_TERM, FACT_TOTAL_MS, FACT_URI_LEN, FACT_URI_OFF, FACT_VERSION, FF_REDISPATCH, GS_CONNECTIONS, PHASE_END, PHASE_REQUEST,
  PS_BACKEND_SESSIONS, PS_SESSIONS, SS_SESSIONS,
} from '../abi.js';
import { proxyCell, serverCell } from '../cells.js';
import { DATE, dateText, encodeLine } from '../compile/alias_row.js';
import { isKnown, isTimed } from '../fetch/known.js';
import type { Proxy } from '../../config/model.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import type { WriteLine } from './line.js';
import { encodeMap, type LogSink } from './sink.js';

type Make = (env: CompileEnv) => WriteLine;

const DASH = 45;
const DOT = 46;
const QUOTE = 34;
const ZERO = 48;
const SPACE = 32;

const ms = (cell: number): Make => () => (tx, sink) => sink.integer(isTimed(tx) ? Math.max(-1, tx.facts[cell]!) : -1);

const handshake = (tx: Tx): number => (isKnown(tx) ? Math.max(0, tx.facts[FACT_HANDSHAKE_MS]!) : 0);
const idle = (tx: Tx): number => (isTimed(tx) ? Math.max(0, tx.facts[FACT_IDLE_MS]!) : 0);
const total = (tx: Tx): number => (isTimed(tx) ? Math.abs(tx.facts[FACT_TOTAL_MS]!) : 0);

/** A date with milliseconds; `at` gives ms since 1970. */
const date = (at: (tx: Tx) => number): Make => () => {
  const text = dateText(DATE, false);
  return (tx, sink) => {
    const now = at(tx);
    const seconds = Math.floor(now / 1000);
    const rest = now - seconds * 1000;
    sink.put(text(seconds));
    sink.byte(DOT);
    sink.byte(ZERO + ((rest / 100) | 0));
    sink.byte(ZERO + (((rest / 10) | 0) % 10));
    sink.byte(ZERO + (rest % 10));
  };
};
const acceptMs = ({ facts }: Tx): number => facts[FACT_ACCEPT_SEC]! * 1000 + Math.floor(facts[FACT_ACCEPT_USEC]! / 1000);

const backendOf = (tx: Tx): number => (tx.backend < 0 ? tx.frontend : tx.backend);
const frontendOf = (tx: Tx): number => tx.frontend;

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

const proxyName = (which: (tx: Tx) => number): Make => ({ model }) => {
  const names = model.proxies.map(({ name }) => bytes(name));
  return (tx, sink) => sink.copy(names[which(tx)]!);
};

const serverName: Make = ({ model }) => {
  const names = new Map<string, Uint8Array>();
  const none = bytes('<NOSRV>');
  return (tx, sink) => {
    const name = model.servers[tx.server]?.name;
    if (name === undefined) return sink.copy(none);
    let made = names.get(name);
    if (made === undefined) names.set(name, (made = bytes(name)));
    sink.copy(made);
  };
};

const proxyCount = (which: (tx: Tx) => number, cell: number): Make => ({ state }) => (tx, sink) => {
  const proxy = which(tx);
  sink.integer(proxy < 0 ? 0 : Atomics.load(state, proxyCell(proxy, cell)));
};
const serverCount = (cell: number): Make => ({ state, model }) => (tx, sink) =>
  sink.integer(tx.server < 0 ? 0 : Atomics.load(state, serverCell(model.proxies.length, tx.server, cell)));

/** Addresses of IPv4; the others are for the formatter. */
const clientAddress = (other: WriteLine): WriteLine => (tx, sink) => {
  if (tx.facts[FACT_SRC_FAMILY] !== 4) return other(tx, sink);
  const address = FACT_SRC_ADDR * 4;
  sink.integer(tx.bytes[address]!);
  for (let i = 1; i < 4; i++) {
    sink.byte(DOT);
    sink.integer(tx.bytes[address + i]!);
  }
};
const clientPort = (other: WriteLine): WriteLine => (tx, sink) =>
  (tx.facts[FACT_SRC_FAMILY] === 4 ? sink.integer(tx.facts[FACT_SRC_PORT]!) : other(tx, sink));

/** The formatter's way for one alias. */
function formatted(alias: string, env: CompileEnv): WriteLine {
  const make = env.logFormat({ items: [{ kind: 'alias', alias, arg: null, flags: '' }], text: '' }, 'log');
  return (tx, sink) => sink.put(make(tx));
}

const letter = (sink: LogSink, code: number): void => sink.byte(code === 0 ? DASH : code);
const writeTermination = ({ facts, phase }: Tx, sink: LogSink): void => {
  const ended = phase === PHASE_END ? facts[FACT_TERM]! : 0;
  letter(sink, ended & 255);
  letter(sink, (ended >> 8) & 255);
};

const cookie = (side: 'requestCookie' | 'responseCookie'): Make => () => (tx, sink) => sink.put(tx.streamIfAny()?.[side] ?? '-');

/** True if a line may be written in a phase in which the engine does not show the request line. */
function logsBetween({ model }: CompileEnv): boolean {
  const logsNow = ({ rules }: Proxy): boolean => Object.values(rules).some((list) => list.some(({ action }) => action === 'do-log'));
  return model.proxies.some((proxy) => logsNow(proxy) || (proxy.log.targets.length > 0 && (proxy.log.steps !== null || proxy.options.flags.includes('logasap'))));
}

const UNPRINTABLE = encodeMap('"#');

/** The line that the engine shows: of a request that has come, or at the end of its stream. */
function writeShown({ facts, bytes: window }: Tx, sink: LogSink): void {
  const head = facts[FACT_HEAD_OFF]!;
  const method = head + facts[FACT_METHOD_OFF]!;
  const target = head + facts[FACT_URI_OFF]!;
  sink.copyEncoded(window, method, method + facts[FACT_METHOD_LEN]!, UNPRINTABLE);
  sink.byte(SPACE);
  sink.copyEncoded(window, target, target + facts[FACT_URI_LEN]!, UNPRINTABLE);
  sink.copy(facts[FACT_VERSION]! > 0 ? VERSIONS[1]! : VERSIONS[0]!);
}
const VERSIONS = [bytes(' HTTP/1.0'), bytes(' HTTP/1.1')];

function requestLine(quoted: boolean): Make {
  return (env) => {
    if (logsBetween(env)) env.keeps.add('request-line');
    return (tx, sink) => {
      if (quoted) sink.byte(QUOTE);
      const shown = tx.facts[FACT_HEAD_LEN]! > 0 && (tx.phase === PHASE_END || tx.phase === PHASE_REQUEST);
      const stream = shown ? undefined : tx.streamIfAny();
      if (shown) writeShown(tx, sink);
      else if (stream === undefined || stream.uri === undefined) sink.put('<BADREQ>');
      else {
        sink.put(encodeLine(stream.method ?? ''));
        sink.byte(SPACE);
        sink.put(encodeLine(stream.uri));
        sink.put(stream.version > 0 ? ' HTTP/1.1' : ' HTTP/1.0');
      }
      if (quoted) sink.byte(QUOTE);
    };
  };
}

const retries: Make = (env) => {
  const other = formatted('rc', env);
  return (tx, sink) => (tx.facts[FACT_ATTEMPT] === 0 && (tx.facts[FACT_FLAGS]! & FF_REDISPATCH) === 0 ? sink.integer(0) : other(tx, sink));
};

/** Where no frontend captures anything there is nothing to write. */
const captures = (alias: string, side: 'request' | 'response'): Make => (env) =>
  (env.model.proxies.every((proxy) => proxy.captures[side].length === 0) ? () => undefined : formatted(alias, env));

const WRITERS: Readonly<Record<string, Make>> = {
  ci: (env) => clientAddress(formatted('ci', env)),
  cp: (env) => clientPort(formatted('cp', env)),
  t: date(acceptMs),
  tr: date((tx) => acceptMs(tx) + handshake(tx) + idle(tx)),
  f: proxyName(frontendOf),
  ft: proxyName(frontendOf),
  b: proxyName(backendOf),
  s: serverName,
  TR: ms(FACT_REQUEST_MS),
  Tw: ms(FACT_QUEUE_MS),
  Tc: ms(FACT_CONNECT_MS),
  Tr: ms(FACT_RESPONSE_MS),
  Ta: () => (tx, sink) => sink.integer(total(tx)),
  Tt: () => (tx, sink) => sink.integer(total(tx) + handshake(tx) + idle(tx)),
  ST: ({ model }) => (tx, sink) => sink.integer(tx.facts[FACT_STATUS] || (model.proxies[tx.frontend]!.mode === 'http' ? -1 : 0)),
  B: () => (tx, sink) => sink.integer(isTimed(tx) ? Math.abs(tx.facts[FACT_BYTES_OUT_HI]! * 2 ** 32 + (tx.facts[FACT_BYTES_OUT_LO]! >>> 0)) : 0),
  CC: cookie('requestCookie'),
  CS: cookie('responseCookie'),
  ts: () => writeTermination,
  tsc: () => (tx, sink) => {
    writeTermination(tx, sink);
    sink.put(tx.streamIfAny()?.cookieState ?? '--');
  },
  ac: ({ state }) => (_tx, sink) => sink.integer(Atomics.load(state, GS_CONNECTIONS)),
  fc: proxyCount(frontendOf, PS_SESSIONS),
  bc: proxyCount(backendOf, PS_BACKEND_SESSIONS),
  sc: serverCount(SS_SESSIONS),
  sq: () => (tx, sink) => sink.integer(tx.streamIfAny()?.serverQueue ?? 0),
  bq: () => (tx, sink) => sink.integer(tx.streamIfAny()?.backendQueue ?? 0),
  rc: retries,
  hr: captures('hr', 'request'),
  hs: captures('hs', 'response'),
  r: requestLine(false),
};

/** What `option logasap` has written with a '+' in front. */
const GROWING: readonly string[] = ['Ta', 'Tt', 'B'];

/** The writer of an alias; null: there is none for it, or not with these flags. */
export function aliasWriters(alias: string, flags: string, env: CompileEnv): WriteLine | null {
  if (alias === 'r' && flags === 'Q') return requestLine(true)(env);
  if (flags !== '' || !Object.hasOwn(WRITERS, alias)) return null;
  if (GROWING.includes(alias) && env.model.proxies.some(({ options }) => options.flags.includes('logasap'))) return null;
  return WRITERS[alias]!(env);
}

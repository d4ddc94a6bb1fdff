/** The aliases of log-format strings (manual, section 8.2.6). Before the end of a stream they give what haproxy gives then. */
import { hostname } from 'node:os';
import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_ATTEMPT, FACT_CONNECT_MS, FACT_DST_FAMILY, FACT_FLAGS, FACT_LISTENER, FACT_SRC_FAMILY, FACT_TERM, FF_REDISPATCH, GS_CONNECTIONS, INSPECT_SERVER_ADDRESSES, PHASE_END, PS_BACKEND_SESSIONS, PS_LOGS,
  PS_SESSIONS, SS_SESSIONS,
} from '../abi.js';
import type { Side } from '../capture.js';
import { proxyCell, serverCell } from '../cells.js';
import { inspected, inspectedAddress, inspectedPort, type End } from '../fetch/endpoint.js';
import { terminationState } from '../fetch/stream.js';
import { parseIp } from '../ip.js';
import type { CompileEnv, Fetch } from '../row.js';
import type { Tx } from '../tx.js';
import { transactionIdOf } from '../transaction_id.js';
import { uniqueIdOf } from '../unique_id.js';
import { requestAliases } from './alias_request.js';
import { DATE, dateText, encodeCapture, hexadecimal, milliseconds, plain, text, type Alias } from './alias_row.js';
import { timeAliases } from './alias_time.js';

const address = (compile: (env: CompileEnv) => Fetch): Alias => ({ quoted: true, digits: 8, compile });
const port = (compile: (env: CompileEnv) => Fetch): Alias => hexadecimal(4, compile);

const backendOf = (tx: Tx): number => (tx.backend < 0 ? tx.frontend : tx.backend);
const frontendOf = (tx: Tx): number => tx.frontend;
const proxyName = (which: (tx: Tx) => number): Alias => text(({ model }) => (tx) => model.proxies[which(tx)]?.name);
const proxyCount = (which: (tx: Tx) => number, cell: number) => ({ state }: CompileEnv): Fetch =>
  (tx) => (which(tx) < 0 ? 0 : Atomics.load(state, proxyCell(which(tx), cell)));
const serverCount = (cell: number): Alias =>
  plain(({ model, state }) => (tx) => (tx.server < 0 ? 0 : Atomics.load(state, serverCell(model.proxies.length, tx.server, cell))));

const serverAddress = (end: End): Alias => address((env) => (tx) => (hasServer(tx, env) ? inspectedAddress(tx, end) : undefined));
const serverPort = (end: End): Alias => port((env) => (tx) => (hasServer(tx, env) ? inspectedPort(tx, end) : undefined));

/** Where the server is to be found, once its connection is gone or while there is none. */
function targetAddress({ model }: CompileEnv): Fetch {
  const configured = model.servers.map((server) => (server.address.kind === 'ip' ? parseIp(server.address.address) : undefined));
  return (tx) => configured[tx.server];
}
function targetPort({ model }: CompileEnv): Fetch {
  return (tx) => {
    const server = model.servers[tx.server];
    return server?.address.kind === 'ip' ? server.address.port : undefined;
  };
}
const either = (first: Alias, second: (env: CompileEnv) => Fetch): Alias => ({
  ...first,
  compile(env) {
    const [ask, know] = [first.compile(env), second(env)];
    return (tx) => ask(tx) ?? know(tx);
  },
});
const hasServer = (tx: Tx, env: CompileEnv): boolean => tx.server >= 0 && inspected(tx, env, INSPECT_SERVER_ADDRESSES);

const NOTHING: readonly undefined[] = [];

/** The captures of one side in the order of their slots; none if the frontend has no slot, or as long as there is no request. */
const captured = (side: Side) => ({ model, keeps }: CompileEnv) => {
  keeps.add('request-line');
  return (tx: Tx): readonly (string | undefined)[] => {
    const stream = tx.streamIfAny();
    const slots = model.proxies[tx.frontend]!.captures[side];
    if (stream === undefined || slots.length === 0) return NOTHING;
    const texts = side === 'request' ? stream.requestCaptures : stream.responseCaptures;
    return stream.uri === undefined && texts.length === 0 ? NOTHING : slots.map((_slot, i) => texts[i]);
  };
};

function inBraces(side: Side): Alias {
  const alias = text((env) => {
    const read = captured(side)(env);
    return (tx) => {
      const texts = read(tx);
      return texts.length === 0 ? '' : `{${texts.map((value) => encodeCapture(value ?? '')).join('|')}}`;
    };
  });
  return { ...alias, captures: true };
}

function listed(side: Side): Alias {
  const list = (env: CompileEnv) => {
    const read = captured(side)(env);
    return (tx: Tx): string[] => read(tx).map((value) => encodeCapture(value ?? ''));
  };
  return { ...text((env) => (tx) => list(env)(tx).join(' ')), list };
}

function acceptDate(zone: string, utc: boolean): Alias {
  return plain(() => {
    const write = dateText(DATE + zone, utc);
    return (tx) => write(tx.facts[FACT_ACCEPT_SEC]!);
  });
}

/** Unix sockets have no address but their kind, and no port but the number of the bind line. */
const UNIX = 1;
const unix = (tx: Tx, family: number): string | undefined => (tx.facts[family] === UNIX ? 'unix' : undefined);
const clientPort = (read: (tx: Tx) => number | undefined): Alias =>
  port(({ model }) => (tx) => read(tx) ?? (tx.facts[FACT_SRC_FAMILY] === UNIX ? model.listeners[tx.facts[FACT_LISTENER]!]?.id : undefined));

const acceptMs = (tx: Tx): number => Math.floor(tx.facts[FACT_ACCEPT_USEC]! / 1000);

const IN_CONNECT = 'C'.charCodeAt(0);

/** Attempts after the first one: the last to fail was followed by none if the stream ended with it. */
const retries: Fetch = (tx) => {
  const { facts } = tx;
  const gaveUp = facts[FACT_ATTEMPT]! > 0 && tx.phase === PHASE_END && facts[FACT_TERM]! >> 8 === IN_CONNECT && facts[FACT_CONNECT_MS]! < 0;
  const count = facts[FACT_ATTEMPT]! - (gaveUp ? 1 : 0);
  return (tx.facts[FACT_FLAGS]! & FF_REDISPATCH) === 0 ? count : `+${count}`;
};

/** Without TLS there is nothing to tell. */
const noTls: Alias = text(() => () => undefined);

export const aliases: Readonly<Record<string, Alias>> = {
  ...timeAliases, ...requestAliases,
  T: acceptDate(' %z', true),
  Tl: acceptDate(' %z', false),
  Ts: hexadecimal(4, () => (tx) => tx.facts[FACT_ACCEPT_SEC]!),
  t: plain(() => {
    const write = dateText(DATE, false);
    return (tx) => `${write(tx.facts[FACT_ACCEPT_SEC]!)}.${milliseconds(acceptMs(tx))}`;
  }),
  ms: { ...hexadecimal(2, () => acceptMs), width: 3 },
  H: text(() => () => hostname()),
  ID: text((env) => uniqueIdOf(env)),
  ac: plain(({ state }) => () => Atomics.load(state, GS_CONNECTIONS)),
  b: proxyName(backendOf),
  bc: plain(proxyCount(backendOf, PS_BACKEND_SESSIONS)),
  bi: serverAddress('src'),
  bp: serverPort('src'),
  bq: plain(() => (tx) => tx.streamIfAny()?.backendQueue ?? 0),
  ci: address(() => (tx) => tx.src() ?? unix(tx, FACT_SRC_FAMILY)),
  cp: clientPort((tx) => (tx.src() === undefined ? undefined : tx.srcPort())),
  f: proxyName(frontendOf),
  ft: proxyName(frontendOf),
  fc: plain(proxyCount(frontendOf, PS_SESSIONS)),
  fi: address(() => (tx) => tx.dst() ?? unix(tx, FACT_DST_FAMILY)),
  fp: clientPort((tx) => (tx.dst() === undefined ? undefined : tx.dstPort())),
  lc: hexadecimal(4, proxyCount(frontendOf, PS_LOGS)),
  hr: inBraces('request'),
  hrl: listed('request'),
  hs: inBraces('response'),
  hsl: listed('response'),
  OG: plain(() => (tx) => tx.logOrigin),
  pid: hexadecimal(4, () => () => process.pid),
  rc: plain(() => retries),
  rt: hexadecimal(4, (env) => transactionIdOf(env)),
  s: text(({ model }) => (tx) => model.servers[tx.server]?.name ?? '<NOSRV>'),
  sc: serverCount(SS_SESSIONS),
  si: either(serverAddress('dst'), targetAddress),
  sp: either(serverPort('dst'), targetPort),
  sq: plain(() => (tx) => tx.streamIfAny()?.serverQueue ?? 0),
  sslc: noTls,
  sslv: noTls,
  ts: plain(() => terminationState),
};

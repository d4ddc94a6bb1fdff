import type { Model, Proxy, Server, Timeouts } from '../config/model.js';
import * as abi from './abi.js';
import type { EngineConf, EngineListener, EngineProxy, EngineServer } from './addon.js';
import { sockaddr } from './address.js';
import { congestionOf } from './congestion.js';
import type { Limits } from './limits.js';

/** The bound sockets of one worker, by listener index; fd -1 = a listener of a disabled proxy. */
export interface WorkerListener {
  readonly fd: number;
  readonly shared: boolean;
}

/** What the compiled plan adds to the engine's tables. */
export interface PlanTables {
  readonly responses: readonly Uint8Array[];
  /** Per proxy: bits 1 << PHASE_x. */
  readonly phases: readonly number[];
  /** Per proxy: [status, response index]. */
  readonly errors: readonly (readonly (readonly [number, number])[])[];
  /** A rule asks for the TLVs of PROXY headers. */
  readonly keepsTlvs?: boolean;
}

export interface WorkerPlace {
  readonly pages: number;
  readonly worker: number;
  readonly listeners: readonly WorkerListener[];
  readonly limits: Limits;
  /** See loopbackCongestion(). */
  readonly loopback: string | null;
}

/** `option` names and the bit that each sets for the engine; the rest of the options are the core's. */
const OPTION_BITS: Readonly<Record<string, number>> = {
  'splice-request': abi.PO_SPLICE_REQUEST,
  'splice-response': abi.PO_SPLICE_RESPONSE,
  'splice-auto': abi.PO_SPLICE_AUTO,
  tcpka: abi.PO_TCPKA_CLIENT | abi.PO_TCPKA_SERVER,
  clitcpka: abi.PO_TCPKA_CLIENT,
  srvtcpka: abi.PO_TCPKA_SERVER,
  'tcp-smart-accept': abi.PO_SMART_ACCEPT,
  'tcp-smart-connect': abi.PO_SMART_CONNECT,
  abortonclose: abi.PO_ABORT_ON_CLOSE,
  dontlognull: abi.PO_DONT_LOG_NULL,
  'http-ignore-probes': abi.PO_HTTP_IGNORE_PROBES,
  'http-buffer-request': abi.PO_BUFFER_REQUEST,
  'http-no-delay': abi.PO_NO_DELAY,
  'accept-unsafe-violations-in-http-request': abi.PO_UNSAFE_REQUEST,
  'accept-unsafe-violations-in-http-response': abi.PO_UNSAFE_RESPONSE,
  'accept-invalid-http-request': abi.PO_UNSAFE_REQUEST,
  'accept-invalid-http-response': abi.PO_UNSAFE_RESPONSE,
  'independent-streams': abi.PO_INDEPENDENT_STREAMS,
};

const CONNECTION_MODE_BITS: Readonly<Record<Proxy['options']['connectionMode'], number>> = {
  'http-keep-alive': 0,
  'http-server-close': abi.PO_SERVER_CLOSE,
  httpclose: abi.PO_CLOSE,
};

const REUSE_BITS: Readonly<Record<Proxy['options']['reuse'], number>> = {
  never: abi.PO_REUSE_NEVER,
  safe: 0,
  aggressive: abi.PO_REUSE_AGGRESSIVE,
  always: abi.PO_REUSE_ALWAYS,
};

/** The cell of each timeout. */
const TIMEOUT_CELLS: Readonly<Record<keyof Timeouts, number>> = {
  client: abi.TO_CLIENT,
  server: abi.TO_SERVER,
  connect: abi.TO_CONNECT,
  httpRequest: abi.TO_HTTP_REQUEST,
  httpKeepAlive: abi.TO_HTTP_KEEP_ALIVE,
  queue: abi.TO_QUEUE,
  tunnel: abi.TO_TUNNEL,
  clientFin: abi.TO_CLIENT_FIN,
  serverFin: abi.TO_SERVER_FIN,
  tarpit: abi.TO_TARPIT,
  check: abi.TO_CHECK,
  clientHs: abi.TO_CLIENT_HS,
};

/** The engine's tables for one worker: the same numbering of proxies, servers and listeners as in the Model. */
export function engineConf(model: Model, plan: PlanTables, place: WorkerPlace): EngineConf {
  const { tune, nbthread, splice } = model.global;
  return {
    pages: place.pages,
    worker: place.worker,
    workers: nbthread,
    bufsize: tune.bufsize,
    maxrewrite: tune.maxrewrite,
    maxHeaders: tune.maxHeaders,
    maxAccept: tune.maxAccept,
    pipeSize: tune.pipesize,
    maxPipes: place.limits.maxpipes,
    maxConnections: place.limits.maxconn,
    splice: splice && place.limits.maxpipes > 0,
    proxies: model.proxies.map((proxy) => engineProxy(proxy, plan)),
    servers: model.servers.map((server) => engineServer(server, model, place.loopback)),
    listeners: model.listeners.map((listener, index) => engineListener(listener, place.listeners[index], plan.keepsTlvs === true)),
    responses: plan.responses,
  };
}

export function proxyOptions(proxy: Proxy): number {
  let bits = CONNECTION_MODE_BITS[proxy.options.connectionMode] | REUSE_BITS[proxy.options.reuse];
  for (const flag of proxy.options.flags) bits |= OPTION_BITS[flag] ?? 0;
  if (proxy.options.flags.includes('nolinger')) {
    // It speaks of the side that the section faces: clients in a frontend, servers in a backend.
    if (proxy.isFrontend) bits |= abi.PO_NOLINGER_CLIENT;
    if (proxy.isBackend) bits |= abi.PO_NOLINGER_SERVER;
  }
  if (proxy.mode === 'http') bits |= abi.PO_HTTP;
  if (proxy.options.redispatch !== 0) bits |= abi.PO_REDISPATCH;
  if (proxy.disabled) bits |= abi.PO_DISABLED;
  return bits;
}

function engineProxy(proxy: Proxy, plan: PlanTables): EngineProxy {
  const timeouts = Array.from({ length: abi.TO_COUNT }, () => 0);
  for (const [name, cell] of Object.entries(TIMEOUT_CELLS)) timeouts[cell] = proxy.timeouts[name as keyof Timeouts] ?? 0;
  const { forwardFor } = proxy;
  return {
    options: proxyOptions(proxy),
    timeouts,
    phases: plan.phases[proxy.index] ?? 0,
    defaultBackend: proxy.defaultBackend ?? (proxy.isBackend ? proxy.index : -1),
    retries: proxy.retries,
    redispatch: proxy.options.redispatch,
    errors: plan.errors[proxy.index] ?? [],
    forwardFor: forwardFor && {
      header: forwardFor.header,
      ifNone: forwardFor.ifNone,
      exceptFamily: forwardFor.except?.family ?? 0,
      exceptAddress: Uint8Array.from(forwardFor.except?.bytes ?? []),
      exceptPrefix: forwardFor.except?.prefix ?? 0,
    },
  };
}

const SEND_PROXY_BITS = [0, abi.SO_SEND_PROXY, abi.SO_SEND_PROXY_V2] as const;

function engineServer(server: Server, model: Model, loopback: string | null): EngineServer {
  const source = server.source ?? model.proxies[server.proxy]?.source ?? null;
  return {
    proxy: server.proxy,
    options: SEND_PROXY_BITS[server.sendProxy],
    address: sockaddr(server.address),
    source: source && sockaddr(source.address),
    congestion: congestionOf(server.address, server.cc, loopback),
    poolMax: server.poolMaxConn,
    maxReuse: server.maxReuse,
    poolPurgeMs: server.poolPurgeDelay,
  };
}

function engineListener(listener: Model['listeners'][number], socket: WorkerListener | undefined, keepsTlvs: boolean): EngineListener {
  const unix = listener.address.kind === 'unix' || listener.address.kind === 'abstract';
  return {
    fd: socket?.fd ?? -1,
    frontend: listener.proxy,
    options: (listener.acceptProxy ? abi.LO_ACCEPT_PROXY | (keepsTlvs ? abi.LO_KEEP_TLVS : 0) : 0) | (socket?.shared ? abi.LO_SHARED : 0) | (unix ? abi.LO_UNIX : 0),
  };
}

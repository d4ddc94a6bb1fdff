import type { Listener, Model, Proxy, Timeouts } from '../config/model.js';
import { SMALL } from '../backends/index.js';
import * as abi from './abi.js';
import type { EngineConf, EngineListener, EngineProxy } from './addon.js';
import { backlogOf } from './bind.js';
import { engineServer } from './engine_server.js';
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
  'h1-case-adjust-bogus-client': abi.PO_CASE_CLIENT,
  'h1-case-adjust-bogus-server': abi.PO_CASE_SERVER,
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
    shareIdle: tune.shareIdle,
    options: (model.global.keepInsecure ? abi.GO_KEEP_INSECURE : 0) | (model.global.anyPayload ? abi.GO_ANY_PAYLOAD : 0),
    headerCases: model.global.headerCases,
    errorCodes: model.global.errorCodes,
    failCodes: model.global.failCodes,
    latencyBuckets: tune.latencyBuckets,
    proxies: model.proxies.map((proxy) => engineProxy(proxy, plan)),
    servers: model.servers.map((server) => engineServer(server, model, place.loopback)),
    listeners: model.listeners.map((listener, index) => {
      const stats = model.proxies[listener.proxy]!.options.flags.includes('socket-stats') ? abi.LO_STATS : 0;
      return engineListener(listener, place.listeners[index], stats | (plan.keepsTlvs === true ? abi.LO_KEEP_TLVS : 0), backlogOf(model, listener, place.limits.maxconn));
    }),
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
  if (proxy.isFrontend && proxy.log.targets.length > 0) bits |= abi.PO_LOG;
  if (proxy.options.redispatch !== 0) bits |= abi.PO_REDISPATCH;
  if (proxy.disabled) bits |= abi.PO_DISABLED;
  if (proxy.servers.length > SMALL) bits |= abi.PO_NOTE_RELEASES;
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
    privateConnections: proxy.sessionServerConnections,
    keepAlive: proxy.keepAlive,
    retryOn: retryBits(proxy.retryOn),
    sendNameHeader: proxy.sendNameHeader ?? '',
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

/** Words of `retry-on` that are no status; a status has the bit RE_<status>. */
const RETRY_BITS: Readonly<Record<string, number>> = {
  'conn-failure': abi.RE_CONN_FAILURE,
  'empty-response': abi.RE_EMPTY_RESPONSE,
  'junk-response': abi.RE_JUNK_RESPONSE,
  'response-timeout': abi.RE_RESPONSE_TIMEOUT,
  '0rtt-rejected': abi.RE_EARLY_REJECTED,
};

function retryBits(words: readonly string[]): number {
  return words.reduce((bits, word) => bits | (RETRY_BITS[word] ?? abi.ABI[`RE_${word}`] ?? 0), 0);
}

function engineListener(listener: Listener, socket: WorkerListener | undefined, options: number, backlog: number): EngineListener {
  const unix = listener.address.kind === 'unix' || listener.address.kind === 'abstract';
  return {
    fd: socket?.fd ?? -1,
    frontend: listener.proxy,
    options: (options & (listener.acceptProxy ? -1 : ~abi.LO_KEEP_TLVS)) | (listener.acceptProxy ? abi.LO_ACCEPT_PROXY : 0) | (socket?.shared ? abi.LO_SHARED : 0) | (unix ? abi.LO_UNIX : 0),
    backlog,
  };
}

import type { Model, Proxy } from '../config/model.js';
import * as abi from './abi.js';
import type { PagesHandle } from './addon.js';
import { backendCounter, frontendCounter, proxyCell, serverCell, serverCounter } from './cells.js';

/** The shared pages as one reads them from the main thread: counters are the sum over the workers. */
export class Readings {
  private readonly state: Int32Array;
  private readonly counters: BigUint64Array;

  constructor(
    private readonly model: Model,
    private readonly pages: PagesHandle,
  ) {
    this.state = new Int32Array(pages.state);
    this.counters = new BigUint64Array(pages.counters);
  }

  /** A GS_ cell. */
  global(cell: number): number {
    return Atomics.load(this.state, cell);
  }

  proxy(index: number, cell: number): number {
    return Atomics.load(this.state, proxyCell(index, cell));
  }

  server(index: number, cell: number): number {
    return Atomics.load(this.state, serverCell(this.model.proxies.length, index, cell));
  }

  /** Sum over the workers of a counter by its place in a row. */
  total(cell: number): number {
    let sum = 0n;
    for (let worker = 0; worker < this.model.global.nbthread; worker++) sum += this.counters[worker * this.pages.rowCells + cell] ?? 0n;
    return Number(sum);
  }
}

/** Words for SRV_ states in HAProxy's messages. */
const STATE_WORDS: Readonly<Record<number, string>> = {
  [abi.SRV_DOWN]: 'DOWN',
  [abi.SRV_UP]: 'UP',
  [abi.SRV_DRAIN]: 'DRAIN',
  [abi.SRV_MAINT]: 'MAINT',
};

/** What SIGHUP prints: a line per server and proxy, as HAProxy words them. */
export function statusLines(model: Model, readings: Readings): string[] {
  return model.proxies.flatMap((proxy) => [
    ...proxy.servers.map((index) => serverLine(model, readings, proxy, index)),
    `SIGHUP: Proxy ${proxy.name} ${serversText(model, readings, proxy)} ${connectionsText(readings, proxy)}`,
  ]);
}

function serverLine(model: Model, readings: Readings, proxy: Proxy, index: number): string {
  const state = STATE_WORDS[readings.server(index, abi.SS_STATE)] ?? 'UNKNOWN';
  const sessions = readings.server(index, abi.SS_SESSIONS);
  const queued = readings.server(index, abi.SS_QUEUED);
  const total = readings.total(serverCounter(model.proxies.length, index, abi.CS_SESSIONS));
  return `SIGHUP: Server ${proxy.name}/${model.servers[index]?.name} is ${state}. Conn: ${sessions} act, ${queued} pend, ${total} tot.`;
}

function serversText(model: Model, readings: Readings, proxy: Proxy): string {
  if (proxy.servers.length === 0) return 'has no servers.';
  const up = proxy.servers.filter((index) => readings.server(index, abi.SS_STATE) === abi.SRV_UP);
  if (up.length === 0) return 'has no server available !';
  const backups = up.filter((index) => model.servers[index]?.backup).length;
  return `has ${up.length - backups} active servers and ${backups} backup servers available.`;
}

function connectionsText(readings: Readings, proxy: Proxy): string {
  const front = readings.proxy(proxy.index, abi.PS_SESSIONS);
  const back = readings.proxy(proxy.index, abi.PS_BACKEND_SESSIONS);
  const pending = readings.proxy(proxy.index, abi.PS_QUEUED);
  const frontTotal = readings.total(frontendCounter(proxy.index, abi.CF_CONNECTIONS));
  const backTotal = readings.total(backendCounter(proxy.index, abi.CB_SESSIONS));
  return `Conn: act(FE+BE): ${front}+${back}, ${pending} pend, tot(FE+BE): ${frontTotal}+${backTotal}.`;
}

/** What a stop says about each proxy. */
export function stoppedLines(model: Model, readings: Readings): string[] {
  return model.proxies
    .filter((proxy) => !proxy.disabled)
    .map((proxy) => {
      const front = readings.total(frontendCounter(proxy.index, abi.CF_CONNECTIONS));
      const back = readings.total(backendCounter(proxy.index, abi.CB_SESSIONS));
      return `Proxy ${proxy.name} stopped (cumulated conns: FE: ${front}, BE: ${back}).`;
    });
}

/** What SIGQUIT prints: the pools that the workers share, and the memory of the process. */
export function poolLines(readings: Readings): string[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  return [
    'Dumping pools usage.',
    `  - Connections : ${readings.global(abi.GS_CONNECTIONS)} now, ${readings.global(abi.GS_CONNECTIONS_MAX)} at most`,
    `  - Pipes : ${readings.global(abi.GS_PIPES_USED)} in use, ${readings.global(abi.GS_PIPES_FREE)} free, ` +
      `${readings.total(abi.CW_PIPE_HITS)} taken from the pool, ${readings.total(abi.CW_PIPE_MISSES)} made, ${readings.total(abi.CW_PIPE_DIRTY)} closed dirty`,
    `  - Memory : ${rss} bytes resident, ${heapUsed} bytes of JavaScript in the main thread, ${external} bytes external`,
  ];
}

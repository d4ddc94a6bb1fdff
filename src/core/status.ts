import { STATE_NAMES } from '../backends/index.js';
import type { Model, Proxy } from '../config/model.js';
import * as abi from './abi.js';
import type { Readings } from './metric/readings.js';
import { heapMemory, residentMemory } from './memory.js';

/** What these lines are made of: state cells as they are, counters summed over the workers. */
export type StatusReadings = Pick<Readings, 'global' | 'proxy' | 'server' | 'total' | 'frontendTotal' | 'backendTotal' | 'serverTotal'>;

/** What SIGHUP prints: a line per server and proxy, as HAProxy words them. */
export function statusLines(model: Model, readings: StatusReadings): string[] {
  return model.proxies.flatMap((proxy) => [
    ...proxy.servers.map((index) => serverLine(model, readings, proxy, index)),
    `SIGHUP: Proxy ${proxy.name} ${serversText(model, readings, proxy)} ${connectionsText(readings, proxy)}`,
  ]);
}

function serverLine(model: Model, readings: StatusReadings, proxy: Proxy, index: number): string {
  const state = STATE_NAMES[readings.server(index, abi.SS_STATE)] ?? 'UNKNOWN';
  const sessions = readings.server(index, abi.SS_SESSIONS);
  const queued = readings.server(index, abi.SS_QUEUED);
  const total = readings.serverTotal(index, abi.CS_SESSIONS);
  return `SIGHUP: Server ${proxy.name}/${model.servers[index]?.name} is ${state}. Conn: ${sessions} act, ${queued} pend, ${total} tot.`;
}

function serversText(model: Model, readings: StatusReadings, proxy: Proxy): string {
  if (proxy.servers.length === 0) return 'has no servers.';
  const up = proxy.servers.filter((index) => readings.server(index, abi.SS_STATE) === abi.SRV_UP);
  if (up.length === 0) return 'has no server available !';
  const backups = up.filter((index) => model.servers[index]?.backup).length;
  return `has ${up.length - backups} active servers and ${backups} backup servers available.`;
}

function connectionsText(readings: StatusReadings, proxy: Proxy): string {
  const front = readings.proxy(proxy.index, abi.PS_SESSIONS);
  const back = readings.proxy(proxy.index, abi.PS_BACKEND_SESSIONS);
  const pending = readings.proxy(proxy.index, abi.PS_QUEUED);
  const frontTotal = readings.frontendTotal(proxy.index, abi.CF_CONNECTIONS);
  const backTotal = readings.backendTotal(proxy.index, abi.CB_SESSIONS);
  return `Conn: act(FE+BE): ${front}+${back}, ${pending} pend, tot(FE+BE): ${frontTotal}+${backTotal}.`;
}

/** What a stop says about each proxy. */
export function stoppedLines(model: Model, readings: StatusReadings): { readonly proxy: number; readonly line: string }[] {
  return model.proxies
    .filter((proxy) => !proxy.disabled)
    .map((proxy) => {
      const front = readings.frontendTotal(proxy.index, abi.CF_CONNECTIONS);
      const back = readings.backendTotal(proxy.index, abi.CB_SESSIONS);
      return { proxy: proxy.index, line: `Proxy ${proxy.name} stopped (cumulated conns: FE: ${front}, BE: ${back}).` };
    });
}

/** What SIGQUIT prints: the pools that the workers share, and the memory of the process. */
export function poolLines(readings: StatusReadings): string[] {
  const rss = residentMemory();
  const { heapUsed, external } = heapMemory();
  return [
    'Dumping pools usage.',
    `  - Connections : ${readings.global(abi.GS_CONNECTIONS)} now, ${readings.global(abi.GS_CONNECTIONS_MAX)} at most`,
    `  - Pipes : ${readings.global(abi.GS_PIPES_USED)} in use, ${readings.global(abi.GS_PIPES_FREE)} free, ` +
      `${readings.total(abi.CW_PIPE_HITS)} taken from the pool, ${readings.total(abi.CW_PIPE_MISSES)} made, ${readings.total(abi.CW_PIPE_DIRTY)} closed dirty`,
    `  - Memory : ${rss} bytes resident, ${heapUsed} bytes of JavaScript in the main thread, ${external} bytes external`,
  ];
}

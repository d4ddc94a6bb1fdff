import { CS_COUNT, LS_CONNECTIONS, LS_CONNECTIONS_MAX, PS_BACKEND_SESSIONS, PS_BACKEND_SESSIONS_MAX, PS_QUEUED, PS_QUEUED_MAX, PS_SESSIONS, PS_SESSIONS_MAX, SS_QUEUED, SS_QUEUED_MAX, SS_SESSIONS, SS_SESSIONS_MAX } from '../abi.js';
import { backendCounter, frontendCounter, listenerCell, listenerCounter, proxyCell, serverCell, serverCounter, serverRows } from '../cells.js';
import { forgetLongest } from '../metric/latency.js';
import { sum, type Readings } from '../metric/readings.js';
import type { Baseline } from './field.js';

const PROXY_MAXIMA = [[PS_SESSIONS, PS_SESSIONS_MAX], [PS_BACKEND_SESSIONS, PS_BACKEND_SESSIONS_MAX], [PS_QUEUED, PS_QUEUED_MAX]] as const;
const SERVER_MAXIMA = [[SS_SESSIONS, SS_SESSIONS_MAX], [SS_QUEUED, SS_QUEUED_MAX]] as const;

/**
 * What `clear counters` has cleared. Counters belong to the workers, who only add: clearing notes what they have, and statistics
 * show what came since. Maxima start again at what there is now.
 */
export class Cleared implements Baseline {
  private noted: BigUint64Array | null = null;

  constructor(private readonly readings: Readings) {}

  private at(cell: number): number {
    return this.noted === null ? 0 : Number(this.noted[cell] ?? 0n);
  }

  frontend(proxy: number, cell: number): number {
    return this.at(frontendCounter(proxy, cell));
  }

  backend(proxy: number, cell: number): number {
    return this.at(backendCounter(proxy, cell));
  }

  server(server: number, cell: number): number {
    return this.at(serverCounter(this.readings.proxies, server, cell));
  }

  listener(listener: number, cell: number): number {
    return this.at(listenerCounter(this.readings.proxies, serverRows(this.readings.model), listener, cell));
  }

  clearMaxima(): void {
    const { model, pages, sampler, proxies } = this.readings;
    const again = (now: number, max: number): void => void Atomics.store(pages.state, max, Atomics.load(pages.state, now));
    for (const { index } of model.proxies) for (const [now, max] of PROXY_MAXIMA) again(proxyCell(index, now), proxyCell(index, max));
    for (const { index } of model.servers) for (const [now, max] of SERVER_MAXIMA) again(serverCell(proxies, index, now), serverCell(proxies, index, max));
    for (const { index } of model.listeners) {
      const cell = (which: number): number => listenerCell(proxies, serverRows(model), index, which);
      again(cell(LS_CONNECTIONS), cell(LS_CONNECTIONS_MAX));
    }
    for (const { index } of model.proxies) for (const kind of ['frontend', 'backend'] as const) forgetLongest(this.readings, kind, index);
    for (const { index } of model.servers) forgetLongest(this.readings, 'server', index);
    for (const rates of [sampler.connections, sampler.sessions, sampler.frontendSessions, sampler.frontendConnections, sampler.frontendRequests, sampler.backendSessions, sampler.serverSessions]) rates.max.fill(0);
  }

  /** As clearAll(), for one server. */
  clearServer(server: number): void {
    const { pages, proxies } = this.readings;
    for (const [now, max] of SERVER_MAXIMA) Atomics.store(pages.state, serverCell(proxies, server, max), Atomics.load(pages.state, serverCell(proxies, server, now)));
    this.readings.sampler.serverSessions.max[server] = 0;
    this.noted ??= new BigUint64Array(pages.rowCells);
    const first = serverCounter(proxies, server, 0);
    for (let cell = first; cell < first + CS_COUNT; cell++) this.noted[cell] = BigInt(sum(pages, cell));
  }

  clearAll(): void {
    this.clearMaxima();
    const { pages } = this.readings;
    this.noted = BigUint64Array.from({ length: pages.rowCells }, (_, cell) => BigInt(sum(pages, cell)));
  }
}

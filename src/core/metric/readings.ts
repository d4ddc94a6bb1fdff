import { performance } from 'node:perf_hooks';
import { CB_LATENCY, CF_LATENCY, CS_LATENCY, SRV_UP, SS_STATE, SS_WEIGHT } from '../abi.js';
import { backendCounter, frontendCounter, listenerCell, listenerCounter, proxyCell, serverCell, serverCounter, serverRows } from '../cells.js';
import type { NameserverFigures } from '../../backends/resolver/figures.js';
import type { Model } from '../../config/model.js';
import type { Sampler } from './sampler.js';

/** The shared pages as the main thread has them. */
export interface Pages {
  readonly state: Int32Array;
  readonly counters: BigUint64Array;
  readonly rowCells: number;
  readonly workers: number;
}

/** How often and how long things of one kind were down, by index (CheckFigures). Times are in ms since 1970. */
export interface DownFacts {
  readonly downs: Uint32Array;
  /** When each last went down or came up, 0 = never. */
  readonly changed: Float64Array;
  downtime(index: number, now: number): number;
}

export interface CheckFacts {
  /** Failed checks by server. */
  readonly failures: Uint32Array;
  readonly servers: DownFacts;
  readonly backends: DownFacts;
}

/** What has been seen of the name servers of a resolvers section. */
export interface ResolverFacts {
  readonly name: string;
  readonly servers: readonly { readonly conf: { readonly name: string }; readonly figures: NameserverFigures }[];
}

export interface ProcessFacts {
  readonly version: string;
  /** ms since 1970. */
  readonly startTime: number;
  readonly maxconn: number;
  readonly maxpipes: number;
  readonly descriptors: number;
}

/** What has histograms of its times. */
export type Timed = 'frontend' | 'backend' | 'server';

/** One look at the pages: counters summed over the workers, state cells as they are. */
export class Readings {
  readonly proxies: number;
  private readonly serverRows: number;
  /** Figures of all name servers, by target. */
  nameservers: readonly NameserverFigures[] = [];
  /** Entries of a stick table, by its number. */
  stickUsed: (table: number) => number = () => 0;
  private readonly utilization = performance.eventLoopUtilization;
  private lastUtilization: ReturnType<typeof this.utilization> | undefined;
  constructor(
    readonly model: Model,
    readonly pages: Pages,
    readonly facts: ProcessFacts,
    readonly sampler: Sampler,
    readonly checks: CheckFacts | null,
    readonly now: () => number = Date.now,
  ) {
    this.proxies = model.proxies.length;
    this.serverRows = serverRows(model);
  }

  global(cell: number): number {
    return this.pages.state[cell]!;
  }

  proxy(proxy: number, cell: number): number {
    return this.pages.state[proxyCell(proxy, cell)]!;
  }

  server(server: number, cell: number): number {
    return this.pages.state[serverCell(this.proxies, server, cell)]!;
  }

  /** A CW_ counter of all workers. */
  total(cell: number): number {
    return sum(this.pages, cell);
  }

  worker(worker: number, cell: number): number {
    return Number(this.pages.counters[worker * this.pages.rowCells + cell]!);
  }

  frontendTotal(proxy: number, cell: number): number {
    return sum(this.pages, frontendCounter(proxy, cell));
  }

  backendTotal(proxy: number, cell: number): number {
    return sum(this.pages, backendCounter(proxy, cell));
  }

  serverTotal(server: number, cell: number): number {
    return sum(this.pages, serverCounter(this.proxies, server, cell));
  }

  /** The largest value a worker has in a server's counter: for dates. */
  serverLatest(server: number, cell: number): number {
    const { counters, rowCells, workers } = this.pages;
    let latest = 0;
    for (let w = 0; w < workers; w++) latest = Math.max(latest, Number(counters[w * rowCells + serverCounter(this.proxies, server, cell)]!));
    return latest;
  }

  /** Seconds from a date in seconds since 1970 until now, -1 if the date is 0 (never). */
  secondsSince(date: number): number {
    return date === 0 ? -1 : Math.max(0, Math.floor(this.now() / 1000) - date);
  }

  listener(listener: number, cell: number): number {
    return this.pages.state[listenerCell(this.proxies, this.serverRows, listener, cell)]!;
  }

  listenerTotal(listener: number, cell: number): number {
    return sum(this.pages, listenerCounter(this.proxies, this.serverRows, listener, cell));
  }

  /** First cell of the histograms of times of a frontend, backend or server. */
  latencyCell(kind: Timed, index: number): number {
    if (kind === 'server') return serverCounter(this.proxies, index, CS_LATENCY);
    return kind === 'frontend' ? frontendCounter(index, CF_LATENCY) : backendCounter(index, CB_LATENCY);
  }

  /** Up, with a weight. */
  isUsable(server: number): boolean {
    return this.server(server, SS_STATE) === SRV_UP && this.server(server, SS_WEIGHT) > 0;
  }

  /** Sum of something over the servers of a backend. */
  overServers(proxy: number, read: (server: number) => number): number {
    let all = 0;
    for (const server of this.model.proxies[proxy]!.servers) all += read(server);
    return all;
  }

  /** Share of time the main thread's event loop was busy since the last call, 0-1; the first time since the start. */
  mainLoopUtilization(): number {
    const now = this.utilization();
    const { utilization } = this.lastUtilization === undefined ? now : this.utilization(now, this.lastUtilization);
    this.lastUtilization = now;
    return utilization;
  }
}

/** A counter summed over the workers' rows. */
export function sum(pages: Pages, cell: number): number {
  const { rowCells, workers } = pages;
  const halves = halvesOf(pages.counters);
  let all = 0;
  for (let w = 0; w < workers; w++) {
    const at = (w * rowCells + cell) * 2;
    all += halves[at + 1]! * 2 ** 32 + halves[at]!;
  }
  return all;
}

const views = new WeakMap<BigUint64Array, Uint32Array>();
let last: { readonly counters: BigUint64Array; readonly halves: Uint32Array } | null = null;

/** The same cells as pairs of halves, the low one first: reading them makes no BigInt. */
function halvesOf(counters: BigUint64Array): Uint32Array {
  if (last?.counters === counters) return last.halves;
  let found = views.get(counters);
  if (found === undefined) views.set(counters, (found = new Uint32Array(counters.buffer, counters.byteOffset, counters.length * 2)));
  last = { counters, halves: found };
  return found;
}

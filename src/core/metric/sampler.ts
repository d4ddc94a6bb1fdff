/**
 * Looks at the counters once a second: rates over the last second, their maxima, and the averages of times over about the last 1024
 * sessions. Runs in the main thread and reads only; the data path knows nothing of it.
 */
import {
  CB_CONNECT_MS, CB_QUEUE_MS, CB_RESPONSE_MS, CB_SESSIONS, CB_TOTAL_MS, CF_CONNECTIONS, CF_REQUESTS, CF_SESSIONS,
  CS_CONNECT_MS, CS_QUEUE_MS, CS_RESPONSE_MS, CS_SESSIONS, CS_TOTAL_MS, CW_ACCEPTED, CW_BUSY_NS, CW_BYTES_OUT, CW_SESSIONS,
} from '../abi.js';
import { backendCounter, frontendCounter, serverCounter, serverRows } from '../cells.js';
import type { Model } from '../../config/model.js';
import { sum, type Pages } from './readings.js';

/** Rates of many things of one kind, by index. Events a second. */
export class Rates {
  readonly now: Float64Array;
  readonly max: Float64Array;
  private readonly last: Float64Array;
  constructor(private readonly count: number, private readonly cell: (index: number) => number) {
    this.now = new Float64Array(count);
    this.max = new Float64Array(count);
    this.last = new Float64Array(count);
  }

  /** Takes the counts as the point to start from. */
  begin(pages: Pages): void {
    for (let i = 0; i < this.count; i++) this.last[i] = sum(pages, this.cell(i));
  }

  sample(pages: Pages, seconds: number): void {
    for (let i = 0; i < this.count; i++) {
      const total = sum(pages, this.cell(i));
      const rate = (total - this.last[i]!) / seconds;
      this.last[i] = total;
      this.now[i] = rate;
      // A maximum is shown in whole events, as HAProxy counts it.
      if (rate > this.max[i]!) this.max[i] = Math.round(rate);
    }
  }
}

/** Sessions that an average looks back on. */
const WINDOW = 1024;
const TIMES = 4;

/** Mean times of many things: queue, connect, response, total; in ms. */
export class Averages {
  private readonly mean: Float64Array;
  private readonly lastMs: Float64Array;
  private readonly lastCount: Float64Array;
  constructor(
    private readonly count: number,
    private readonly sessions: (index: number) => number,
    private readonly times: readonly ((index: number) => number)[],
  ) {
    this.mean = new Float64Array(count * TIMES);
    this.lastMs = new Float64Array(count * TIMES);
    this.lastCount = new Float64Array(count);
  }

  /** ms; `time`: 0 queue, 1 connect, 2 response, 3 total. */
  get(index: number, time: number): number {
    return this.mean[index * TIMES + time]!;
  }

  sample(pages: Pages): void {
    for (let i = 0; i < this.count; i++) {
      const total = sum(pages, this.sessions(i));
      const fresh = total - this.lastCount[i]!;
      if (fresh <= 0) continue;
      this.lastCount[i] = total;
      const weight = Math.min(1, fresh / Math.min(WINDOW, total));
      for (let t = 0; t < TIMES; t++) {
        const at = i * TIMES + t;
        const ms = sum(pages, this.times[t]!(i));
        this.mean[at]! += ((ms - this.lastMs[at]!) / fresh - this.mean[at]!) * weight;
        this.lastMs[at] = ms;
      }
    }
  }
}

export class Sampler {
  readonly connections: Rates;
  readonly sessions: Rates;
  readonly bytesOut: Rates;
  readonly busy: Rates;
  readonly frontendSessions: Rates;
  readonly frontendConnections: Rates;
  readonly frontendRequests: Rates;
  readonly backendSessions: Rates;
  readonly serverSessions: Rates;
  readonly backendTimes: Averages;
  readonly serverTimes: Averages;
  private readonly rates: readonly Rates[];
  private readonly pages: Pages;
  private at: number;

  /** `now` in ms on any steady clock. */
  constructor(model: Model, pages: Pages, now: number) {
    const proxies = model.proxies.length;
    const servers = serverRows(model);
    const process = (cell: number): Rates => new Rates(1, () => cell);
    const frontend = (cell: number): Rates => new Rates(proxies, (p) => frontendCounter(p, cell));
    this.pages = pages;
    this.at = now;
    this.connections = process(CW_ACCEPTED);
    this.sessions = process(CW_SESSIONS);
    this.bytesOut = process(CW_BYTES_OUT);
    this.busy = process(CW_BUSY_NS);
    this.frontendSessions = frontend(CF_SESSIONS);
    this.frontendConnections = frontend(CF_CONNECTIONS);
    this.frontendRequests = frontend(CF_REQUESTS);
    this.backendSessions = new Rates(proxies, (p) => backendCounter(p, CB_SESSIONS));
    this.serverSessions = new Rates(servers, (s) => serverCounter(proxies, s, CS_SESSIONS));
    this.rates = [
      this.connections, this.sessions, this.bytesOut, this.busy, this.frontendSessions, this.frontendConnections,
      this.frontendRequests, this.backendSessions, this.serverSessions,
    ];
    for (const rates of this.rates) rates.begin(pages);
    this.backendTimes = new Averages(proxies, (p) => backendCounter(p, CB_SESSIONS),
      [CB_QUEUE_MS, CB_CONNECT_MS, CB_RESPONSE_MS, CB_TOTAL_MS].map((cell) => (p) => backendCounter(p, cell)));
    this.serverTimes = new Averages(servers, (s) => serverCounter(proxies, s, CS_SESSIONS),
      [CS_QUEUE_MS, CS_CONNECT_MS, CS_RESPONSE_MS, CS_TOTAL_MS].map((cell) => (s) => serverCounter(proxies, s, cell)));
  }

  /** Looks once. `now` as for the constructor. */
  sample(now: number): void {
    const seconds = (now - this.at) / 1000;
    if (seconds <= 0) return;
    this.at = now;
    for (const rates of this.rates) rates.sample(this.pages, seconds);
    this.averages();
  }

  /** Brings the averages up to date, as before a scrape. */
  averages(): void {
    this.backendTimes.sample(this.pages);
    this.serverTimes.sample(this.pages);
  }
}

const INTERVAL_MS = 1000;

/** A Sampler that looks every second and doesn't keep the process alive. */
export function startSampler(model: Model, pages: Pages): { readonly sampler: Sampler; stop(): void } {
  const sampler = new Sampler(model, pages, performance.now());
  const timer = setInterval(() => sampler.sample(performance.now()), INTERVAL_MS).unref();
  return { sampler, stop: () => clearInterval(timer) };
}

import type { Readings } from './readings.js';

/**
 * A family of metrics: HAProxy's name, what it means, and how it is read out of the shared pages at scrape time. `index` is a proxy,
 * server or worker index; families of the process ignore it.
 */
export interface MetricRow {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** For whom there is a sample; all if absent. */
  readonly applies?: (readings: Readings, index: number) => boolean;
  /** A further label: one sample for each value, `part` is its number. */
  readonly by?: { readonly label: string; readonly values: readonly string[] };
  read(readings: Readings, index: number, part: number): number;
}

/** The things that a table of rows is about. */
export type Scope = 'process' | 'frontend' | 'backend' | 'server' | 'resolver' | 'sticktable' | 'worker';

export interface ScopeTable {
  readonly scope: Scope;
  readonly rows: readonly MetricRow[];
}

type Options = Pick<MetricRow, 'applies' | 'by'>;

export function counter(name: string, help: string, read: MetricRow['read'], options: Options = {}): MetricRow {
  return { name, help, type: 'counter', read, ...options };
}

export function gauge(name: string, help: string, read: MetricRow['read'], options: Options = {}): MetricRow {
  return { name, help, type: 'gauge', read, ...options };
}

/** For proxies and servers of mode http only. */
export const httpProxy: Options = { applies: (r, proxy) => r.model.proxies[proxy]!.mode === 'http' };
export const httpServer: Options = { applies: (r, server) => r.model.proxies[r.model.servers[server]!.proxy]!.mode === 'http' };

/** Status classes in the order of RESP_1XX … RESP_5XX, then RESP_OTHER. */
export const CODES = { label: 'code', values: ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] } as const;

import type { Readings, Timed } from './readings.js';

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
export type Scope = 'process' | 'frontend' | 'listener' | 'backend' | 'server' | 'resolver' | 'sticktable' | 'worker';

export interface ScopeTable {
  readonly scope: Scope;
  readonly rows: readonly MetricRow[];
  /** Histograms of the things' times. */
  readonly timed?: Timed;
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

/** What does not exist here: compression, caches, TLS, peers. Dashboards look for the names. */
export function absent(type: MetricRow['type'], prefix: string, names: Readonly<Record<string, string>>): readonly MetricRow[] {
  return Object.entries(names).map(([name, help]) => ({ name: `${prefix}${name}`, help, type, read: () => 0 }));
}

/** Of frontends and backends. */
export const HTTP_ABSENT = {
  http_comp_bytes_in_total: 'Bytes given to the compressor.', http_comp_bytes_out_total: 'Bytes that came out of it.',
  http_comp_bytes_bypassed_total: 'Bytes that could have been compressed and were not.', http_comp_responses_total: 'Responses compressed.',
  http_cache_lookups_total: 'Requests looked up in the cache.', http_cache_hits_total: 'Requests answered from the cache.',
} as const;

/** Status classes in the order of RESP_1XX … RESP_5XX, then RESP_OTHER. */
export const CODES = { label: 'code', values: ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] } as const;

/** Times of streams: how long queue, connect, response and the whole took, as the engine counts them (HT_ in addon/abi.def). */
import { CB_QUEUE_MS, CF_QUEUE_MS, CS_QUEUE_MS, HT_BUCKETS, HT_MAX, HT_TIMES, HT_TOTAL } from '../abi.js';
import { backendCounter, frontendCounter, serverCounter } from '../cells.js';
import type { Readings, Timed } from './readings.js';
import { sum } from './readings.js';
import { gauge, type MetricRow } from './row.js';

/** In the order of HT_QUEUE … HT_TOTAL, with what they are. */
export const TIMES = [
  ['queue', 'in the queue'], ['connect', 'to connect to the server'], ['response', 'from there to the response'], ['total', 'of the whole session'],
] as const;

export interface Histogram {
  /** Streams by bucket: those of the configuration, then those that took longer. */
  readonly counts: readonly number[];
  readonly count: number;
  /** ms */
  readonly sum: number;
}

/** First of the four sums, one behind the other. */
function sumCell(r: Readings, kind: Timed, index: number): number {
  if (kind === 'server') return serverCounter(r.proxies, index, CS_QUEUE_MS);
  return kind === 'frontend' ? frontendCounter(index, CF_QUEUE_MS) : backendCounter(index, CB_QUEUE_MS);
}

/** Whether a server has ended a stream. */
export function hasTimes(r: Readings, server: number): boolean {
  const first = r.latencyCell('server', server) + HT_TOTAL * HT_BUCKETS;
  for (let bucket = 0; bucket <= r.model.global.tune.latencyBuckets.length; bucket++) if (sum(r.pages, first + bucket) > 0) return true;
  return false;
}

export function histogramOf(r: Readings, kind: Timed, index: number, time: number): Histogram {
  const first = r.latencyCell(kind, index) + time * HT_BUCKETS;
  const counts = Array.from({ length: r.model.global.tune.latencyBuckets.length + 1 }, (_, bucket) => sum(r.pages, first + bucket));
  return { counts, count: counts.reduce((all, one) => all + one, 0), sum: sum(r.pages, sumCell(r, kind, index) + time) };
}

/** The longest time that was seen, ms. */
export function longestOf(r: Readings, kind: Timed, index: number, time: number): number {
  const { counters, rowCells, workers } = r.pages;
  const cell = r.latencyCell(kind, index) + HT_MAX + time;
  let most = 0;
  for (let w = 0; w < workers; w++) most = Math.max(most, Number(counters[w * rowCells + cell]!));
  return most;
}

/** Forgets the longest times of a thing. A worker that writes at this moment may win: then its time is the longest again. */
export function forgetLongest(r: Readings, kind: Timed, index: number): void {
  const { counters, rowCells, workers } = r.pages;
  const first = r.latencyCell(kind, index) + HT_MAX;
  for (let w = 0; w < workers; w++) counters.fill(0n, w * rowCells + first, w * rowCells + first + HT_TIMES);
}

/**
 * The time that a share of the streams did not exceed, ms, as far as buckets tell: within a bucket times are taken for evenly spread.
 * null if there were none.
 */
export function quantile({ counts, count }: Histogram, bounds: readonly number[], share: number): number | null {
  if (count === 0) return null;
  let left = count * share;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const here = counts[bucket]!;
    const low = bucket === 0 ? 0 : bounds[bucket - 1]!;
    if (left <= here && here > 0) return bucket === bounds.length ? low : low + ((bounds[bucket]! - low) * left) / here;
    left -= here;
  }
  return bounds[bounds.length - 1] ?? null;
}

/** haproxy_<kind>_max_<time>_time_seconds. */
export const longest = (kind: Timed): readonly MetricRow[] =>
  TIMES.map(([time, what], at) => gauge(`haproxy_${kind}_max_${time}_time_seconds`, `Longest time ${what}.`, (r, index) => longestOf(r, kind, index, at) / 1000));

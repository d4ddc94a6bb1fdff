import { describe, expect, test } from '@jest/globals';
import { CB_LATENCY, CB_QUEUE_MS, HT_BUCKETS, HT_MAX, HT_TOTAL } from '../../../src/core/abi.js';
import { backendCounter } from '../../../src/core/cells.js';
import { forgetLongest, histogramOf, longestOf, quantile } from '../../../src/core/metric/latency.js';
import { Readings } from '../../../src/core/metric/readings.js';
import { Sampler } from '../../../src/core/metric/sampler.js';
import { model, pages } from '../../backends/model.js';

const histogram = (...counts: number[]) => ({ counts, count: counts.reduce((a, b) => a + b, 0), sum: 0 });

describe('times of streams', () => {
  test('are added up over the workers; the longest is that of one', () => {
    const made = model({ name: 'b' });
    const p = pages(made, 2);
    const set = (worker: number, cell: number, value: bigint): void => void (p.counters[worker * p.rowCells + backendCounter(0, cell)] = value);
    for (const worker of [0, 1]) {
      set(worker, CB_LATENCY + HT_TOTAL * HT_BUCKETS, 2n);
      set(worker, CB_LATENCY + HT_TOTAL * HT_BUCKETS + 2, 1n);
      set(worker, CB_QUEUE_MS + HT_TOTAL, 1500n);
      set(worker, CB_LATENCY + HT_MAX + HT_TOTAL, BigInt(1200 + worker));
    }
    const r = new Readings(made, p, { version: '', startTime: 0, maxconn: 1, maxpipes: 0, descriptors: 1 }, new Sampler(made, p, 0), null);
    expect(histogramOf(r, 'backend', 0, HT_TOTAL)).toEqual({ counts: [4, 0, 2], count: 6, sum: 3000 });
    expect(longestOf(r, 'backend', 0, HT_TOTAL)).toBe(1201);
    forgetLongest(r, 'backend', 0);
    expect(longestOf(r, 'backend', 0, HT_TOTAL)).toBe(0);
    expect(histogramOf(r, 'backend', 0, HT_TOTAL).count).toBe(6);
  });

  test('shares of them', () => {
    const bounds = [10, 100];
    expect(quantile(histogram(0, 0, 0), bounds, 0.5)).toBeNull();
    expect(quantile(histogram(10, 0, 0), bounds, 0.5)).toBe(5);
    expect(quantile(histogram(5, 5, 0), bounds, 0.75)).toBe(55);
    expect(quantile(histogram(0, 10, 0), bounds, 1)).toBe(100);
    // Longer than the last bound: no more is known.
    expect(quantile(histogram(0, 0, 3), bounds, 0.5)).toBe(100);
  });
});

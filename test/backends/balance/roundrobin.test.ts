import { describe, expect, test } from '@jest/globals';
import { FF_REDISPATCH, SRV_DOWN, SRV_UP, VERDICT_SERVER } from '../../../src/core/abi.js';
import { createBackends, initState, setServerState, setServerWeight } from '../../../src/backends/index.js';
import { halves, model, pages, recorder, tx } from '../model.js';

function farm(weights: number[], workers = 1) {
  const m = model({ servers: weights.map((weight) => ({ weight })) });
  const p = pages(m, workers);
  initState(m, p.state, 0);
  const all = Array.from({ length: workers }, (_, w) => createBackends(m, { state: p.state, engine: recorder().engine, counters: halves(p, w), worker: w }));
  const t = tx();
  const pick = (worker = 0) => {
    const verdict = all[worker]!.assign(0, t);
    expect(verdict & 0xff).toBe(VERDICT_SERVER);
    return (verdict >>> 8) + 1;
  };
  return { m, p, pick, backends: all[0]!, sequence: (n: number) => Array.from({ length: n }, () => pick()).join('') };
}

describe('balance roundrobin', () => {
  test('equal weights go in the order of the file', () => {
    expect(farm([1, 1, 1, 1]).sequence(9)).toBe('123412341');
    expect(farm([7, 7, 7]).sequence(7)).toBe('1231231');
  });

  // Taken from HAProxy 2.6, one thread, three cycles each.
  test.each([
    [[1, 2], '221'], [[2, 1], '112'], [[1, 3], '2221'], [[3, 1], '1112'], [[2, 3], '22121'], [[5, 1, 1], '1112113'],
    [[1, 5, 1], '2221223'], [[1, 1, 5], '3331332'], [[4, 4, 2], '1212312123'], [[1, 1, 2, 2], '341342'], [[5, 3], '11212112'],
    [[100, 100, 50], '12123'],
  ])('weights %j go as in HAProxy', (weights, cycle) => {
    expect(farm(weights).sequence(cycle.length * 3)).toBe(cycle.repeat(3));
  });

  test.each([[[1, 2, 3]], [[7, 3, 5, 2]], [[10, 20, 30, 40, 256]], [[256, 1]]])('weights %j: exact shares in each cycle, well spread', (weights) => {
    const { pick } = farm(weights);
    const sum = weights.reduce((a, b) => a + b, 0);
    const counts = weights.map(() => 0);
    for (let n = 1; n <= 2 * sum; n++) {
      counts[pick() - 1]!++;
      weights.forEach((w, i) => expect(Math.abs(counts[i]! - (n * w) / sum)).toBeLessThan(3));
      if (n % sum === 0) expect(counts).toEqual(weights.map((w) => (w * n) / sum));
    }
  });

  test('workers share one position', () => {
    const { pick } = farm([1, 1, 1], 3);
    expect([0, 1, 2, 2, 1, 0, 1].map((worker) => pick(worker)).join('')).toBe('1231231');
  });

  test('a server that goes down is left out, and comes back', () => {
    const { m, p, sequence } = farm([1, 1, 1]);
    expect(sequence(3)).toBe('123');
    setServerState(m, p.state, 1, SRV_DOWN, 1);
    expect(sequence(6)).not.toContain('2');
    setServerState(m, p.state, 1, SRV_UP, 2);
    expect(new Set(sequence(3))).toEqual(new Set('123'));
  });

  test('weight 0 gets nothing', () => {
    const { m, p, sequence } = farm([1, 1, 1]);
    setServerWeight(m, p.state, 2, 0);
    expect(sequence(6)).toBe('121212');
  });

  test('redispatch avoids the server that failed, unless it is the only one', () => {
    const { m, p, backends } = farm([1, 1]);
    for (let i = 0; i < 10; i++) expect(backends.assign(0, tx({ flags: FF_REDISPATCH, server: 0 })) >>> 8).toBe(1);
    setServerState(m, p.state, 1, SRV_DOWN, 1);
    expect(backends.assign(0, tx({ flags: FF_REDISPATCH, server: 0 }))).toBe(VERDICT_SERVER | (0 << 8));
  });

  test('10,000 servers with 256 different weights keep their shares', () => {
    const weights = Array.from({ length: 10_000 }, (_, i) => 1 + (i % 256));
    const { backends } = farm(weights);
    const t = tx();
    const picks = new Uint32Array(257);
    const turns = 262_144;
    for (let i = 0; i < turns; i++) picks[weights[backends.assign(0, t) >>> 8]!]!++;
    const sum = weights.reduce((a, b) => a + b, 0);
    const servers = new Uint32Array(257);
    for (const w of weights) servers[w]!++;
    for (const w of [10, 100, 200, 256]) expect(picks[w]! / (turns * servers[w]! * w / sum)).toBeCloseTo(1, 1);
  });
});

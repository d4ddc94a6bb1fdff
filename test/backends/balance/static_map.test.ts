import { describe, expect, test } from '@jest/globals';
import { staticMap } from '../../../src/backends/balance/static_map.js';
import { seeded } from '../random.js';

/** The same layout by credits, step by step. */
function byCredits(weights: readonly number[]): number[] {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  const divisor = weights.reduce(gcd);
  const shares = weights.map((weight) => weight / divisor);
  const sum = shares.reduce((a, b) => a + b);
  const credit = shares.map(() => 0);
  return Array.from({ length: sum }, () => {
    let best = 0;
    shares.forEach((share, i) => (credit[i]! += share));
    const level = (i: number): number => Math.floor((credit[i]! + sum) / sum);
    shares.forEach((_share, i) => {
      if (level(i) > level(best)) best = i;
    });
    credit[best]! -= sum;
    return best;
  });
}

describe('static map', () => {
  const random = seeded(3);
  const made = Array.from({ length: 40 }, () => Array.from({ length: 1 + Math.floor(random() * 12) }, () => 1 + Math.floor(random() * 60)));
  test.each([[[1, 2, 3]], [[5, 1, 1]], [[10, 20, 30]], [[256, 255, 3]], [[7, 7, 7]], [[1]], ...made.map((weights) => [weights])])('%j', (weights) => {
    expect([...staticMap(Int32Array.from(weights), weights.length)]).toEqual(byCredits(weights));
  });
});

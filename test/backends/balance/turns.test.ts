import { describe, expect, test } from '@jest/globals';
import { Turns } from '../../../src/backends/balance/turns.js';
import type { Farm } from '../../../src/backends/backend.js';
import { seeded } from '../random.js';

function turnsOf(weights: readonly number[]): Turns {
  const turns = new Turns({ usable: Int32Array.from(weights.keys()), weights: Int32Array.from(weights), count: weights.length } as Partial<Farm> as Farm);
  turns.rebuild();
  return turns;
}

describe('long cycles', () => {
  const random = seeded(9);
  const many = Array.from({ length: 300 }, () => 1 + Math.floor(random() * 256));
  test.each([['300 servers, weights 1 to 256', many], ['a prime sum', [5003, 6000, 4]], ['a round sum', [4096, 4096, 8191, 1]], ['one heavy among light ones', [4096, ...Array.from({ length: 50 }, () => 15)]], ['nearly equal', [4000, 4001, 4002]]])(
    '%s: the whole cycle has exact shares, any part of it nearly', (_name, weights) => {
      const turns = turnsOf(weights);
      const sum = weights.reduce((a, b) => a + b, 0);
      const counts = weights.map(() => 0);
      let worst = 0;
      for (let turn = 0; turn < sum; turn++) {
        counts[turns.at(turn)]!++;
        if (turn % 7 === 0) worst = Math.max(worst, ...counts.map((count, i) => Math.abs(count - ((turn + 1) * weights[i]!) / sum)));
      }
      expect(counts).toEqual(weights);
      expect(worst).toBeLessThan(4);
    });
});

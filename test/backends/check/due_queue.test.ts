import { describe, expect, test } from '@jest/globals';
import { DueQueue } from '../../../src/backends/check/due_queue.js';

describe('DueQueue', () => {
  test('10,000 random changes: always the earliest first, as a sorted list would have it', () => {
    let seed = 42;
    const rand = (below: number) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % below;
    const queue = new DueQueue(50);
    const model = new Map<number, number>();
    for (let n = 0; n < 10_000; n++) {
      const item = (rand(1 << 20) >> 8) % 50;
      const what = (rand(1 << 20) >> 8) % 4;
      if (what < 2) {
        const due = rand(1000);
        queue.set(item, due);
        model.set(item, due);
      } else if (what === 2) {
        queue.remove(item);
        model.delete(item);
      } else {
        const now = rand(1000);
        const earliest = Math.min(Infinity, ...model.values());
        const got = queue.pop(now);
        if (earliest > now) expect(got).toBe(-1);
        else {
          expect(model.get(got)).toBe(earliest);
          model.delete(got);
        }
      }
      expect(queue.earliest()).toBe(Math.min(Infinity, ...model.values()));
    }
  });
});

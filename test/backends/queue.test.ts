import { describe, expect, test } from '@jest/globals';
import { Queues } from '../../src/backends/queue.js';

const drain = (queues: Queues, list: number) => {
  const out: number[] = [];
  while (queues.size(list) > 0) {
    out.push(queues.peek(list));
    queues.remove(queues.peek(list));
  }
  return out;
};

describe('Queues', () => {
  test('first in, first out, per list; leaving in the middle keeps the order', () => {
    const queues = new Queues(2);
    for (const s of [1, 2, 3, 4]) queues.push(0, s << 8);
    queues.push(1, 9 << 8);
    queues.remove(3 << 8);
    queues.remove(1 << 8);
    expect(queues.where(3 << 8)).toBe(-1);
    expect(queues.where(9 << 8)).toBe(1);
    expect(drain(queues, 0)).toEqual([2 << 8, 4 << 8]);
    expect(queues.size(0)).toBe(0);
  });

  test('lower ranks come first, equal ones in the order of arrival', () => {
    const queues = new Queues(2);
    for (const [session, rank] of [[1, 0], [2, 5], [3, -1], [4, 5], [5, 0]] as const) queues.push(0, session << 8, rank);
    queues.push(1, 6 << 8, 0);
    expect(queues.isAhead(0, 1)).toBe(true);
    queues.move(6 << 8, 0);
    expect(drain(queues, 0)).toEqual([3, 1, 5, 6, 2, 4].map((s) => s << 8));
    queues.push(1, 7 << 8);
    expect([queues.isAhead(1, 0)]).toEqual([true]);
  });

  test('moving keeps the place by arrival', () => {
    const queues = new Queues(2);
    queues.push(0, 1 << 8);
    queues.push(1, 2 << 8);
    queues.push(0, 3 << 8);
    queues.push(1, 4 << 8);
    queues.move(3 << 8, 1);
    queues.move(1 << 8, 1);
    expect(drain(queues, 1)).toEqual([1, 2, 3, 4].map((s) => s << 8));
  });

  test('more sessions than it began with; the generation is part of a handle', () => {
    const queues = new Queues(1);
    const handles = [(3 << 8) | 0xff, 5 << 8, 70_000 << 8];
    handles.forEach((h) => queues.push(0, h));
    expect(queues.where((3 << 8) | 0xff)).toBe(0);
    expect(queues.where(3 << 8)).toBe(-1);
    expect(queues.occupant(3 << 8)).toBe((3 << 8) | 0xff);
    expect(queues.occupant(4 << 8)).toBe(4 << 8);
    expect(drain(queues, 0)).toEqual(handles);
  });
});

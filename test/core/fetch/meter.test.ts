import { expect, test } from '@jest/globals';
import { Meter } from '../../../src/core/fetch/meter.js';

function meter(): { meter: Meter; at(ms: number, total: number): number; tick(ms: number, total: number): void } {
  let now = 0;
  let count = 100;
  const made = new Meter(() => count, () => now);
  const set = (ms: number, total: number): void => {
    now = ms;
    count = 100 + total;
  };
  return {
    meter: made,
    at(ms, total) {
      set(ms, total);
      return made.read();
    },
    tick(ms, total) {
      set(ms, total);
      made.tick();
    },
  };
}

test('what came before the meter does not count', () => {
  expect(meter().at(0, 0)).toBe(0);
});

test('the last second is what came since the tick, and a part of the second before', () => {
  const { at, tick } = meter();
  expect(at(500, 10)).toBe(10);
  tick(1000, 40);
  expect(at(1000, 40)).toBe(40);
  expect(at(1250, 40)).toBe(30);
  expect(at(1500, 50)).toBe(30);
  tick(2000, 60);
  expect(at(2500, 60)).toBe(10);
  tick(3000, 60);
  expect(at(3000, 60)).toBe(0);
});

test('one event a second is a rate of 1', () => {
  const { at, tick } = meter();
  tick(1000, 1);
  expect(at(1900, 1)).toBe(1);
});

test('a tick that comes late is a longer second', () => {
  const { at, tick } = meter();
  tick(4000, 400);
  expect(at(4000, 400)).toBe(100);
});

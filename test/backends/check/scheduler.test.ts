import { describe, expect, test } from '@jest/globals';
import { Scheduler, type Task } from '../../../src/backends/check/scheduler.js';
import { START, TestClock } from './house.js';

/** A scheduler with tasks that take `ms`; Infinity = until their time is over. */
function rig(count: number, ms: number, parts: { inFlight?: number; spread?: number; random?: () => number } = {}) {
  const clock = new TestClock();
  const scheduler = new Scheduler({ clock, inFlight: parts.inFlight ?? 0, spread: parts.spread ?? 0, random: parts.random ?? (() => 0.5) });
  const begun: [task: number, at: number][] = [];
  const figures = { flying: 0, most: 0, timedOut: 0, cancelled: 0 };
  const tasks = Array.from({ length: count }, (_, i): Task => ({
    pause: 100,
    begin(now) {
      begun.push([i, now - START]);
      figures.most = Math.max(figures.most, ++figures.flying);
      if (ms !== Infinity) {
        clock.after(ms, () => {
          figures.flying--;
          scheduler.ended(i);
        });
      }
      return true;
    },
    timedOut() {
      figures.timedOut++;
      figures.flying--;
      scheduler.ended(i);
    },
    cancel() {
      figures.cancelled++;
      figures.flying--;
    },
    limit: () => 50,
    interval: () => 1000,
  }));
  for (const task of tasks) scheduler.add(task, 0);
  scheduler.wake();
  return { clock, scheduler, begun, figures };
}

describe('Scheduler', () => {
  test('no more than `inFlight` at once; the others have their turn as soon as one ends', () => {
    const { clock, begun, figures } = rig(10, 10, { inFlight: 3 });
    clock.to(35);
    expect(figures.most).toBe(3);
    expect(begun.map(([, at]) => at)).toEqual([0, 0, 0, 10, 10, 10, 20, 20, 20, 30]);
    expect(new Set(begun.map(([task]) => task)).size).toBe(10);
  });

  test('silence ends when the time is over', () => {
    const { clock, figures, begun } = rig(2, Infinity);
    clock.to(49);
    expect(figures.timedOut).toBe(0);
    clock.to(1049);
    expect([figures.timedOut, begun.length]).toEqual([2, 2]);
    clock.to(1051);
    expect(begun).toHaveLength(4);
  });

  test('spread-checks: chance of so many percent to either side', () => {
    for (const [random, at] of [[0, 1200], [0.5, 1000], [1, 800]] as const) {
      const { clock, begun } = rig(1, 0, { spread: 20, random: () => random });
      clock.to(1500);
      expect(begun[1]).toEqual([0, at]);
    }
  });

  test('a task is brought forward, never put off, and not while it is under way', () => {
    const { clock, scheduler, begun } = rig(1, 10);
    clock.to(5);
    scheduler.expedite(0, 0);
    clock.to(20);
    expect(begun).toHaveLength(1);
    scheduler.expedite(0, 5000);
    scheduler.expedite(0, 30);
    clock.to(60);
    expect(begun.map(([, at]) => at)).toEqual([0, 50]);
  });

  test('a task gets more time while it is under way', () => {
    const { clock, scheduler, figures } = rig(1, Infinity);
    clock.to(40);
    scheduler.extend(0, 100);
    clock.to(139);
    expect(figures.timedOut).toBe(0);
    clock.to(140);
    expect(figures.timedOut).toBe(1);
  });

  test('removed tasks end without a word, and their number is used again', () => {
    const { clock, scheduler, figures, begun } = rig(2, Infinity);
    clock.to(10);
    scheduler.remove(0);
    expect([figures.cancelled, figures.flying]).toEqual([1, 1]);
    clock.to(5000);
    expect(begun.filter(([task]) => task === 0)).toHaveLength(1);
    const task: Task = { pause: 1, begin: () => true, timedOut: () => undefined, cancel: () => undefined, limit: () => 1, interval: () => 1 };
    expect(scheduler.add(task, 0)).toBe(0);
  });

  test('after stop() nothing is left under way', () => {
    const { clock, scheduler, figures, begun } = rig(5, Infinity);
    clock.to(1);
    scheduler.stop();
    clock.to(10_000);
    expect([figures.flying, figures.cancelled, begun.length]).toEqual([0, 5, 5]);
  });
});

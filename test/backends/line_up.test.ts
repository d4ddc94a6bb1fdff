import { describe, expect, test } from '@jest/globals';
import { LineUp } from '../../src/backends/line_up.js';
import { model, pages } from './model.js';

function workers(count: number) {
  const m = model({ servers: [{}] });
  const { state } = pages(m, count);
  return Array.from({ length: count }, (_, worker) => {
    const alarms: number[] = [];
    return { alarms, line: new LineUp(m, state, worker, { passOn: () => undefined, lookAgainIn: (ms) => void alarms.push(ms) }) };
  });
}

describe('who is first over all workers', () => {
  test('an older session of another worker, in the same list', () => {
    const [a, b, c] = workers(3) as [ReturnType<typeof workers>[0], ReturnType<typeof workers>[0], ReturnType<typeof workers>[0]];
    a.line.publish(0, 100);
    b.line.publish(0, 50);
    c.line.publish(1, 1);
    expect([a.line.isBehind(0, 100, 1), b.line.isBehind(0, 50, 1), c.line.isBehind(1, 1, 1)]).toEqual([true, false, false]);
    b.line.publish(0, Infinity);
    expect(a.line.isBehind(0, 100, 1)).toBe(false);
  });

  test('nobody is looked for where nobody else waits', () => {
    const [a, b] = workers(2) as [ReturnType<typeof workers>[0], ReturnType<typeof workers>[0]];
    b.line.publish(0, 50);
    expect(a.line.isBehind(0, 100, 0)).toBe(false);
  });

  test('who does nothing is passed over, once; its next session counts again', () => {
    const [a, b] = workers(2) as [ReturnType<typeof workers>[0], ReturnType<typeof workers>[0]];
    b.line.publish(0, 50);
    expect([a.line.isBehind(0, 100, 1), a.line.isBehind(0, 100, 1), a.alarms.length]).toEqual([true, true, 1]);
    const retried: boolean[] = [];
    a.line.lookAgain(() => retried.push(a.line.isBehind(0, 100, 1)));
    expect(retried).toEqual([false]);
    b.line.publish(0, 60);
    expect([a.line.isBehind(0, 100, 1), a.alarms.length]).toEqual([true, 2]);
  });
});

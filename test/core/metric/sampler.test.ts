import { describe, expect, test } from '@jest/globals';
import { CF_SESSIONS, CS_CONNECT_MS, CS_QUEUE_MS, CS_SESSIONS, CW_BUSY_NS } from '../../../src/core/abi.js';
import { frontendCounter, serverCounter } from '../../../src/core/cells.js';
import { Sampler } from '../../../src/core/metric/sampler.js';
import { model, pages } from '../../backends/model.js';

function house() {
  const m = model({ kind: 'listen', servers: [{}, {}] });
  const p = pages(m, 2);
  const add = (worker: number, cell: number, by: number) => void (p.counters[worker * p.rowCells + cell]! += BigInt(by));
  return { m, p, add };
}

describe('Sampler', () => {
  test('rates are per second over all workers, and maxima stay', () => {
    const { m, p, add } = house();
    add(0, frontendCounter(0, CF_SESSIONS), 1000);
    const sampler = new Sampler(m, p, 0);
    add(0, frontendCounter(0, CF_SESSIONS), 30);
    add(1, frontendCounter(0, CF_SESSIONS), 10);
    add(1, CW_BUSY_NS, 500_000_000);
    sampler.sample(2000);
    expect(sampler.frontendSessions.now[0]).toBe(20);
    expect(sampler.busy.now[0]).toBe(250_000_000);
    sampler.sample(3000);
    expect([sampler.frontendSessions.now[0], sampler.frontendSessions.max[0]]).toEqual([0, 20]);
    sampler.sample(3000);
    expect(sampler.frontendSessions.now[0]).toBe(0);
  });

  test('means of times: exact for the first 1024 sessions, then the past fades', () => {
    const { m, p, add } = house();
    const sampler = new Sampler(m, p, 0);
    const serve = (sessions: number, ms: number) => {
      add(0, serverCounter(1, 1, CS_SESSIONS), sessions);
      add(0, serverCounter(1, 1, CS_CONNECT_MS), sessions * ms);
      sampler.averages();
    };
    serve(100, 10);
    serve(300, 50);
    expect(sampler.serverTimes.get(1, 1)).toBeCloseTo(40);
    sampler.averages();
    expect(sampler.serverTimes.get(1, 1)).toBeCloseTo(40);
    serve(2000, 5);
    expect(sampler.serverTimes.get(1, 1)).toBeCloseTo(5);
    serve(512, 105);
    expect(sampler.serverTimes.get(1, 1)).toBeCloseTo(55);
    expect(sampler.serverTimes.get(0, 1)).toBe(0);
    add(1, serverCounter(1, 0, CS_SESSIONS), 4);
    add(1, serverCounter(1, 0, CS_QUEUE_MS), 10);
    sampler.averages();
    expect(sampler.serverTimes.get(0, 0)).toBe(2.5);
  });
});

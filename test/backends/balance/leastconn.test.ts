import { describe, expect, test } from '@jest/globals';
import { FF_REDISPATCH, SS_SESSIONS, VERDICT_QUEUE, VERDICT_SERVER } from '../../../src/core/abi.js';
import { serverCell } from '../../../src/core/cells.js';
import { createBackends, initState } from '../../../src/backends/index.js';
import { halves, model, pages, recorder, tx, type ServerShape } from '../model.js';

function farm(servers: ServerShape[]) {
  const m = model({ servers, balance: { algorithm: 'leastconn', args: [] } });
  const p = pages(m);
  initState(m, p.state, 0);
  const backends = createBackends(m, { state: p.state, engine: recorder().engine, counters: halves(p, 0) });
  let session = 0;
  const ask = (facts = {}) => backends.assign(0, tx({ session: ++session << 8, ...facts }));
  const end = (server: number) => void Atomics.sub(p.state, serverCell(1, server, SS_SESSIONS), 1);
  return { ask, pick: () => (ask() >>> 8) + 1, end, sessions: (s: number) => p.state[serverCell(1, s, SS_SESSIONS)] };
}

describe('balance leastconn', () => {
  test('the least loaded gets the session, equals go in turns', () => {
    const { pick, end } = farm([{}, {}, {}]);
    expect([pick(), pick(), pick()]).toEqual([1, 2, 3]);
    end(1);
    expect(pick()).toBe(2);
    end(2);
    end(2 - 2);
    expect(new Set([pick(), pick()])).toEqual(new Set([1, 3]));
  });

  test('short sessions, one at a time, reach every server', () => {
    const { pick, end } = farm([{}, {}, {}]);
    const seen = Array.from({ length: 6 }, () => {
      const s = pick();
      end(s - 1);
      return s;
    });
    expect(seen).toEqual([1, 2, 3, 1, 2, 3]);
  });

  test('loads settle in proportion to the weights', () => {
    const { pick, sessions } = farm([{ weight: 10 }, { weight: 20 }, { weight: 30 }]);
    for (let i = 0; i < 600; i++) pick();
    [100, 200, 300].forEach((n, i) => expect(Math.abs(sessions(i)! - n)).toBeLessThanOrEqual(2));
  });

  test('a full server is passed over; when all are full the session waits for any', () => {
    const { ask, pick } = farm([{ maxconn: 1 }, { maxconn: 2 }]);
    expect([pick(), pick(), pick()]).toEqual([1, 2, 2]);
    expect(ask() & 0xff).toBe(VERDICT_QUEUE);
    expect(ask() >>> 8).toBe(0xffffff);
  });

  test('a full server with maxqueue takes sessions into its own queue up to that number', () => {
    const { ask } = farm([{ maxconn: 1, maxqueue: 2 }, { maxconn: 4 }]);
    const verdicts = Array.from({ length: 8 }, () => ask());
    const forFirst = verdicts.filter((v) => v === (VERDICT_QUEUE | (0 << 8)));
    expect(verdicts.filter((v) => (v & 0xff) === VERDICT_SERVER)).toHaveLength(5);
    expect(forFirst).toHaveLength(2);
    expect(verdicts.at(-1)! >>> 8).toBe(0xffffff);
  });

  test('redispatch avoids the server that failed although it is the least loaded', () => {
    const { ask } = farm([{}, {}]);
    for (let i = 0; i < 5; i++) expect(ask({ flags: FF_REDISPATCH, server: 0 }) >>> 8).toBe(1);
  });
});

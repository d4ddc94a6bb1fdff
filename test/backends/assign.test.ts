import { describe, expect, test } from '@jest/globals';
import {
  ADMIN_CONFIGURED_MAINT, ADMIN_FORCED_MAINT, CB_LB_TOTAL, CS_LB_TOTAL, FACT_SESSION, PS_BACKEND_SESSIONS, PS_QUEUED, PS_QUEUED_MAX, SRV_DOWN, SRV_UP, SS_QUEUED, SS_SESSIONS, SS_SESSIONS_MAX,
  VERDICT_ARG_NONE, VERDICT_CONTINUE, VERDICT_ERROR, VERDICT_QUEUE, VERDICT_SERVER,
} from '../../src/core/abi.js';
import { backendCounter, proxyCell, serverCell, serverCounter } from '../../src/core/cells.js';
import { createBackends, initState, setServerState } from '../../src/backends/index.js';
import { setAdmin } from '../../src/backends/state.js';
import type { Model } from '../../src/config/model.js';
import { halves, model, pages, recorder, tx, type ProxyShape } from './model.js';

const QUEUED = VERDICT_QUEUE | (VERDICT_ARG_NONE << 8);

function house(workers: number, ...shapes: ProxyShape[]) {
  const m = model(...shapes);
  const p = pages(m, workers);
  initState(m, p.state, 0);
  const parts = Array.from({ length: workers }, (_, w) => {
    const { engine, resumed } = recorder();
    return { backends: createBackends(m, { state: p.state, engine, counters: halves(p, w), worker: w }), resumed };
  });
  const cell = (server: number, which: number) => p.state[serverCell(m.proxies.length, server, which)]!;
  const give = (server: number) => void Atomics.sub(p.state, serverCell(m.proxies.length, server, SS_SESSIONS), 1);
  return { m, p, parts, cell, give };
}

/** Ends the maintenance that `disabled` begins with. */
function enable(m: Model, state: Int32Array, server: number): void {
  setAdmin(m, state, server, ADMIN_FORCED_MAINT | ADMIN_CONFIGURED_MAINT, false, 1);
}

describe('backup servers', () => {
  test.each([
    [[], [1]],
    [['allbackups'], [1, 2]],
  ])('with flags %j backups %j get the traffic when no active server is up', (flags, expected) => {
    const { m, p, parts } = house(1, {
      servers: [{}, { backup: true }, { backup: true }], options: { flags, connectionMode: 'http-keep-alive', reuse: 'safe', redispatch: 0 },
    });
    const seen = () => [...new Set(Array.from({ length: 8 }, () => parts[0]!.backends.assign(0, tx()) >>> 8))];
    expect(seen()).toEqual([0]);
    setServerState(m, p.state, 0, SRV_DOWN, 1);
    expect(seen().sort()).toEqual(expected);
    setServerState(m, p.state, 0, SRV_UP, 2);
    expect(seen()).toEqual([0]);
  });
});

describe('slots', () => {
  test('no usable server: 503', () => {
    const { parts } = house(1, { servers: [{ disabled: true }, { weight: 0 }] }, { servers: [] });
    expect(parts[0]!.backends.assign(0, tx())).toBe(VERDICT_ERROR | (503 << 8));
    expect(parts[0]!.backends.assign(1, tx())).toBe(VERDICT_ERROR | (503 << 8));
  });

  test('maxconn holds over all workers, and the maximum is kept', () => {
    const { parts, cell } = house(3, { servers: [{ maxconn: 4 }] });
    const verdicts = Array.from({ length: 9 }, (_, i) => parts[i % 3]!.backends.assign(0, tx({ session: i << 8 })));
    expect(verdicts.filter((v) => v === VERDICT_SERVER)).toHaveLength(4);
    expect(verdicts.filter((v) => v === QUEUED)).toHaveLength(5);
    expect(cell(0, SS_SESSIONS)).toBe(4);
    expect(cell(0, SS_SESSIONS_MAX)).toBe(4);
  });

  test.each([[0, 2], [10, 2], [50, 10], [99, 19], [100, 20], [500, 20]])('minconn 2, maxconn 20, fullconn 100: with %i sessions of the backend %i slots', (load, slots) => {
    const { p, parts } = house(1, { servers: [{ minconn: 2, maxconn: 20 }], fullconn: 100 });
    p.state[proxyCell(0, PS_BACKEND_SESSIONS)] = load;
    const verdicts = Array.from({ length: 30 }, (_, i) => parts[0]!.backends.assign(0, tx({ session: i << 8 })));
    expect(verdicts.filter((v) => v === VERDICT_SERVER)).toHaveLength(slots);
  });

  test('choices are counted for the backend and the server of this worker, beyond 32 bits', () => {
    const { p, parts } = house(2, { servers: [{}, {}] });
    halves(p, 1)[2 * serverCounter(1, 0, CS_LB_TOTAL)] = 0xffffffff;
    for (let i = 0; i < 4; i++) parts[1]!.backends.assign(0, tx());
    expect(p.counters[p.rowCells + backendCounter(0, CB_LB_TOTAL)]).toBe(4n);
    expect(p.counters[p.rowCells + serverCounter(1, 0, CS_LB_TOTAL)]).toBe(0x100000001n);
    expect(p.counters[backendCounter(0, CB_LB_TOTAL)]).toBe(0n);
  });
});

describe('queues', () => {
  test('a free slot goes to the oldest; forgotten ones are passed over', () => {
    const { parts, give, p } = house(1, { servers: [{ maxconn: 1 }] });
    const [{ backends, resumed }] = parts as [(typeof parts)[0]];
    for (let i = 1; i <= 5; i++) backends.assign(0, tx({ session: i << 8 }));
    expect(p.state[proxyCell(0, PS_QUEUED)]).toBe(4);
    backends.forget(2 << 8);
    backends.forget(2 << 8);
    backends.forget(77 << 8);
    give(0);
    backends.slotFree(0);
    expect(resumed).toEqual([[3 << 8, VERDICT_SERVER]]);
    backends.slotFree(0);
    expect(resumed).toHaveLength(1);
    give(0);
    backends.slotFree(-1);
    expect(resumed.at(-1)).toEqual([4 << 8, VERDICT_SERVER]);
    expect(p.state[proxyCell(0, PS_QUEUED)]).toBe(1);
    expect(p.state[proxyCell(0, PS_QUEUED_MAX)]).toBe(4);
  });

  test('a handle of an older generation is not the one that waits', () => {
    const { parts, p } = house(1, { servers: [{ maxconn: 1 }] });
    const { backends } = parts[0]!;
    backends.assign(0, tx({ session: 1 << 8 }));
    backends.assign(0, tx({ session: (2 << 8) | 7 }));
    backends.forget((2 << 8) | 6);
    expect(p.state[proxyCell(0, PS_QUEUED)]).toBe(1);
  });

  test('a session that ended without a word loses its place to its successor', () => {
    const { parts, p, give } = house(1, { servers: [{ maxconn: 1 }] });
    const { backends, resumed } = parts[0]!;
    for (const session of [1 << 8, 2 << 8, 3 << 8, (2 << 8) | 1]) backends.assign(0, tx({ session }));
    expect(p.state[proxyCell(0, PS_QUEUED)]).toBe(2);
    for (let i = 0; i < 2; i++) {
      give(0);
      backends.slotFree(0);
    }
    expect(resumed.map(([session]) => session)).toEqual([3 << 8, (2 << 8) | 1]);
  });

  test('a newcomer does not overtake those who wait, but helps itself and them to free slots', () => {
    const { parts, give } = house(1, { servers: [{ maxconn: 2 }] });
    const { backends, resumed } = parts[0]!;
    for (let i = 1; i <= 3; i++) backends.assign(0, tx({ session: i << 8 }));
    give(0);
    expect(backends.assign(0, tx({ session: 4 << 8 }))).toBe(QUEUED);
    expect(resumed).toEqual([[3 << 8, VERDICT_SERVER]]);
    give(0);
    give(0);
    expect(backends.assign(0, tx({ session: 5 << 8 }))).toBe(VERDICT_SERVER);
    expect(resumed.at(-1)).toEqual([4 << 8, VERDICT_SERVER]);
  });

  test('a server that comes up is given to those who wait', () => {
    const { m, p, parts } = house(1, { servers: [{ maxconn: 1 }, { disabled: true }] });
    const { backends, resumed } = parts[0]!;
    for (let i = 1; i <= 3; i++) backends.assign(0, tx({ session: i << 8 }));
    enable(m, p.state, 1);
    backends.changed(1);
    expect(resumed).toEqual([[2 << 8, VERDICT_SERVER | (1 << 8)], [3 << 8, VERDICT_SERVER | (1 << 8)]]);
  });

  test('the queue of a server that goes down moves on: to another server, to the backend, or to 503', () => {
    const leastconn = { algorithm: 'leastconn', args: [] };
    const { m, p, parts, give, cell } = house(1, { servers: [{ maxconn: 1, maxqueue: 3 }, { maxconn: 1, disabled: true }], balance: leastconn });
    const { backends, resumed } = parts[0]!;
    for (let i = 1; i <= 4; i++) backends.assign(0, tx({ session: i << 8 }));
    expect(cell(0, SS_QUEUED)).toBe(3);
    enable(m, p.state, 1);
    setServerState(m, p.state, 0, SRV_DOWN, 1);
    backends.changed(0);
    expect(resumed).toEqual([[2 << 8, VERDICT_SERVER | (1 << 8)]]);
    expect([cell(0, SS_QUEUED), p.state[proxyCell(0, PS_QUEUED)]]).toEqual([0, 2]);
    give(1);
    backends.slotFree(1);
    expect(resumed.at(-1)).toEqual([3 << 8, VERDICT_SERVER | (1 << 8)]);
  });

  test('those who waited for a server get 503 when nothing is left', () => {
    const { m, p, parts } = house(1, { servers: [{ maxconn: 1, maxqueue: 3 }], balance: { algorithm: 'leastconn', args: [] } });
    const { backends, resumed } = parts[0]!;
    backends.assign(0, tx({ session: 1 << 8 }));
    backends.assign(0, tx({ session: 2 << 8 }));
    setServerState(m, p.state, 0, SRV_DOWN, 1);
    backends.changed(0);
    expect(resumed).toEqual([[2 << 8, VERDICT_ERROR | (503 << 8)]]);
  });
});

/** mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('100,000 sessions', () => {
  test.each([['roundrobin', 1], ['leastconn', 2]])('%s: slots, counts and the order of queues hold, and nobody waits beside a free slot', (algorithm, seed) => {
    const workers = 3;
    const limits = [3, 5, 2, 7];
    const { p, parts, cell, give } = house(workers, { servers: limits.map((maxconn) => ({ maxconn })), balance: { algorithm, args: [] } });
    const rand = random(seed);
    const serving: { server: number }[] = [];
    const waiting: number[][] = Array.from({ length: workers }, () => []);
    const seen = parts.map(() => 0);
    let served = 0;
    const arriving = tx();

    const collect = (worker: number) => {
      const { resumed } = parts[worker]!;
      for (; seen[worker]! < resumed.length; seen[worker]!++) {
        const [session, verdict] = resumed[seen[worker]!]!;
        if (session !== waiting[worker]!.shift()) throw new Error(`session ${session} was served out of turn`);
        serving.push({ server: verdict >>> 8 });
      }
    };
    const end = () => {
      const { server } = serving.splice(Math.floor(rand() * serving.length), 1)[0]!;
      served++;
      give(server);
      // The engine's part: its own worker first, then the others while somebody waits.
      const first = Math.floor(rand() * workers);
      for (let i = 0; i < workers && p.state[proxyCell(0, PS_QUEUED)]! > 0; i++) {
        const worker = (first + i) % workers;
        parts[worker]!.backends.slotFree(i === 0 ? server : -1);
        collect(worker);
      }
    };
    for (let n = 0; n < 100_000; n++) {
      const worker = Math.floor(rand() * workers);
      const session = ((n % 4096) << 8) | (n & 0xff);
      arriving.facts[FACT_SESSION] = session;
      const verdict = parts[worker]!.backends.assign(0, arriving);
      collect(worker);
      if ((verdict & 0xff) === VERDICT_SERVER) serving.push({ server: verdict >>> 8 });
      else waiting[worker]!.push(session);
      if (rand() < 0.05) {
        const line = waiting[worker]!;
        if (line.length > 0) parts[worker]!.backends.forget(line.splice(Math.floor(rand() * line.length), 1)[0]!);
      }
      while (serving.length > 0 && rand() < 0.5) end();
      if (n % 97 === 0) {
        const queued = waiting.reduce((sum, line) => sum + line.length, 0);
        const used = limits.map((_, s) => cell(s, SS_SESSIONS));
        expect(p.state[proxyCell(0, PS_QUEUED)]).toBe(queued);
        expect(used.every((n, s) => n <= limits[s]!)).toBe(true);
        if (queued > 0) expect(used).toEqual(limits);
      }
    }
    while (serving.length > 0) end();
    expect(served).toBeGreaterThan(90_000);
    expect(p.state[proxyCell(0, PS_QUEUED)]).toBe(0);
    limits.forEach((_, s) => expect(cell(s, SS_SESSIONS)).toBe(0));
  });
});

describe('priorities', () => {
  test('a lower class comes first, then an earlier time with its offset, then arrival', () => {
    const { parts, give } = house(1, { servers: [{ maxconn: 1 }] });
    const [{ backends, resumed }] = parts as [(typeof parts)[0]];
    const arrive = (session: number, priorityClass: number, priorityOffset: number): void => {
      const made = tx({ session: session << 8 });
      Object.assign(made.stream(), { priorityClass, priorityOffset });
      backends.assign(0, made);
    };
    backends.assign(0, tx({ session: 1 << 8 }));
    arrive(2, 0, 0);
    arrive(3, 5, -500_000);
    arrive(4, -5, 500_000);
    arrive(5, 0, -60_000);
    arrive(6, 0, 0);
    for (let i = 0; i < 5; i++) {
      give(0);
      backends.slotFree(0);
    }
    expect(resumed.map(([session]) => session >> 8)).toEqual([4, 5, 2, 6, 3]);
  });
});

describe('a server that a rule names', () => {
  test('is taken whatever its weight, and not while it is down unless that is forced', () => {
    const { m, p, parts, cell } = house(1, { servers: [{}, { weight: 0 }] });
    const { backends } = parts[0]!;
    expect(backends.use(1, tx(), false)).toBe(VERDICT_SERVER | (1 << 8));
    expect(cell(1, SS_SESSIONS)).toBe(1);
    setServerState(m, p.state, 1, SRV_DOWN, 1);
    expect(backends.use(1, tx(), false)).toBe(VERDICT_CONTINUE);
    expect(cell(1, SS_SESSIONS)).toBe(1);
    expect(backends.use(1, tx(), true)).toBe(VERDICT_SERVER | (1 << 8));
  });

  test('has a queue of its own when it is full', () => {
    const { parts, cell, give } = house(1, { servers: [{ maxconn: 1 }, {}] });
    const [{ backends, resumed }] = parts as [(typeof parts)[0]];
    expect(backends.use(0, tx({ session: 1 << 8 }), false)).toBe(VERDICT_SERVER);
    expect(backends.use(0, tx({ session: 2 << 8 }), false)).toBe(VERDICT_QUEUE);
    expect(cell(0, SS_QUEUED)).toBe(1);
    give(0);
    backends.slotFree(0);
    expect(resumed).toEqual([[2 << 8, VERDICT_SERVER]]);
  });
});

import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { FACT_COUNT, FACT_SESSION, PS_QUEUED, SS_SESSIONS, SS_SESSIONS_MAX, VERDICT_SERVER } from '../../src/core/abi.js';
import { counterCells, proxyCell, serverCell, stateCells } from '../../src/core/cells.js';
import { initState } from '../../src/backends/index.js';
import { model } from './model.js';

/**
 * A worker with the engine's part played: it gives slots back in the order page and engine promise, asks for its own waiting sessions
 * first, and wakes the others by a flag. Spins rather than sleeps, to meet the others at the worst moments.
 */
const WORKER = `
const { workerData: d, parentPort } = require('node:worker_threads');
(async () => {
  const { createBackends } = await import(d.url);
  const state = new Int32Array(d.state);
  const flags = new Int32Array(d.flags);
  let got = -1;
  const engine = {
    resume: (session, verdict) => { got = verdict; },
    passSlotOn: () => { for (let i = 0; i < flags.length; i++) if (i !== d.me) Atomics.store(flags, i, 1); },
  };
  const backends = createBackends(d.model, { state, engine: () => engine, counters: new Uint32Array(d.counters), worker: d.me });
  const stream = {};
  const tx = { facts: new Int32Array(d.facts.count), stream: () => stream, streamIfAny: () => undefined };
  let over = 0;
  const release = () => {
    if (Atomics.load(state, d.cells.sessions) > d.limit) over++;
    Atomics.sub(state, d.cells.sessions, 1);
    if (Atomics.load(state, d.cells.queued) === 0) return;
    backends.slotFree(0);
    for (let i = 0; i < flags.length; i++) if (i !== d.me) Atomics.store(flags, i, 1);
  };
  for (let n = 0; n < d.rounds; n++) {
    tx.facts[d.facts.session] = (n % 64) << 8;
    got = -1;
    let verdict = backends.assign(0, tx);
    if ((verdict & 0xff) !== d.facts.server) {
      // As the engine does when a session joins the queue: ask once more.
      backends.slotFree(-1);
      const until = Date.now() + 20000;
      for (let spins = 1; got < 0; spins++) {
        if (Atomics.exchange(flags, d.me, 0) === 1) backends.slotFree(-1);
        // Patience with a worker that was let go ahead ends by a timer.
        if (spins % 256 === 0) await new Promise((done) => setImmediate(done));
        if (Date.now() > until) { parentPort.postMessage({ lost: true, over }); return; }
      }
    }
    release();
  }
  parentPort.postMessage({ lost: false, over });
})();
`;

describe('workers over the same cells', () => {
  test('the limit holds, every slot comes back, and no wake-up is lost', async () => {
    const threads = 3;
    const limit = 1;
    const m = model({ servers: [{ maxconn: limit }] });
    const state = new SharedArrayBuffer(stateCells(1, 1, 0, threads) * 4);
    const flags = new SharedArrayBuffer(threads * 4);
    const cells = new Int32Array(state);
    initState(m, cells, 0);
    const results = await Promise.all(Array.from({ length: threads }, (_, me) => new Promise<unknown>((resolve, reject) => {
      const worker = new Worker(WORKER, {
        eval: true,
        workerData: {
          url: new URL('../../dist/backends/index.js', import.meta.url).href, model: m, state, flags, me, limit, rounds: 3000,
          counters: new ArrayBuffer(counterCells(1, 1, 0) * 8),
          cells: { sessions: serverCell(1, 0, SS_SESSIONS), queued: proxyCell(0, PS_QUEUED) },
          facts: { count: FACT_COUNT, session: FACT_SESSION, server: VERDICT_SERVER },
        },
      });
      worker.once('message', (result) => void worker.terminate().then(() => resolve(result)));
      worker.once('error', reject);
    })));
    expect(results).toEqual(Array.from({ length: threads }, () => ({ lost: false, over: 0 })));
    expect(cells[serverCell(1, 0, SS_SESSIONS)]).toBe(0);
    expect(cells[serverCell(1, 0, SS_SESSIONS_MAX)]).toBe(limit);
    expect(cells[proxyCell(0, PS_QUEUED)]).toBe(0);
  });
});

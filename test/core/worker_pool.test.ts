import { describe, expect, test } from '@jest/globals';
import type { WorkerStart } from '../../src/core/mail.js';
import { WorkerPool, type PoolEvents } from '../../src/core/worker_pool.js';

/** A worker from source text. */
const entry = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads';\n${code}`)}`);

const start = { model: {}, place: {} } as unknown as WorkerStart;

function events(over: Partial<PoolEvents> = {}): PoolEvents {
  return { ask: () => Promise.resolve(null), log: () => undefined, gc: () => undefined, died: () => undefined, records: () => undefined, ...over };
}

const OBEDIENT = "parentPort.on('message', (mail) => mail.kind === 'close' ? parentPort.close() : parentPort.postMessage({ kind: 'stopped' }));";

describe('WorkerPool', () => {
  test('waits for all workers, tells all, and ends all', async () => {
    const pool = new WorkerPool([start, start, start], null, events(), entry(`${OBEDIENT} parentPort.postMessage({ kind: 'ready' });`));
    await pool.all('ready');
    const stopped = pool.all('stopped');
    pool.tell({ kind: 'stop' });
    await stopped;
    await pool.close();
  });

  test('questions are answered to the worker that asked, errors too', async () => {
    const told: string[] = [];
    const code = `${OBEDIENT}
      parentPort.on('message', (mail) => mail.kind === 'answer' && parentPort.postMessage({ kind: 'log', line: mail.id + ' ' + mail.value + ' ' + mail.error }));
      parentPort.postMessage({ kind: 'ask', id: 1, topic: 'sum', request: 41 });
      parentPort.postMessage({ kind: 'ask', id: 2, topic: 'nonsense', request: null });`;
    const heard = new Promise<void>((done) => {
      const pool = new WorkerPool([start], null, events({
        ask: (topic, request) => (topic === 'sum' ? Promise.resolve(Number(request) + 1) : Promise.reject(new Error('no such topic'))),
        log: (line) => {
          told.push(line);
          if (told.length === 2) void pool.close().then(done);
        },
      }), entry(code));
    });
    await heard;
    expect(told.sort()).toEqual(['1 42 null', '2 null no such topic']);
  });

  test.each([
    ['an exception', "throw new Error('out of luck');", /out of luck/],
    ['an exit that nobody asked for', 'process.exit(3);', /it ended with status 3/],
  ])('the death of a worker by %s is told once', async (_, code, reason) => {
    const deaths: [number, string][] = [];
    await new Promise<void>((done) => {
      new WorkerPool([start], null, events({ died: (worker, why) => {
        deaths.push([worker, why]);
        setTimeout(done, 50);
      } }), entry(code));
    });
    expect(deaths).toEqual([[0, expect.stringMatching(reason)]]);
  });
});

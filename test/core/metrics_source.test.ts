import { expect, test } from '@jest/globals';
import { initState } from '../../src/backends/index.js';
import { loadText } from '../../src/config/load.js';
import { counterCells, stateCells } from '../../src/core/cells.js';
import { MetricsSource } from '../../src/core/metrics_source.js';

async function source(): Promise<MetricsSource> {
  const { model } = await loadText('frontend f\n bind :80\n');
  if (model === null) throw new Error('the configuration of the test is wrong');
  const state = new Int32Array(stateCells(1, 0, 1));
  initState(model, state);
  const pages = { state: state.buffer as ArrayBuffer, counters: new ArrayBuffer(counterCells(1, 0, 1) * 8), rowCells: counterCells(1, 0, 1) };
  return new MetricsSource({ model, pages, limits: { maxconn: 5, maxpipes: 0, descriptors: 100 }, startTime: 0 });
}

test('answers the question of the exporter, with its status', async () => {
  const metrics = await source();
  await metrics.preload();
  expect(await metrics.ask('metrics', 'scope=frontend')).toMatchObject({ status: 200, body: expect.any(Uint8Array) });
  expect(await metrics.ask('metrics', 'scope=nonsense')).toMatchObject({ status: 400 });
});

test('collections that were told before the first scrape are counted', async () => {
  const metrics = await source();
  metrics.gc(0, [['minor', 0.002], ['minor', 0.003]]);
  const body = Buffer.from((await metrics.ask('metrics', '')).body).toString();
  expect(body).toContain('tsproxy_gc_pause_seconds_count{worker="0",kind="minor"} 2');
});

test('other questions are refused', async () => {
  await expect((await source()).ask('weather', '')).rejects.toThrow('nobody answers questions on weather');
});

import { expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from '../../src/config/load.js';

const directory = fileURLToPath(new URL('../../conf/', import.meta.url));
const samples = readdirSync(directory).filter((name) => name.endsWith('.cfg'));

test('there are samples', () => {
  expect(samples).toContain('proxy.cfg');
});

test.each(samples)('conf/%s is valid, without a warning, and listens somewhere', async (name) => {
  const { model, diagnostics } = await load([directory + name], { env: {} });
  expect(diagnostics).toEqual([]);
  expect(model?.listeners.length).toBeGreaterThan(0);
  for (const proxy of model?.proxies ?? []) {
    const missing = (['client', 'server', 'connect'] as const).filter((timeout) => proxy.timeouts[timeout] === null);
    expect([proxy.name, missing]).toEqual([proxy.name, []]);
  }
});

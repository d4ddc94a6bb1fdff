import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import type { Model } from '../../src/config/model.js';
import { planLimits, type Limits } from '../../src/core/limits.js';

async function model(global: string, options = ''): Promise<Model> {
  const { model } = await loadText(`global\n${global}\ndefaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nlisten l\n bind :8080\n${options}\n server s 127.0.0.1:1\n`);
  if (model === null) throw new Error('the configuration of the test is wrong');
  return model;
}

const planned = async (global: string, hard: number, options?: string): Promise<Limits> => {
  const limits = planLimits(await model(global, options), hard);
  if (typeof limits === 'string') throw new Error(limits);
  return limits;
};

describe('planLimits', () => {
  test('without maxconn it follows from the descriptors: two a connection', async () => {
    const { maxconn, maxpipes, descriptors } = await planned('', 10_000);
    expect(maxpipes).toBe(0);
    expect(descriptors).toBe(10_000);
    expect(maxconn).toBeGreaterThan(4900);
    expect(2 * maxconn).toBeLessThanOrEqual(10_000);
  });

  test('with splicing a pipe for every fourth connection is planned for', async () => {
    const { maxconn, maxpipes } = await planned('', 10_000, ' option splice-response');
    expect(maxpipes).toBe(Math.floor(maxconn / 4));
    expect(2 * maxconn + 2 * maxpipes).toBeLessThanOrEqual(10_000);
    expect(maxconn).toBeGreaterThan(3900);
  });

  test('an unlimited number of descriptors is taken for a million', async () => {
    expect((await planned('', -1)).descriptors).toBe(1_048_576);
  });

  test('maxconn and maxpipes are kept, and say what is needed', async () => {
    const limits = await planned(' maxconn 1000\n maxpipes 10', 1_048_576, ' option splice-auto');
    expect(limits).toMatchObject({ maxconn: 1000, maxpipes: 10 });
    expect(limits.descriptors).toBeGreaterThanOrEqual(2020);
    expect(limits.descriptors).toBeLessThan(2200);
  });

  test.each([[' maxpipes 0'], [' nosplice']])('no pipes with%s', async (global) => {
    expect((await planned(global, 10_000, ' option splice-response')).maxpipes).toBe(0);
  });

  test('ulimit-n is what maxconn follows from', async () => {
    const { maxconn, descriptors } = await planned(' ulimit-n 2000', 1_048_576);
    expect(descriptors).toBe(2000);
    expect(maxconn).toBeLessThan(1000);
  });

  test.each([
    [' maxconn 5000', 1024, /^maxconn 5000 with \d+ worker\(s\) needs \d+ file descriptors, but the limit is 1024/],
    [' ulimit-n 5000', 1024, /^ulimit-n 5000 is above the limit of 1024 file descriptors/],
    ['', 64, /^the limit of 64 file descriptors is too low/],
  ])('one sentence if they do not suffice:%s with %i', async (global, hard, sentence) => {
    expect(planLimits(await model(global), hard)).toMatch(sentence);
  });
});

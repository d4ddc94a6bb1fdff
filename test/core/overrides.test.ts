import { expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import type { Model } from '../../src/config/model.js';
import { parseCommandLine } from '../../src/core/cli.js';
import { override } from '../../src/core/overrides.js';

async function overridden(global: string, ...args: string[]): Promise<Model> {
  const { model } = await loadText(`global\n ${global}\nfrontend a\n bind :80\nfrontend b\n bind :81\n maxconn 5\nbackend c\n`);
  if (model === null) throw new Error('the configuration of the test is wrong');
  return override(model, parseCommandLine(['-f', 'x', ...args]));
}

test('the command line has precedence over the file', async () => {
  expect((await overridden('maxconn 10\n pidfile /a', '-n', '20', '-p', '/b', '-dS')).global).toMatchObject({ maxconn: 20, pidfile: '/b', splice: false });
  expect((await overridden('maxconn 10\n pidfile /a')).global).toMatchObject({ maxconn: 10, pidfile: '/a', splice: true });
  expect((await overridden('nosplice')).global.splice).toBe(false);
});

test('daemon by either, foreground over both', async () => {
  expect((await overridden('daemon')).global.daemon).toBe(true);
  expect((await overridden('maxconn 1', '-D')).global.daemon).toBe(true);
  expect((await overridden('daemon', '-db')).global.daemon).toBe(false);
  expect((await overridden('daemon', '-D', '-d')).global.daemon).toBe(false);
});

test('-N is the maxconn of the frontends that have none', async () => {
  expect((await overridden('maxconn 10', '-N', '7')).proxies.map(({ maxconn }) => maxconn)).toEqual([7, 5, 0]);
});

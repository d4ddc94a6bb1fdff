import { afterEach, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonPath } from '../../src/core/load_addon.js';
import { exchange, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin, tcpOrigin } from '../support/origin.js';
import { hash, payload } from '../support/payload.js';
import { spawnProxy, temporaryDirectory } from '../support/proxy.js';
import { metricsFrontend, scrape } from '../support/scrape.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

test('two workers share the connections of an address and the counters', async () => {
  const bytes = payload(200_000);
  const origin = await stage.origin(tcpOrigin((socket) => socket.end(bytes)));
  const [port, metrics] = [stage.port(), stage.port()];
  await stage.proxy(config(section('global', 'nbthread 2'), defaults('tcp', 'option splice-auto'), metricsFrontend(metrics),
    section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`)));
  for (let round = 0; round < 10; round++) {
    const all = await Promise.all(Array.from({ length: 40 }, () => exchange(port, '', true)));
    for (const text of all) expect(hash(Buffer.from(text, 'latin1'))).toBe(hash(bytes));
  }
  const seen = await scrape(metrics);
  expect(seen.get('haproxy_frontend_connections_total{proxy="l"}')).toBe(400);
  expect(seen.get('haproxy_server_sessions_total{proxy="l",server="s"}')).toBe(400);
});

test('round robin is one truth for all workers', async () => {
  const origins = await Promise.all([0, 1, 2].map((i) => stage.origin(httpOrigin((_, response) => response.end(String(i))))));
  const port = stage.port();
  await stage.proxy(config(section('global', 'nbthread 2'), defaults('http', 'balance roundrobin'),
    section('listen l', `bind 127.0.0.1:${port}`, ...origins.map((origin, i) => `server s${i} 127.0.0.1:${origin.port}`))));
  const counts = [0, 0, 0];
  for (let i = 0; i < 60; i++) counts[Number((await request(port)).body.toString())]! += 1;
  expect(counts).toEqual([20, 20, 20]);
});

describe('the death of a worker is never silent', () => {
  /** The addon with one function changed in the workers. */
  function broken(directory: string, change: string): NodeJS.ProcessEnv {
    const path = join(directory, 'broken.cjs');
    writeFileSync(path, `const { isMainThread } = require('node:worker_threads');
      const addon = require(${JSON.stringify(addonPath())});
      const fail = () => { throw new Error('out of luck'); };
      module.exports = isMainThread ? addon : { ...addon, createEngine: (...args) => { ${change} } };`);
    return { TSPROXY_ADDON: path };
  }

  test.each([
    ['while it starts: nothing was accepted', 'fail();', /^\[ALERT\] .* : worker \d of 2 has died: out of luck$/m],
    ['when it runs', 'const engine = addon.createEngine(...args); return Object.create(engine, { start: { value: fail } });', /has died: out of luck; the process ends$/m],
  ])('%s, and the status is 1', async (_, change, words) => {
    const directory = temporaryDirectory();
    const file = join(directory.path, 'a.cfg');
    writeFileSync(file, config(section('global', 'nbthread 2'), defaults('tcp'), section('listen l', `bind 127.0.0.1:${stage.port()}`, 'server s 127.0.0.1:1')));
    const { code, stderr } = await spawnProxy(['-f', file], { env: broken(directory.path, change) }).exit;
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
    directory.remove();
  });
});

test('-dR: one socket that all workers share', async () => {
  const origin = await stage.origin(tcpOrigin((socket) => socket.end('hi')));
  const port = stage.port();
  const proxy = await stage.proxy(config(section('global', 'nbthread 2'), defaults('tcp'),
    section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`)), { args: ['-dR'] });
  const all = await Promise.all(Array.from({ length: 100 }, () => exchange(port, '', true)));
  expect(all).toEqual(Array.from({ length: 100 }, () => 'hi'));
  proxy.signal('SIGUSR1');
  expect((await proxy.exit).code).toBe(0);
});

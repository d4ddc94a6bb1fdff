import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { load, loadText } from '../../src/config/load.js';
import { lookup, messages, modelOf } from './loaded.js';

const folder = mkdtempSync(join(tmpdir(), 'tsproxy-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the Model', () => {
  test('is frozen to its leaves and can be cloned to a worker', async () => {
    const model = await modelOf('listen l\n bind :8080\n mode http\n http-request deny if { src 10.0.0.0/8 }\n server s localhost:80 check\n');
    expect(structuredClone(model)).toEqual(model);
    const open: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) open.push(path);
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
    };
    walk(model, 'model');
    expect(open).toEqual([]);
  });

  test('without any listener is a Model without listeners', async () => {
    expect((await modelOf('')).listeners).toEqual([]);
  });

  test('every sample in conf/ gives one, without warnings', async () => {
    for (const file of readdirSync('conf').filter((name) => name.endsWith('.cfg'))) {
      const { model, diagnostics } = await load([join('conf', file)], { env: process.env, lookup });
      expect([file, diagnostics.filter(({ severity }) => severity !== 'notice')]).toEqual([file, []]);
      expect(model?.listeners.length).toBeGreaterThan(0);
    }
  });
});

describe('files', () => {
  test('all errors of all files come out in one run, each in its own file', async () => {
    const [a, b] = [join(folder, 'a.cfg'), join(folder, 'b.cfg')];
    writeFileSync(a, 'global\n foo\nbackend a\n server s\n');
    writeFileSync(b, 'backend b\n bar\n');
    const { model, diagnostics } = await load([a, b, join(folder, 'none.cfg')], { env: {}, lookup });
    expect(model).toBeNull();
    expect(diagnostics.map(({ summary, span }) => [span?.source ?? null, summary.slice(0, 21)])).toEqual([
      [0, "unknown keyword 'foo'"], [0, "'server' expects <nam"], [1, "unknown keyword 'bar'"], [null, 'cannot open configura'],
    ]);
  });

  test('a directory stands for its *.cfg files in the order of their names; the sections go together', async () => {
    const directory = join(folder, 'many');
    mkdirSync(directory);
    for (const [name, text] of [['20-b.cfg', 'backend b\n'], ['10-a.cfg', 'defaults\n retries 7\nbackend a\n'], ['x.txt', 'foo\n'], ['.h.cfg', 'foo\n']] as const) {
      writeFileSync(join(directory, name), text);
    }
    const { model, sources } = await load([directory], { env: {}, lookup });
    expect(sources.map(({ name }) => name)).toEqual([join(directory, '10-a.cfg'), join(directory, '20-b.cfg')]);
    expect(model?.sources.map(({ name }) => ({ name }))).toEqual(sources.map(({ name }) => ({ name })));
    expect(model?.proxies.map(({ name, retries }) => [name, retries])).toEqual([['a', 7], ['b', 7]]);
  });
});

describe('the environment', () => {
  test('what global changes is seen below it and told to the process', async () => {
    const model = await modelOf(
      'global\n setenv PORT 8081\n presetenv HOME /nowhere\n setenv NAME "caf\u00c3\u00a9"\n unsetenv GONE\nlisten l\n bind "127.0.0.1:${PORT}"\n',
      { env: { HOME: '/root', GONE: '1' } },
    );
    expect(model.listeners[0]?.address).toEqual({ kind: 'ip', family: 4, address: '127.0.0.1', port: 8081 });
    expect(model.global.environment).toEqual([{ name: 'GONE', value: null }, { name: 'PORT', value: '8081' }, { name: 'NAME', value: 'caf\u00e9' }]);
  });

  test('-L names the local peer, the file overrides it', async () => {
    expect((await modelOf('', { localpeer: 'here' })).global.localpeer).toBe('here');
    expect((await modelOf('global\n localpeer there\n', { localpeer: 'here' })).global.localpeer).toBe('there');
  });
});

describe('severities', () => {
  test('warnings alone give a Model, unless zero-warning asks for none', async () => {
    const text = 'listen l\n bind :8080\n server s 127.0.0.1:80\n';
    expect((await loadText(text, { env: {}, lookup })).model).not.toBeNull();
    const strict = await loadText(`global\n zero-warning\n${text}`, { env: {}, lookup });
    expect(strict.model).toBeNull();
    expect(strict.diagnostics.at(-1)?.summary).toBe("some warnings were found and 'zero-warning' is set");
  });

  test('nothing is ignored silently: what has no effect is listed', async () => {
    expect(await messages('global\n cpu-map 1 1\n anonkey 5\n')).toEqual([
      "notice: 'cpu-map' has no effect: worker threads are placed by the operating system <cpu-map>",
      "notice: 'anonkey' has no effect: it tunes HAProxy's own internals <anonkey>",
    ]);
  });
});

describe('a big configuration', () => {
  test('2,000 backends with 4,000 servers and 6,000 rules load whole', async () => {
    const count = 2000;
    const lines = ['defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend f', ' bind :8080'];
    for (let i = 0; i < count; i++) lines.push(` use_backend b${i} if { path_beg /b${i}/ }`);
    for (let i = 0; i < count; i++) {
      lines.push(`backend b${i}`, ` acl api path_beg /api/v${i}`, ' http-request deny if { src 10.0.0.0/8 } !api', ' http-request set-header x-backend %[be_name]');
      lines.push(' option forwardfor', ' balance leastconn', ' retries 2', ` server one 10.0.${i >> 8}.${i & 255}:80 check`, ` server two 10.1.${i >> 8}.${i & 255}:80 backup`);
    }
    const text = `${lines.join('\n')}\n`;
    expect(lines.length).toBeGreaterThan(20_000);
    const model = await modelOf(text);
    expect(model.proxies.length).toBe(count + 1);
    expect(model.servers.length).toBe(2 * count);
    expect(model.proxies[0]?.useBackend.map(({ backend }) => backend)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect(model.proxies.reduce((sum, proxy) => sum + proxy.rules['http-request'].length, 0)).toBe(2 * count);
    expect(model.servers.at(-1)).toMatchObject({ proxy: count, name: 'two', index: 2 * count - 1, backup: true });
  });
});

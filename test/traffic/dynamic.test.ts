import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from '@jest/globals';
import { request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin } from '../support/origin.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

const dist = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;

/** A process that runs a configuration and, for each line on its input, what that does to its servers, as the runtime API would. */
const SCRIPT = `
  const { loadText } = await import('${dist('config/load.js')}');
  const { readServerLine } = await import('${dist('config/server_line.js')}');
  const { loadAddon } = await import('${dist('core/load_addon.js')}');
  const { start } = await import('${dist('core/start.js')}');
  const { model } = await loadText(process.env.CONFIG, { env: {} });
  const master = await start(loadAddon(), model, { reusePort: true, memory: null, takeover: null, masterSocket: null, old: [], place: () => '?', exit: (status) => process.exit(status) });
  const { createInterface } = await import('node:readline');
  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, path, ...words] = line.split(' ');
    if (command === 'add') {
      const read = await readServerLine(model, 0, [path, ...words].join(' '), () => false);
      console.log(String('server' in read ? await master.servers.add(read.server) : read.problems.join()));
      continue;
    }
    const server = master.control.find(path);
    if (typeof server === 'string') console.log(server);
    else if (command === 'del') console.log(String(await master.servers.delete(server)));
    else if (command === 'addr') console.log(master.control.setAddr(server, words[0], words[1] ?? null));
    else console.log(String(master.control.administer(server, command)));
  }
`;

async function running(text: string): Promise<(line: string) => Promise<string>> {
  const child = spawn(process.execPath, ['-e', `(async () => {${SCRIPT}})()`], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, NODE_OPTIONS: '', CONFIG: text } });
  stage.after(() => {
    child.kill('SIGKILL');
    return new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.on('exit', done) : done(null)));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => ((await lines.next()) as { value?: string }).value ?? 'it has ended';
  expect(await next()).toBe('ready');
  return (line) => {
    child.stdin.write(`${line}\n`);
    return next();
  };
}

test('servers come, get traffic, move, and go; all workers know', async () => {
  const origins = await Promise.all(['one', 'two', 'three'].map((name) => stage.origin(httpOrigin((_, response) => response.end(name)))));
  const [one, two, three] = origins.map(({ port }) => port) as [number, number, number];
  const port = stage.port();
  const tell = await running(config('global\n  nbthread 3', defaults('http'), section('backend b', `server one 127.0.0.1:${one}`), section('frontend f', `bind 127.0.0.1:${port}`, 'default_backend b')));
  const answers = async (): Promise<string[]> => [...new Set((await Promise.all(Array.from({ length: 40 }, () => request(port)))).map(({ body }) => body.toString()))].sort();
  expect(await answers()).toEqual(['one']);
  expect(await tell(`add new 127.0.0.1:${two} weight 2`)).toBe('1');
  expect(await answers()).toEqual(['one']);
  expect(await tell('ready b/new')).toBe('null');
  expect(await answers()).toEqual(['one', 'two']);
  expect(await tell(`addr b/new 127.0.0.1 ${three}`)).toContain('port changed from');
  expect(await answers()).toEqual(['one', 'three']);
  expect(await tell('del b/new')).toBe('Only servers in maintenance mode can be deleted.');
  await tell('maint b/new');
  expect(await answers()).toEqual(['one']);
  let deleted = '';
  // The ends of the last responses may still be on their way.
  for (let tries = 0; tries < 200 && deleted !== 'null'; tries++) deleted = await tell('del b/new');
  expect(deleted).toBe('null');
  expect(await tell('ready b/new')).toBe('No such server.');
  expect(await answers()).toEqual(['one']);
  expect(await tell(`add again 127.0.0.1:${two}`)).toBe('2');
  await tell('ready b/again');
  expect(await answers()).toEqual(['one', 'two']);
});

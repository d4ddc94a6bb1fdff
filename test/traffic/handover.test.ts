/** Listening sockets go from process to process: nobody who connects is refused meanwhile. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { haproxyPresent } from '../support/haproxy.js';
import { reservePort } from '../support/port.js';
import { spawnProxy, temporaryDirectory, waitFor } from '../support/proxy.js';

const { path: directory, remove } = temporaryDirectory();
const reserved = reservePort();
const { port } = reserved;
const unixPath = join(directory, 'unix');
const statsPath = join(directory, 'stats');

const configFile = (name: string, threads: number, expose = ' expose-fd listeners'): string => {
  const file = join(directory, `${name}.cfg`);
  writeFileSync(file, [
    'global', ` nbthread ${threads}`, ` stats socket ${statsPath} level admin${expose}`,
    'defaults', ' mode http', ' timeout client 5s', ' timeout server 5s', ' timeout connect 5s',
    'frontend fe', ` bind 127.0.0.1:${port}`, ` bind ${unixPath}`, ` bind abns@${directory}`, ` http-request return status 200 content-type text/plain string ${name}`, '',
  ].join('\n'));
  return file;
};

/** Who answers: the name of its configuration. Rejects if the connection is refused or reset. */
async function ask(to: { port: number; host: string } | { path: string }): Promise<string> {
  const socket = connect(to);
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  socket.write('GET / HTTP/1.0\r\n\r\n');
  await once(socket, 'close');
  return text.split('\r\n\r\n')[1] ?? '';
}

const places = [{ port, host: '127.0.0.1' }, { path: unixPath }, { path: `\0${directory}`.padEnd(108, '\0') }];

interface Running {
  readonly pid: number;
  readonly gone: Promise<unknown>;
}

const children: ChildProcess[] = [];

function run(program: 'tsproxy' | 'haproxy', file: string, old: Running | null): Running {
  const args = ['-db', '-f', file, ...(old === null ? [] : ['-x', statsPath, '-sf', String(old.pid)])];
  if (program === 'haproxy') {
    const child = spawn('haproxy', args, { stdio: 'ignore' });
    children.push(child);
    return { pid: child.pid!, gone: once(child, 'exit') };
  }
  const proxy = spawnProxy(args);
  children.push({ kill: () => void proxy.end() } as unknown as ChildProcess);
  return { pid: proxy.pid, gone: proxy.exit };
}

afterAll(() => {
  for (const child of children) child.kill();
  reserved.release();
  remove();
});

/** Lets each program take over from the one before while a client connects again and again. */
async function relay(steps: readonly (readonly ['tsproxy' | 'haproxy', string, number])[]): Promise<{ failed: string[]; seen: Set<string> }> {
  const failed: string[] = [];
  const seen = new Set<string>();
  let old: Running | null = null;
  for (const [program, name, threads] of steps) {
    const next: Running = run(program, configFile(name, threads), old);
    const gone: Running | null = old;
    if (gone === null) await waitFor(async () => existsSync(unixPath) && (await ask(places[0]!).catch(() => '')) === name);
    const state = { ended: gone === null };
    void gone?.gone.then(() => (state.ended = true));
    do {
      for (const place of places) await ask(place).then((answer) => seen.add(answer), (error: Error) => failed.push(`${name}: ${error.message}`));
    } while (!state.ended);
    for (const place of places) expect(await ask(place)).toBe(name);
    old = next;
  }
  const last: Running | null = old;
  if (last !== null) {
    process.kill(last.pid, 'SIGTERM');
    await last.gone;
  }
  return { failed, seen };
}

describe('-x and expose-fd listeners', () => {
  test('from tsproxy to tsproxy, with more workers and with fewer', async () => {
    const { failed, seen } = await relay([['tsproxy', 'one', 2], ['tsproxy', 'two', 3], ['tsproxy', 'three', 1]]);
    expect(failed).toEqual([]);
    expect([...seen].sort()).toEqual(['one', 'three', 'two']);
  });

  (haproxyPresent ? test : test.skip)('from haproxy to tsproxy and back', async () => {
    // One worker: haproxy takes one socket of each address, and who waits in another one at the moment it is closed is reset by the kernel.
    const { failed, seen } = await relay([['haproxy', 'h1', 2], ['tsproxy', 't1', 1], ['haproxy', 'h2', 2]]);
    expect(failed).toEqual([]);
    expect([...seen].sort()).toEqual(['h1', 'h2', 't1']);
  });

  test('a socket that does not expose them is an error before anything is bound', async () => {
    const old = spawnProxy(['-db', '-f', configFile('closed', 1, '')]);
    await waitFor(async () => (await ask(places[0]!).catch(() => '')) === 'closed', old);
    const { code, stderr } = await spawnProxy(['-db', '-f', configFile('new', 1), '-x', statsPath]).exit;
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot take over listening sockets from '${statsPath}'`);
    expect(stderr).toContain("'expose-fd listeners'");
    expect(await ask(places[0]!)).toBe('closed');
    await old.end();
  });

  test('nobody there', async () => {
    const { code, stderr } = await spawnProxy(['-db', '-f', configFile('new', 1), '-x', join(directory, 'nobody')]).exit;
    expect(code).toBe(1);
    expect(stderr).toContain('No such file or directory');
  });
});

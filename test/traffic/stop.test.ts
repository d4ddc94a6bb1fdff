import { afterEach, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { dial, exchange, readAll, readUntil, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin, tcpOrigin, type Origin } from '../support/origin.js';
import { hash, payload } from '../support/payload.js';
import { reservePort, type ReservedPort } from '../support/port.js';
import { spawnProxy, startProxy, temporaryDirectory, waitFor, type RunningProxy } from '../support/proxy.js';

const open: { origins: Origin[]; proxies: RunningProxy[]; ports: ReservedPort[] } = { origins: [], proxies: [], ports: [] };

afterEach(async () => {
  await Promise.all(open.proxies.splice(0).map((proxy) => proxy.end()));
  await Promise.all(open.origins.splice(0).map((origin) => origin.close()));
  for (const port of open.ports.splice(0)) port.release();
});

function relayConfig(port: number, origin: Origin, mode: 'tcp' | 'http', ...global: string[]): string {
  return config(section('global', 'maxconn 100', ...global), defaults(mode),
    section('listen relay', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`));
}

async function relay(origin: Origin, mode: 'tcp' | 'http', ...global: string[]): Promise<{ proxy: RunningProxy; port: number }> {
  open.origins.push(origin);
  const reserved = reservePort();
  open.ports.push(reserved);
  const proxy = await startProxy(relayConfig(reserved.port, origin, mode, ...global));
  open.proxies.push(proxy);
  return { proxy, port: reserved.port };
}

const refused = (port: number): Promise<boolean> => dial(port).then((socket) => (socket.destroy(), false), () => true);

describe('SIGUSR1 stops softly', () => {
  test('with nothing in flight the process ends at once with status 0', async () => {
    const { proxy } = await relay(await tcpOrigin(() => undefined), 'tcp');
    proxy.signal('SIGUSR1');
    const { code, stderr } = await proxy.exit;
    expect(code).toBe(0);
    expect(stderr).toContain('Proxy relay stopped (cumulated conns: FE: 0, BE: 0).');
  });

  test('nobody new comes in, a transfer in flight is finished, then the status is 0', async () => {
    const bytes = payload(6_000_000, 9);
    const held: Socket[] = [];
    const { proxy, port } = await relay(await tcpOrigin((socket) => {
      held.push(socket);
      socket.write(bytes.subarray(0, 1_000_000));
    }), 'tcp');
    const client = await dial(port);
    const got = readAll(client);
    await waitFor(() => held.length === 1);
    proxy.signal('SIGUSR1');
    await waitFor(() => refused(port), proxy);
    held[0]?.end(bytes.subarray(1_000_000));
    expect(hash(await got)).toBe(hash(bytes));
    client.end();
    expect((await proxy.exit).code).toBe(0);
  });

  test('idle keep-alive clients do not hold it up', async () => {
    const { proxy, port } = await relay(await httpOrigin((_, response) => response.end('ok')), 'http');
    const agent = new Agent({ keepAlive: true });
    await request(port, { agent });
    proxy.signal('SIGUSR1');
    expect((await proxy.exit).code).toBe(0);
    agent.destroy();
  });

  test('while it starts it is kept for the end of the start, even if Node took it for its debugger', async () => {
    const port = reservePort();
    open.ports.push(port);
    const directory = temporaryDirectory();
    const file = join(directory.path, 'a.cfg');
    writeFileSync(file, config(defaults('tcp'), section('listen relay', `bind 127.0.0.1:${port.port}`, 'server s 127.0.0.1:1')));
    const proxy = spawnProxy(['-f', file]);
    // Bit 9 of SigCgt: somebody in the process catches SIGUSR1, so that it does not die of it.
    const caught = (): boolean => {
      const mask = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${proxy.pid}/status`, 'utf8'))?.[1] ?? '0';
      return (BigInt(`0x${mask}`) & 0x200n) !== 0n;
    };
    await waitFor(caught, proxy);
    proxy.signal('SIGUSR1');
    expect((await proxy.exit).code).toBe(0);
    directory.remove();
  });

  test('hard-stop-after ends what does not end', async () => {
    const origin = await tcpOrigin((socket) => socket.resume());
    const { proxy, port } = await relay(origin, 'tcp', 'hard-stop-after 200ms');
    const client = await dial(port);
    const end = readAll(client).catch(() => undefined);
    await waitFor(() => origin.accepted() === 1, proxy);
    proxy.signal('SIGUSR1');
    const { code, stderr } = await proxy.exit;
    expect(code).toBe(0);
    expect(stderr).toContain('soft-stop running for too long, performing a hard-stop.');
    await end;
  });
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it at once, by that signal', async (signal) => {
  const { proxy, port } = await relay(await tcpOrigin((socket) => socket.resume()), 'tcp');
  const client = await dial(port);
  const end = readAll(client).catch(() => undefined);
  proxy.signal(signal);
  expect(await proxy.exit).toMatchObject({ code: null, signal });
  await end;
});

test('SIGHUP tells the state, SIGQUIT the pools, and the proxy lives on', async () => {
  const { proxy, port } = await relay(await tcpOrigin((socket) => socket.end('hi')), 'tcp');
  expect(await exchange(port, '', true)).toBe('hi');
  proxy.signal('SIGHUP');
  await waitFor(() => proxy.stderr().includes('SIGHUP: Server relay/s is UP. Conn: 0 act, 0 pend, 1 tot.'), proxy);
  proxy.signal('SIGQUIT');
  await waitFor(() => proxy.stderr().includes('Dumping pools usage.'), proxy);
  expect(await exchange(port, '', true)).toBe('hi');
});

test('SIGUSR2 does no harm', async () => {
  const { proxy, port } = await relay(await tcpOrigin((socket) => socket.end('hi')), 'tcp');
  proxy.signal('SIGUSR2');
  await waitFor(() => proxy.stderr().includes(`start a new process with '-sf ${proxy.pid}'`), proxy);
  expect(await exchange(port, '', true)).toBe('hi');
});

test('SIGTTOU pauses the listeners, SIGTTIN resumes them', async () => {
  const { proxy, port } = await relay(await tcpOrigin((socket) => socket.end('hi')), 'tcp');
  proxy.signal('SIGTTOU');
  await waitFor(() => proxy.stderr().includes('SIGTTOU received'), proxy);
  proxy.signal('SIGTTIN');
  await waitFor(() => proxy.stderr().includes('SIGTTIN received'), proxy);
  expect(await exchange(port, '', true)).toBe('hi');
});

test('-sf: the new process takes over, the old one finishes its sessions', async () => {
  const { proxy: old, port } = await relay(await tcpOrigin((socket) => socket.once('data', (bytes) => socket.end(`old ${bytes}`))), 'tcp');
  const client = await dial(port);
  const origin = await tcpOrigin((socket) => socket.end('new'));
  open.origins.push(origin);
  await waitFor(() => (open.origins[0]?.accepted() ?? 0) === 1, old);
  const fresh = await startProxy(relayConfig(port, origin, 'tcp'), { args: ['-sf', String(old.pid)] });
  open.proxies.push(fresh);
  await waitFor(() => old.stderr().includes('Proxy relay stopped'), old);
  expect(await exchange(port, '', true)).toBe('new');
  client.write('works');
  expect(await readUntil(client, 'old works')).toBe('old works');
  client.end();
  expect((await old.exit).code).toBe(0);
  expect(await exchange(port, '', true)).toBe('new');
});

test('-st: the old process is terminated once the new one is ready', async () => {
  const { proxy: old, port } = await relay(await tcpOrigin((socket) => socket.end('old')), 'tcp');
  const origin = await tcpOrigin((socket) => socket.end('new'));
  open.origins.push(origin);
  const fresh = await startProxy(relayConfig(port, origin, 'tcp'), { args: ['-st', String(old.pid)] });
  open.proxies.push(fresh);
  expect((await old.exit).signal).toBe('SIGTERM');
  expect(await exchange(port, '', true)).toBe('new');
});

test('a new process that fails to start leaves the old one alone', async () => {
  const { proxy: old, port } = await relay(await tcpOrigin((socket) => socket.end('old')), 'tcp');
  const directory = temporaryDirectory();
  const file = join(directory.path, 'bad.cfg');
  writeFileSync(file, config(defaults('tcp'), section('listen l', `bind 127.0.0.1:${port}`, 'bind unix@/nonexistent/a.sock', 'server s 127.0.0.1:1')));
  const { code, stderr } = await spawnProxy(['-f', file, '-st', String(old.pid)]).exit;
  directory.remove();
  expect(code).toBe(1);
  expect(stderr).toContain('cannot bind UNIX socket (No such file or directory) [/nonexistent/a.sock]');
  expect(await exchange(port, '', true)).toBe('old');
});

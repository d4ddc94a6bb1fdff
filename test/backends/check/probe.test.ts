import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { connectProbe, type ProbeResult } from '../../../src/backends/check/probe.js';
import { L4_CONNECT, L4_OK, SOCKET_ERROR } from '../../../src/backends/check/status.js';
import type { SocketAddress } from '../../../src/config/model.js';

const ask = (address: SocketAddress) => new Promise<ProbeResult>((resolve) => void connectProbe(address, resolve));
const local = (port: number): SocketAddress => ({ kind: 'ip', family: 4, address: '127.0.0.1', port });

async function listening<T>(where: number | string, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(...([where, resolve] as [number, () => void])));
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('connectProbe', () => {
  test('a listening port passes, a closed one is a connection problem with the system\'s words', async () => {
    const port = await listening(0, async (open) => {
      expect(await ask(local(open))).toEqual({ status: L4_OK, info: '' });
      return open;
    });
    expect(await ask(local(port))).toEqual({ status: L4_CONNECT, info: 'Connection refused' });
  });

  test('unix sockets and abstract ones', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'probe-'));
    const path = join(folder, 's');
    await listening(path, async () => expect((await ask({ kind: 'unix', path })).status).toBe(L4_OK));
    expect((await ask({ kind: 'unix', path: `${path}-none` })).status).toBe(L4_CONNECT);
    rmSync(folder, { recursive: true });
    const name = `tsproxy-probe-${process.pid}`;
    await listening(`\0${name}`, async () => expect((await ask({ kind: 'abstract', name })).status).toBe(L4_OK));
  });

  test('an inherited descriptor is no address', async () => {
    expect((await ask({ kind: 'fd', fd: 3 })).status).toBe(SOCKET_ERROR);
  });

  test('given up: never reported', async () => {
    await listening(0, async (port) => {
      let called = false;
      connectProbe(local(port), () => (called = true))();
      await ask(local(port));
      await new Promise((resolve) => setImmediate(resolve));
      expect(called).toBe(false);
    });
  });
});

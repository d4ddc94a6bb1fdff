import { afterAll, expect, test } from '@jest/globals';
import type { Socket } from 'node:net';
import type { Ring as RingModel } from '../../../src/config/log.js';
import { Ring } from '../../../src/core/log/ring.js';
import { tcpOrigin } from '../../support/origin.js';
import { waitFor } from '../../support/proxy.js';
import { Stage } from '../../support/stage.js';

const stage = new Stage();
afterAll(() => stage.strike());

const counts = { sent: () => undefined, dropped: () => undefined };
const model = (more: Partial<RingModel> = {}): RingModel =>
  ({ name: 'r', description: 'r', format: null, maxlen: 100, size: 1000, connectTimeout: null, serverTimeout: null, servers: [], ...more });
const server = (port: number, octetCount = false) => ({ name: 's', address: { kind: 'ip' as const, family: 4 as const, address: '127.0.0.1', port }, octetCount });
const add = (ring: Ring, text: string): void => ring.add(Buffer.from(`${text}\n`));

test('the oldest messages make room', () => {
  const ring = new Ring(model({ size: 30 }), counts);
  const seen: number[] = [];
  const unwatch = ring.watch(() => seen.push(ring.next));
  for (let i = 0; i < 10; i++) add(ring, `message${i}`);
  unwatch();
  add(ring, 'last');
  expect(ring.next).toBe(11);
  expect(ring.at(ring.next - 1)?.toString()).toBe('last\n');
  expect(ring.at(0)).toBeUndefined();
  expect(ring.oldest).toBeGreaterThan(7);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a server gets all messages, those from before its connection too', async () => {
  let got = '';
  const origin = await stage.origin(tcpOrigin((socket) => void socket.on('data', (bytes: Buffer) => (got += bytes.toString()))));
  const ring = new Ring(model({ servers: [server(origin.port)] }), counts);
  stage.after(() => ring.close());
  add(ring, 'one');
  add(ring, 'two');
  await waitFor(() => got === 'one\ntwo\n');
  add(ring, 'three');
  await waitFor(() => got === 'one\ntwo\nthree\n');
});

test('octets are counted where the server wants it', async () => {
  let got = '';
  const origin = await stage.origin(tcpOrigin((socket) => void socket.on('data', (bytes: Buffer) => (got += bytes.toString()))));
  const ring = new Ring(model({ servers: [server(origin.port, true)] }), counts);
  stage.after(() => ring.close());
  add(ring, 'one');
  await waitFor(() => got === '4 one\n');
});

test('messages that a server is too slow for are dropped and counted, and it goes on with those that are left', async () => {
  const sockets: Socket[] = [];
  const origin = await stage.origin(tcpOrigin((socket) => void sockets.push(socket.pause())));
  let dropped = 0;
  const ring = new Ring(model({ size: 1 << 16, maxlen: 2000, servers: [server(origin.port)] }), { ...counts, dropped: (messages) => (dropped += messages) });
  stage.after(() => ring.close());
  add(ring, 'start');
  await waitFor(() => sockets.length === 1);
  const text = 'x'.repeat(1000);
  for (let i = 0; i < 8000; i++) add(ring, text);
  let last = '';
  sockets[0]!.on('data', (bytes: Buffer) => (last = (last + bytes.toString()).slice(-100))).resume();
  await waitFor(() => {
    if (dropped === 0) add(ring, text);
    return dropped > 0;
  });
  add(ring, 'end');
  await waitFor(() => last.endsWith('end\n'));
});

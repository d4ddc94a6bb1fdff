import { expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { exchange } from './client.js';
import { reservePort } from './port.js';

test('a reserved port accepts nothing itself, and a server may bind beside it', async () => {
  const { port, release } = reservePort();
  await expect(exchange(port, 'x')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const server = createServer((socket) => socket.end('here'));
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  expect(await exchange(port, '', true)).toBe('here');
  server.close();
  release();
});

test('reserved ports differ', () => {
  const ports = Array.from({ length: 20 }, reservePort);
  expect(new Set(ports.map(({ port }) => port)).size).toBe(20);
  for (const { release } of ports) release();
});

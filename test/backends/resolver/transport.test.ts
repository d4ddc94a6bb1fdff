import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { Nameserver } from '../../../src/config/model.js';
import { encodeQuestion } from '../../../src/backends/resolver/message.js';
import { makeTransport, type Transport } from '../../../src/backends/resolver/transport.js';
import { dnsServer } from '../../support/dns.js';
import { nameserver } from './fake.js';
import { a, answer } from './packet.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const over = (transport: 'udp' | 'tcp', port: number, maxconn = 0): Nameserver => ({ ...nameserver('n', port), transport, maxconn });

/** A transport whose messages are waited for. */
function open(server: Nameserver): { transport: Transport; received: Buffer[]; until(n: number): Promise<void> } {
  const received: Buffer[] = [];
  let look = (): void => undefined;
  const transport = makeTransport(server, (message) => {
    received.push(Buffer.from(message));
    look();
  });
  ends.push(() => transport.close());
  return { transport, received, until: (n) => new Promise((done) => { look = () => (received.length >= n ? done() : undefined); look(); }) };
}

test.each(['udp', 'tcp'] as const)('%s: questions out, answers in', async (kind) => {
  const server = await dnsServer(() => ({ answers: [a('x.test', '192.0.2.1')] }));
  ends.push(() => server.close());
  const { transport, received, until } = open(over(kind, server.port));
  for (let id = 1; id <= 20; id++) expect(transport.send(encodeQuestion(id, 'x.test', 'A'))).toBe(true);
  await until(20);
  expect(received.map((message) => message.readUInt16BE(0)).sort((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(new Set(server.asked.map((one) => one.over))).toEqual(new Set([kind]));
});

test('udp: what comes from elsewhere is not received', async () => {
  const sources: number[] = [];
  const server = createSocket('udp4');
  await new Promise<void>((done) => server.bind(0, '127.0.0.1', done));
  const stranger = createSocket('udp4');
  await new Promise<void>((done) => stranger.bind(0, '127.0.0.1', done));
  ends.push(() => server.close(), () => stranger.close());
  server.on('message', (_, { port }) => {
    sources.push(port);
    stranger.send(answer({ id: 9 }), port, '127.0.0.1', () => server.send(answer({ id: 1 }), port, '127.0.0.1'));
  });
  const { transport, received, until } = open(over('udp', server.address().port));
  transport.send(encodeQuestion(1, 'x.test', 'A'));
  await until(1);
  transport.send(encodeQuestion(1, 'x.test', 'A'));
  await until(2);
  expect(received.map((message) => message.readUInt16BE(0))).toEqual([1, 1]);
  expect(sources).toHaveLength(2);
});

test('udp: a closed port is survived, and the next question gets a socket', async () => {
  const server = await dnsServer(() => ({ answers: [a('x.test', '192.0.2.1')] }));
  const { port } = server;
  await server.close();
  const { transport, received, until } = open(over('udp', port));
  transport.send(encodeQuestion(1, 'x.test', 'A'));
  await new Promise((done) => setTimeout(done, 30));
  const again = createSocket('udp4');
  await new Promise<void>((done) => again.bind(port, '127.0.0.1', done));
  ends.push(() => again.close());
  again.on('message', (_, from) => again.send(answer({ id: 2 }), from.port, from.address));
  transport.send(encodeQuestion(2, 'x.test', 'A'));
  await until(1);
  expect(received).toHaveLength(1);
});

/** A TCP server that keeps its connections and answers nothing by itself. */
async function listener(): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

test('tcp: four questions on a connection, then another one, up to maxconn', async () => {
  const { port, sockets } = await listener();
  const { transport } = open(over('tcp', port, 2));
  for (let id = 0; id < 20; id++) transport.send(encodeQuestion(id, 'x.test', 'A'));
  while (sockets.length < 2) await new Promise((done) => setTimeout(done, 2));
  await new Promise((done) => setTimeout(done, 20));
  expect(sockets).toHaveLength(2);
});

test('tcp: answers in pieces, and a new connection after the old one has gone', async () => {
  const { port, sockets } = await listener();
  const { transport, received, until } = open(over('tcp', port));
  transport.send(encodeQuestion(1, 'x.test', 'A'));
  while (sockets.length < 1) await new Promise((done) => setTimeout(done, 2));
  const bytes = Buffer.concat([1, 2].map((id) => {
    const message = answer({ id });
    return Buffer.concat([Buffer.of(0, message.length), message]);
  }));
  for (const byte of bytes) sockets[0]!.write(Buffer.of(byte));
  await until(2);
  expect(received.map((message) => message.readUInt16BE(0))).toEqual([1, 2]);
  sockets[0]!.destroy();
  while (sockets.length < 2) {
    transport.send(encodeQuestion(3, 'x.test', 'A'));
    await new Promise((done) => setTimeout(done, 5));
  }
});

import { afterEach, describe, expect, test } from '@jest/globals';
import { finished } from 'node:stream/promises';
import { dial, exchange, readAll } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { tcpOrigin, type Origin } from '../support/origin.js';
import { hash, payload } from '../support/payload.js';
import { reservePort, type ReservedPort } from '../support/port.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';

const open: { origin?: Origin; proxy?: RunningProxy; port?: ReservedPort } = {};

async function relay(origin: Origin, ...lines: string[]): Promise<number> {
  open.origin = origin;
  open.port = reservePort();
  const { port } = open.port;
  const listen = section('listen relay', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`, ...lines);
  open.proxy = await startProxy(config(section('global', 'maxconn 500'), defaults('tcp'), listen));
  return port;
}

afterEach(async () => {
  await open.proxy?.end();
  await open.origin?.close();
  open.port?.release();
});

const MEGABYTES_20 = payload(20_000_000, 7);

describe.each([['spliced', 'option splice-auto'], ['spliced both ways', 'option splice-request\n  option splice-response'], ['copied', 'no option splice-auto']])(
  'a TCP relay, %s', (_, option) => {
    test('20 MB to the client, the server closes at once', async () => {
      const port = await relay(await tcpOrigin((socket) => socket.end(MEGABYTES_20)), option);
      const socket = await dial(port);
      expect(hash(await readAll(socket))).toBe(hash(MEGABYTES_20));
      socket.destroy();
    });

    test('20 MB to the server, which answers after the end', async () => {
      const port = await relay(await tcpOrigin((socket) => void readAll(socket).then((bytes) => socket.end(hash(bytes)))), option);
      expect(await exchange(port, MEGABYTES_20, true)).toBe(hash(MEGABYTES_20));
    });

    test('20 MB both ways at the same time', async () => {
      const port = await relay(await tcpOrigin((socket) => socket.pipe(socket)), option);
      expect(hash(Buffer.from(await exchange(port, MEGABYTES_20, true), 'latin1'))).toBe(hash(MEGABYTES_20));
    });
  });

describe('half-closed connections', () => {
  test('the client ends first and still gets the answer', async () => {
    const port = await relay(await tcpOrigin((socket) => void readAll(socket).then((bytes) => socket.end(`got ${bytes.length}`))));
    expect(await exchange(port, 'hello', true)).toBe('got 5');
  });

  test('the client ends before the server is connected', async () => {
    const port = await relay(await tcpOrigin((socket) => void readAll(socket).then((bytes) => socket.end(`got ${bytes.length}`))));
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => exchange(port, 'x'.repeat(i + 1), true)));
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => `got ${i + 1}`));
  });

  test('the server ends first and still gets what the client sends', async () => {
    const got: Promise<Buffer>[] = [];
    const port = await relay(await tcpOrigin((socket) => {
      got.push(readAll(socket));
      socket.end('bye');
    }));
    const socket = await dial(port);
    expect((await readAll(socket)).toString()).toBe('bye');
    socket.end(payload(300_000));
    await finished(socket);
    expect(hash((await got[0]) ?? Buffer.alloc(0))).toBe(hash(payload(300_000)));
  });

  test('both sides end when the server closes and the client has nothing more to say', async () => {
    const port = await relay(await tcpOrigin((socket) => socket.end('bye')));
    const socket = await dial(port);
    await readAll(socket);
    socket.end();
    await finished(socket);
    expect(socket.destroyed).toBe(true);
  });
});

test('a stalled reader gets all in the end', async () => {
  const bytes = payload(8_000_000, 3);
  const port = await relay(await tcpOrigin((socket) => socket.end(bytes)), 'option splice-auto');
  const socket = await dial(port);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    socket.pause();
    setTimeout(() => socket.resume(), 1);
  });
  await new Promise((done) => socket.once('end', done));
  expect(hash(Buffer.concat(chunks))).toBe(hash(bytes));
  socket.destroy();
});

test('the client is closed if no server can be reached', async () => {
  const origin = await tcpOrigin(() => undefined);
  await origin.close();
  const port = await relay({ ...origin, close: () => Promise.resolve() }, 'retries 1', 'timeout connect 100ms');
  expect(await exchange(port, 'hello').catch((error: NodeJS.ErrnoException) => error.code)).toMatch(/^$|^ECONNRESET$/);
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { dial, exchange, readUntil, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin, tcpOrigin, type Origin } from '../support/origin.js';
import { hash, payload } from '../support/payload.js';
import { reservePort, type ReservedPort } from '../support/port.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';

const BIG = payload(20_000_000, 11);
const running: { web: ReservedPort; proxy: RunningProxy; origins: Origin[] } = { origins: [] } as never;

/** Answers of the well-behaved server. */
async function server(): Promise<Origin> {
  return httpOrigin((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const path = request.url ?? '';
      if (path === '/big') return response.writeHead(200, { 'content-length': BIG.length }).end(BIG);
      if (path === '/chunked') {
        response.writeHead(200, { trailer: 'x-sum' });
        for (let at = 0; at < BIG.length; at += 70_001) response.write(BIG.subarray(at, at + 70_001));
        response.addTrailers({ 'x-sum': 'done' });
        return response.end();
      }
      if (path === '/204') return response.writeHead(204).end();
      if (path === '/headers') return response.end(JSON.stringify(request.headers));
      if (path === '/upload') return response.end(hash(body));
      response.end(`${request.method} ${path} ${body}`);
    });
  });
}

/** Servers that do not speak HTTP as they should, by the name of their backend. */
const ODD: Readonly<Record<string, string | null>> = {
  rubbish: 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
  close: '',
  silent: null,
};

beforeAll(async () => {
  const web = await server();
  const odd = await Promise.all(Object.values(ODD).map((answer) => tcpOrigin((socket) => {
    socket.once('data', () => answer !== null && socket.end(answer));
  })));
  const gone = await tcpOrigin(() => undefined);
  await gone.close();
  running.origins = [web, ...odd];
  running.web = reservePort();
  const backends = Object.keys(ODD).map((name, i) => section(`backend ${name}`, 'timeout server 300ms', `server s 127.0.0.1:${odd[i]?.port}`));
  running.proxy = await startProxy(config(
    section('global', 'maxconn 1000'),
    defaults('http', 'option splice-auto', 'timeout http-keep-alive 10s'),
    section('frontend web', `bind 127.0.0.1:${running.web.port}`,
      'http-request deny if { path_beg /private }',
      'http-request redirect location /new code 301 if { path /old }',
      'http-request return status 200 content-type text/plain string "made here" if { path /made }',
      'http-request set-header x-added yes', 'http-request del-header x-secret',
      'http-response set-header x-server proxied',
      'option forwardfor',
      ...Object.keys(ODD).map((name) => `use_backend ${name} if { path /${name} }`),
      'use_backend nobody if { path /nobody }', 'use_backend gone if { path /gone }', 'default_backend app'),
    section('backend app', `server s 127.0.0.1:${web.port}`),
    section('backend nobody'),
    section('backend gone', 'timeout connect 200ms', 'retries 1', `server s 127.0.0.1:${gone.port}`),
    ...backends,
  ));
});

afterAll(async () => {
  await running.proxy?.end();
  await Promise.all(running.origins.map((origin) => origin.close()));
  running.web?.release();
});

const port = (): number => running.web.port;

describe('messages', () => {
  test('20 MB with a length, by hash', async () => {
    const { status, body } = await request(port(), { path: '/big' });
    expect([status, hash(body)]).toEqual([200, hash(BIG)]);
  });

  test('20 MB in chunks, by hash', async () => {
    const { headers, body } = await request(port(), { path: '/chunked' });
    expect([headers['transfer-encoding'], hash(body)]).toEqual(['chunked', hash(BIG)]);
  });

  test('20 MB up, with a length and in chunks', async () => {
    expect((await request(port(), { path: '/upload', method: 'POST', body: BIG })).body.toString()).toBe(hash(BIG));
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await request(port(), { path: '/upload', method: 'PUT', headers, body: BIG })).body.toString()).toBe(hash(BIG));
  });

  test('HEAD and 204 have no body and the connection goes on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const head = await request(port(), { path: '/big', method: 'HEAD', agent });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, String(BIG.length)]);
    expect((await request(port(), { path: '/204', agent })).status).toBe(204);
    expect((await request(port(), { path: '/x', agent })).body.toString()).toBe('GET /x ');
    agent.destroy();
  });

  test('Expect: 100-continue passes', async () => {
    const socket = await dial(port());
    socket.write('POST /x HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n');
    await readUntil(socket, 'HTTP/1.1 100');
    socket.write('body');
    expect(await readUntil(socket, 'POST /x body')).toContain('HTTP/1.1 200');
    socket.destroy();
  });
});

describe('connections', () => {
  test('500 requests over one connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 500; i++) expect((await request(port(), { path: `/r${i}`, agent })).body.toString()).toBe(`GET /r${i} `);
    agent.destroy();
  });

  test('pipelined requests are answered in their order', async () => {
    const count = 50;
    const requests = Array.from({ length: count }, (_, i) => `GET /p${i} HTTP/1.1\r\nhost: a\r\n${i === count - 1 ? 'connection: close\r\n' : ''}\r\n`);
    const text = await exchange(port(), requests.join(''));
    expect([...text.matchAll(/GET \/p(\d+) /g)].map(([, i]) => Number(i))).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  test('a large body behind a pipelined small one is not mixed with it', async () => {
    const text = await exchange(port(), 'GET /x HTTP/1.1\r\nhost: a\r\n\r\nGET /big HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    const body = Buffer.from(text.slice(text.lastIndexOf('\r\n\r\n', text.length - BIG.length) + 4), 'latin1');
    expect(hash(body)).toBe(hash(BIG));
  });

  test('what the proxy answers itself keeps the connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const replies = [];
    for (const path of ['/made', '/private', '/old', '/x', '/made']) replies.push(await request(port(), { path, agent }));
    expect(replies.map(({ status }) => status)).toEqual([200, 403, 301, 200, 200]);
    expect(new Set(replies.map(({ localPort }) => localPort)).size).toBe(1);
    agent.destroy();
  });

  test('HTTP/1.0 without keep-alive ends with the response', async () => {
    const text = await exchange(port(), 'GET /x HTTP/1.0\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.[01] 200 [^]*GET \/x $/);
  });
});

describe('rules', () => {
  test.each([
    ['/private/x', 403, /forbidden/i],
    ['/old', 301, /^$/],
    ['/made', 200, /^made here$/],
  ])('%s gets %i from the proxy', async (path, status, body) => {
    const reply = await request(port(), { path });
    expect(reply.status).toBe(status);
    expect(reply.body.toString()).toMatch(body);
    if (status === 301) expect(reply.headers['location']).toBe('/new');
  });

  test('headers are set, deleted, and the address is added', async () => {
    const { headers, body } = await request(port(), { path: '/headers', headers: { 'x-secret': 's', 'x-kept': 'k' } });
    const seen = JSON.parse(body.toString()) as Record<string, string>;
    expect(seen).toMatchObject({ 'x-added': 'yes', 'x-kept': 'k', 'x-forwarded-for': '127.0.0.1' });
    expect(seen).not.toHaveProperty('x-secret');
    expect(headers['x-server']).toBe('proxied');
  });
});

describe('what goes wrong', () => {
  test.each([
    ['/nobody', 503, 'a backend without servers'],
    ['/gone', 503, 'a server that refuses'],
    ['/rubbish', 502, 'an answer that is no HTTP'],
    ['/close', 502, 'a server that closes without an answer'],
    ['/silent', 504, 'a server that is silent'],
  ])('%s: %i for %s', async (path, status) => {
    expect((await request(port(), { path })).status).toBe(status);
  });

  test.each([
    ['no version that exists', 'GET / HTTP/9.9\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nhost : a\r\n\r\n'],
    ['two lengths that differ', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx'],
    ['a NUL', 'GET / HTTP/1.1\r\nhost: a\r\nx: \0\r\n\r\n'],
    ['a head larger than the buffer', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`],
  ])('400 and a close for %s', async (_, text) => {
    expect(await exchange(port(), text)).toMatch(/^HTTP\/1\.[01] 4(00|31) [^]*connection: close/i);
  });
});

test('an upgrade becomes a tunnel', async () => {
  const bytes = payload(100_000, 5);
  const origin = await tcpOrigin((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
  });
  const own = reservePort();
  const proxy = await startProxy(config(defaults('http'), section('listen l', `bind 127.0.0.1:${own.port}`, `server s 127.0.0.1:${origin.port}`)));
  const socket = await dial(own.port);
  socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
  await readUntil(socket, '\r\n\r\n');
  socket.end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(hash(Buffer.concat(chunks))).toBe(hash(bytes));
  await proxy.end();
  await origin.close();
  own.release();
});

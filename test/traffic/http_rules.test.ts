/** Actions and options of HTTP that hold messages back, answer them, send them again or change how they stand on the wire. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Socket } from 'node:net';
import { dial, exchange, readAll, readUntil, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { tcpOrigin, type Origin } from '../support/origin.js';
import { Stage } from '../support/stage.js';
import { haproxyPresent, HaproxyPeer } from '../support/haproxy.js';

const stage = new Stage();
let port = 0;
/** Requests that the server has read, as they came. */
const seen: string[] = [];
let failures = 0;

/** Tells what it was asked; /fail answers 503 as often as `failures` says, /slow never. */
function serve(socket: Socket): void {
  let text = '';
  socket.on('end', () => socket.end());
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (end < 0 || text.length < end + 4 + length) return;
    const message = text;
    text = '';
    seen.push(message);
    if (message.includes('/slow')) return;
    const fails = message.includes('/fail') && failures-- > 0;
    const cookie = message.includes('/cookie') ? 'Set-Cookie: a=b\r\nCache-Control: max-age=5\r\n' : '';
    socket.write(`HTTP/1.1 ${fails ? '503 No' : '200 OK'}\r\nContent-Length: ${message.length}\r\n${cookie}x-from-server: y\r\n\r\n${message}`);
  });
}

/** Frontend rules by the path that they are about. */
const RULES = [
  'http-request pause 80 if { path /pause }', 'http-response pause 80 if { capture.req.uri /pause-response }',
  'http-request tarpit deny_status 429 if { path /tarpit }',
  'http-request silent-drop rst-ttl 1 if { path /drop }',
  'http-request early-hint link "</a>; rel=preload" if { path /hints }', 'http-request early-hint link "</b>; rel=preload" if { path /hints }',
  'http-request wait-for-body time 5s at-least 4 if { path /wait }', 'http-request wait-for-body time 60ms if { path /wait-short }',
  'http-request deny deny_status 400 if { path /wait } !{ req.body -m beg 0123 }',
  'http-request set-fc-tos 0x20 if { path /tos }', 'http-request set-bc-tos int(40) if { path /tos }', 'http-request set-mark 7 if { path /tos }',
  'http-request disable-l7-retry if METH_POST',
  'http-request set-var(txn.late) str(yes) if { path /slow }',
];

beforeAll(async () => {
  const origin: Origin = await stage.origin(tcpOrigin(serve));
  const gone = await tcpOrigin(() => undefined);
  await gone.close();
  port = stage.port();
  await stage.proxy(config(
    section('global', 'h1-case-adjust x-from-server X-FROM-Server', 'h1-case-adjust host HOST'),
    defaults('http', 'retries 2'),
    section('frontend web', `bind 127.0.0.1:${port}`, 'timeout tarpit 60ms', 'option h1-case-adjust-bogus-client', ...RULES,
      'http-error status 504 content-type text/plain lf-string "too late: %[var(txn.late)]" hdr x-path %[capture.req.uri]',
      'http-error status 503 content-type text/plain lf-string "nobody for %[path]"',
      'use_backend gone if { path_beg /gone }', 'use_backend strict if { path /names }', 'use_backend cache if { path /cookie }', 'use_backend slow if { path /slow }', 'default_backend app'),
    section('backend app', 'retry-on 503 conn-failure', 'http-send-name-header X-Server', 'option h1-case-adjust-bogus-server', `server first 127.0.0.1:${origin.port}`),
    section('backend gone', 'timeout connect 100ms', 'retries 0', `server s 127.0.0.1:${gone.port}`),
    section('backend strict', 'option http-restrict-req-hdr-names delete', `server s 127.0.0.1:${origin.port}`),
    section('backend slow', 'timeout server 60ms', `server s 127.0.0.1:${origin.port}`),
    section('backend cache', 'option checkcache', `server s 127.0.0.1:${origin.port}`),
  ));
});
afterAll(() => stage.strike());

/** The paths of two requests in the order of their answers: `path` is asked first. */
async function order(path: string, status = 200): Promise<string[]> {
  const answered: string[] = [];
  const ask = async (asked: string, expected: number): Promise<void> => {
    expect((await request(port, { path: asked })).status).toBe(expected);
    answered.push(asked);
  };
  await Promise.all([ask(path, status), ask('/plain', 200)]);
  return answered;
}

describe('messages that are held back', () => {
  test.each(['/pause', '/pause-response'])('pause holds %s back', async (path) => {
    expect(await order(path)).toEqual(['/plain', path]);
  });

  test('tarpit answers after its time, and no server hears of it', async () => {
    expect(await order('/tarpit', 429)).toEqual(['/plain', '/tarpit']);
    expect(seen.filter((message) => message.includes('/tarpit'))).toEqual([]);
  });

  test('wait-for-body sees enough of a body that comes in pieces, and gives up after its time', async () => {
    const socket = await dial(port);
    socket.write('POST /wait HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n01');
    await new Promise((done) => setTimeout(done, 20));
    socket.write('23');
    await new Promise((done) => setTimeout(done, 20));
    socket.write('456789');
    expect(await readUntil(socket, '0123456789')).toContain('HTTP/1.1 200');
    socket.destroy();
    expect(await exchange(port, 'POST /wait-short HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n01')).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('silent-drop leaves no word', async () => {
    const socket = await dial(port);
    socket.write('GET /drop HTTP/1.1\r\nhost: a\r\n\r\n');
    await expect(readAll(socket)).rejects.toThrow('ECONNRESET');
  });

  test('early hints of neighbouring rules are one response before the final one', async () => {
    const text = await exchange(port, 'GET /hints HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a>; rel=preload\r\nlink: <\/b>; rel=preload\r\n\r\nHTTP\/1\.1 200 /);
  });
});

describe('requests that are sent again', () => {
  test('as often as retries says, and the last failure reaches the client', async () => {
    failures = 2;
    expect((await request(port, { path: '/fail' })).status).toBe(200);
    failures = 3;
    expect((await request(port, { path: '/fail' })).status).toBe(503);
  });

  test('but not where a rule forbids it', async () => {
    failures = 1;
    expect((await request(port, { path: '/fail', method: 'POST', body: Buffer.from('x') })).status).toBe(503);
  });
});

describe('what stands on the wire', () => {
  test('servers are told their name, and nobody forges it; names of fields are written as they are wanted', async () => {
    const text = await exchange(port, 'GET /name HTTP/1.1\r\nHost: a\r\nx-SERVER: forged\r\nconnection: close\r\n\r\n');
    const sent = text.slice(text.indexOf('\r\n\r\n') + 4);
    expect(sent).toMatch(/^GET \/name HTTP\/1\.1\r\nHOST: a\r\n(?:connection: close\r\n)?X-Server: first\r\n\r\n$/);
    expect(text).toContain('\r\nX-FROM-Server: y\r\n');
  });

  test('marks and TOS are no hindrance, whatever the system allows', async () => {
    expect((await request(port, { path: '/tos' })).status).toBe(200);
  });

  test('names of header fields beyond letters, digits and hyphens', async () => {
    expect((await request(port, { path: '/names', headers: { 'a_b': 'c', 'a-b': 'd' } })).body.toString()).toMatch(/^(?!.*a_b)[^]*a-b: d/);
  });

  test('a cookie that caches may keep is blocked', async () => {
    expect((await request(port, { path: '/cookie' })).status).toBe(502);
  });
});

describe('errors that are made for each request', () => {
  test('a server that is silent: samples of the transaction', async () => {
    const { status, headers, body } = await request(port, { path: '/slow' });
    expect([status, headers['x-path'], body.toString()]).toEqual([504, '/slow', 'too late: yes']);
  });

  test('nobody there: the request can still be looked at', async () => {
    const { status, body } = await request(port, { path: '/gone/a', method: 'POST', body: Buffer.from('body') });
    expect([status, body.toString()]).toEqual([503, 'nobody for /gone/a']);
  });
});

describe('probes', () => {
  test('a connection without a byte gets a 400 that says why, or nothing with http-ignore-probes', async () => {
    const quiet = stage.port();
    await stage.proxy(config(defaults('http'), section('frontend quiet', `bind 127.0.0.1:${quiet}`, 'option http-ignore-probes', 'timeout http-request 60ms', 'default_backend none'),
      section('backend none')));
    expect(await exchange(port, '', true)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await exchange(quiet, '', true)).toBe('');
    expect(await exchange(quiet, '')).toBe('');
    expect(await exchange(quiet, 'G')).toMatch(/^HTTP\/1\.1 408 /);
  });
});

(haproxyPresent ? describe : describe.skip)('haproxy', () => {
  const peer = new HaproxyPeer();
  afterAll(() => peer.stop());
  test('takes the same lines', () => {
    for (const line of RULES) expect([line, peer.refuses(line)]).toEqual([line, LATER.test(line)]);
  });
});
/** What Debian's version does not know yet. */
const LATER = /rst-ttl|set-fc-|set-bc-|pause|capture\.req\.uri/;

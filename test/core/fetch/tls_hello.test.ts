import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { FACT_FLAGS, FF_TIMEOUT, PHASE_CONTENT, PHASE_TCP_RESPONSE, VERDICT_MORE, VERDICT_SERVER } from '../../../src/core/abi.js';
import { isBin } from '../../../src/core/compile/cast.js';
import { rules } from '../../support/rules.js';
import { fetchOf, txOf } from './fixture.js';

const number = (value: number, width: number): string => Array.from({ length: width }, (_unused, i) => String.fromCharCode((value >> (8 * (width - 1 - i))) & 255)).join('');
const vector = (text: string, width: number): string => number(text.length, width) + text;
const extension = (type: number, content: string): string => number(type, 2) + vector(content, 2);
const sni = (name: string, type = 0): string => extension(0, vector(number(type, 1) + vector(name, 2), 2));
const alpn = (...names: string[]): string => extension(16, vector(names.map((name) => vector(name, 1)).join(''), 2));

interface Parts {
  readonly record?: number;
  readonly version?: number;
  readonly type?: number;
  readonly session?: string;
  /** null: the message ends before them. */
  readonly extensions?: string | null;
}

function hello({ record = 0x301, version = 0x303, type = 1, session = '', extensions = '' }: Parts): string {
  const rest = extensions === null ? '' : vector(extensions, 2);
  const body = number(version, 2) + '\x07'.repeat(32) + vector(session, 1) + vector('\x13\x01\x00\x9f', 2) + vector('\0', 1) + rest;
  return `\x16${number(record, 2)}${vector(number(type, 1) + vector(body, 3), 2)}`;
}

const FETCHES = ['req.ssl_hello_type', 'req.ssl_sni', 'req.ssl_ver', 'req.ssl_alpn', 'req.ssl_ec_ext', 'req.ssl_st_ext'] as const;

/** The samples, in the order of FETCHES, and whether more bytes might change any. */
function seen(bytes: string, flags = 0): unknown[] {
  const tx = txOf(PHASE_CONTENT, { [FACT_FLAGS]: flags }, bytes);
  return FETCHES.map((name) => fetchOf(name, [])(tx));
}

const NONE = undefined;
const V33 = 3 * 65536 + 3;

// What Debian's haproxy says at the end of its inspection period.
test.each<readonly [string, string, readonly unknown[]]>([
  ['a name', hello({ extensions: sni('a.b') }), [1, 'a.b', V33, NONE, NONE, 0]],
  ['the version is that of the hello, not of the record', hello({ record: 0x303, version: 0x304, extensions: sni('x') }), [1, 'x', V33 + 1, NONE, NONE, 0]],
  ['SSL 3.0 has no extensions', hello({ record: 0x300, version: 0x300, extensions: sni('a') }), [1, NONE, 3 * 65536, NONE, NONE, NONE]],
  ['a major version to come', hello({ record: 0x400, version: 0x400, extensions: sni('a') }), [1, NONE, 4 * 65536, NONE, NONE, NONE]],
  ['a record of a version before', hello({ record: 0x200, extensions: sni('a') }), [NONE, NONE, NONE, NONE, NONE, NONE]],
  ['no extensions at all', hello({ extensions: null }), [1, NONE, V33, NONE, NONE, NONE]],
  ['an empty list of them', hello({}), [1, NONE, V33, NONE, NONE, 0]],
  ['the first protocol', hello({ extensions: alpn('h2', 'http/1.1') }), [1, NONE, V33, 'h2', NONE, 0]],
  ['no protocol', hello({ extensions: extension(16, '') }), [1, NONE, V33, NONE, NONE, 0]],
  ['the first of two names', hello({ extensions: sni('one') + sni('two') }), [1, 'one', V33, NONE, NONE, 0]],
  ['a name that is none', hello({ extensions: sni('zz', 1) }), [1, NONE, V33, NONE, NONE, 0]],
  ['an empty extension of names', hello({ extensions: extension(0, '') }), [1, NONE, V33, NONE, NONE, 0]],
  ['groups', hello({ extensions: extension(10, vector('\0\x17', 2)) }), [1, NONE, V33, NONE, true, 0]],
  ['an empty ticket', hello({ extensions: extension(35, '') }), [1, NONE, V33, NONE, NONE, 1]],
  ['a ticket', hello({ extensions: extension(35, 'abc') }), [1, NONE, V33, NONE, NONE, 2]],
  ['a hello of a server', hello({ type: 2 }), [2, NONE, V33, NONE, NONE, NONE]],
  ['a hello request', hello({ type: 0 }), [0, NONE, V33, NONE, NONE, NONE]],
  ['bytes behind it', `${hello({ extensions: sni('q') })}more`, [1, 'q', V33, NONE, NONE, 0]],
  ['a session id that is too long', hello({ session: 'x'.repeat(34), extensions: sni('a') }), [1, NONE, V33, NONE, NONE, NONE]],
  ['HTTP', 'GET / HTTP/1.1\r\n\r\n', [NONE, NONE, NONE, NONE, NONE, NONE]],
  ['a record without a message', '\x16\x03\x01\0\0\x01\0\0\0\x03\x03', [NONE, NONE, NONE, NONE, NONE, NONE]],
  ['a hello of SSL 2.0', `\x80\x2e\x01\x03\x01\0\x15\0\0\0\x10${'\x01'.repeat(40)}`, [NONE, NONE, 3 * 65536 + 1, NONE, NONE, NONE]],
  ['nothing', '', [NONE, NONE, NONE, NONE, NONE, NONE]],
])('%s', (_name, bytes, expected) => {
  expect(seen(bytes, FF_TIMEOUT)).toEqual(expected);
});

test('any start of a hello waits for the rest', () => {
  const whole = hello({ extensions: sni('a.b') + alpn('h2') });
  for (let length = 0; length <= whole.length; length++) {
    for (const name of FETCHES) {
      const tx = txOf(PHASE_CONTENT, {}, whole.slice(0, length));
      const value = fetchOf(name, [])(tx);
      expect([name, length, tx.mayChange]).toEqual([name, length, length < whole.length]);
      if (length < whole.length) expect(value).toBeUndefined();
    }
  }
  const other = txOf(PHASE_CONTENT, {}, 'SSH-2.0');
  expect([fetchOf('req.ssl_sni', [])(other), other.mayChange]).toEqual([undefined, false]);
});

test('random bytes behind a good start are no surprise', () => {
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  const whole = hello({ extensions: sni('a.b') + alpn('h2') + extension(51, vector(`\0\x1d${vector('key', 2)}`, 2)) });
  for (let i = 0; i < 2000; i++) {
    const at = 5 + random(whole.length - 5);
    expect(() => seen(whole.slice(0, at) + String.fromCharCode(random(256)) + whole.slice(at + 1), FF_TIMEOUT)).not.toThrow();
  }
});

const hex = (name: string, bytes: string): string | undefined => {
  const value = fetchOf(name, [])(txOf(PHASE_CONTENT, {}, bytes));
  return value !== undefined && isBin(value) ? Buffer.from(value.bin, 'latin1').toString('hex') : undefined;
};

test('lists of what the client can do', () => {
  const bytes = hello({ extensions: extension(10, vector('\0\x17\0\x1d', 2)) + extension(13, vector('\x04\x03', 2)) + extension(51, vector(`\0\x1d${vector('key', 2)}\0\x17${vector('k', 2)}`, 2)) });
  expect(['req.ssl_cipherlist', 'req.ssl_supported_groups', 'req.ssl_sigalgs', 'req.ssl_keyshare_groups'].map((name) => hex(name, bytes)))
    .toEqual(['1301009f', '0017001d', '0403', '001d0017']);
  expect(hex('req.ssl_sigalgs', hello({}))).toBeUndefined();
});

test('the hello of a server is read in response rules', () => {
  const tx = txOf(PHASE_TCP_RESPONSE, {}, hello({ type: 2 }));
  expect(['res.ssl_hello_type', 'rep_ssl_hello_type'].map((name) => fetchOf(name, [])(tx))).toEqual([2, 2]);
});

/** What node's own TLS says first. */
async function realHello(): Promise<string> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, servername: 'www.example.com', ALPNProtocols: ['h2', 'http/1.1'] });
  client.on('error', () => undefined);
  const [socket] = (await accepted) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  client.destroy();
  server.close();
  return bytes.toString('latin1');
}

describe('routing by name', () => {
  test('waits for the hello and reads it', async () => {
    const bytes = await realHello();
    expect(seen(bytes)).toEqual([1, 'www.example.com', V33, 'h2', true, 1]);
    expect(hex('req.ssl_keyshare_groups', bytes)).toMatch(/^([0-9a-f]{4})+$/);
    const made = await rules(['tcp-request inspect-delay 5s', 'tcp-request content accept if { req.ssl_hello_type 1 }', 'tcp-request content reject', 'use_backend be if { req.ssl_sni -i WWW.example.com }'], [], 'tcp');
    expect(made.raw(PHASE_CONTENT, bytes.slice(0, 60)).code).toBe(VERDICT_MORE);
    expect(made.raw(PHASE_CONTENT, bytes)).toMatchObject({ code: VERDICT_SERVER, backend: 'be' });
  });
});

/** Actions that ask for a password, normalize, take headers in binary form, or leave a word for later. */
import { describe, expect, test } from '@jest/globals';
import { bench, rules } from '../../support/rules.js';

describe('auth', () => {
  const config = (frontend: readonly string[], backend: readonly string[] = []) => bench([
    'userlist u', ' user a insecure-password p', 'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80',
    ...frontend.map((line) => ` ${line}`), ' default_backend be', 'backend be', ...backend.map((line) => ` ${line}`), ' server s 127.0.0.1:1', '',
  ].join('\n'));

  test('asks with the built-in response and the realm, until the password is right', async () => {
    const made = await config(['http-request auth realm \'My "R"\' unless { http_auth(u) }', 'http-request return status 204']);
    const ask = (header: string) => made.request(`GET / HTTP/1.1\n${header}\n`).response!;
    expect(ask('')).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n[^]*\r\nwww-authenticate: Basic realm="My \\"R\\""\r\n\r\n<html>/);
    const credentials = (pair: string) => `Authorization: Basic ${Buffer.from(pair).toString('base64')}\n`;
    expect(ask(credentials('a:x'))).toMatch(/^HTTP\/1\.1 401 /);
    expect(ask(credentials('a:p'))).toMatch(/^HTTP\/1\.1 204 /);
  });

  test("the realm is the proxy's name; a response of its own loses its challenges for this one", async () => {
    const made = await config(['http-error status 401 content-type text/plain string hi hdr WWW-Authenticate Digest', 'http-request auth if { path /fe }'], ['http-request auth']);
    expect(made.request('GET /fe HTTP/1.1\n\n').response).toBe('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\ncontent-type: text/plain\r\nwww-authenticate: Basic realm="fe"\r\n\r\nhi');
    expect(made.request('GET / HTTP/1.1\n\n').response).toContain('realm="be"\r\n\r\nhi');
  });
});

describe('normalize-uri', () => {
  const run = async (words: string, target: string) => (await bench([
    'global', ' expose-experimental-directives', 'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80',
    ` http-request normalize-uri ${words}`, ' default_backend be', 'backend be', ' server s 127.0.0.1:1', '',
  ].join('\n'))).request(`GET ${target} HTTP/1.1\n\n`);

  test('keeps what stands before the path', async () => {
    expect((await run('path-strip-dotdot full', 'http://h/../a/../b?c')).head).toEqual(['GET http://h/b?c HTTP/1.1']);
    expect((await run('path-merge-slashes', '*')).head).toEqual(['GET * HTTP/1.1']);
  });

  test('answers 400 to a broken target if it is strict', async () => {
    expect((await run('percent-to-uppercase strict', '/%zz')).response).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('headers in binary form', () => {
  const REQUEST = 'GET / HTTP/1.1\nA: 1\na: 2\nB-x: 3\n\n';
  const LIST = `http-request set-var(txn.h) req.hdrs_bin`;
  const run = async (lines: readonly string[]) => (await rules(lines)).request(REQUEST).head.slice(1);

  test.each<[string[], string[]]>([
    [[LIST, 'http-request del-header a', 'http-request add-headers-bin var(txn.h)'], ['B-x: 3', 'a: 1', 'a: 2', 'b-x: 3']],
    [[LIST, 'http-request set-header a 9', 'http-request set-headers-bin var(txn.h) prefix A'], ['B-x: 3', 'a: 1', 'a: 2']],
    [['http-request del-headers-bin bin(01610000)'], ['B-x: 3']],
    [['http-request del-headers-bin bin(02622d0000) -m beg'], ['A: 1', 'a: 2']],
    [['http-request add-headers-bin bin(03)'], ['A: 1', 'a: 2', 'B-x: 3']],
    [['http-request add-headers-bin var(txn.none)'], ['A: 1', 'a: 2', 'B-x: 3']],
  ])('%j', async (lines, expected) => {
    expect(await run(lines)).toEqual(expected);
  });

  test('a long value has a longer length in front', async () => {
    const made = await rules([LIST, 'http-request del-header long', 'http-request add-headers-bin var(txn.h)']);
    const value = 'v'.repeat(3000);
    expect(made.request(`GET / HTTP/1.1\nLong: ${value}\n\n`).head[1]).toMatch(new RegExp(`^long: ${value}$`));
  });

  test('nothing that would end a header gets in', async () => {
    expect((await rules(['http-request add-headers-bin bin(0178020a780000)'])).request(REQUEST).response).toMatch(/^HTTP\/1\.1 500 /);
  });
});

test('priorities are cut to their bounds and seen by samples', async () => {
  const made = await rules([
    'http-request set-priority-class req.hdr(c)', 'http-request set-priority-offset int(-600000)', 'http-request set-header p "%[prio_class] %[prio_offset]"',
    'http-request set-log-level silent', 'http-request set-nice 5',
  ]);
  expect(made.request('GET / HTTP/1.1\nC: 9999\n\n').head.at(-1)).toBe('p: 2047 -524287');
  expect(made.request('GET / HTTP/1.1\nC: -3\n\n', { requests: 2 }).head.at(-1)).toBe('p: -3 -524287');
});

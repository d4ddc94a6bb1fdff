import { describe, expect, test } from '@jest/globals';
import { bench, type Place } from '../support/rules.js';

async function added(frontend: readonly string[], backend: readonly string[], place: Place = {}): Promise<readonly string[]> {
  const made = await bench([
    'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80', ...frontend.map((line) => ` ${line}`),
    ' default_backend be', 'backend be', ...backend.map((line) => ` ${line}`), ' server s 127.0.0.1:1', '',
  ].join('\n'));
  return made.request('GET /p HTTP/1.1\nHost: h.example\n\n', place).head.slice(2);
}

describe('Forwarded', () => {
  test.each<[string, string[]]>([
    ['', ['forwarded: proto=http;for=192.0.2.7']],
    ['proto host', ['forwarded: proto=http;host="h.example"']],
    ['host for-expr src,xxh32,hex for_port', ['forwarded: host="h.example";for="_0000000034AFB3B8:40000"']],
    ['host-expr str(host.com) by-expr str(_haproxy) for for_port-expr int(10)', ['forwarded: host="host.com";by=_haproxy;for="192.0.2.7:10"']],
    ['by by_port', ['forwarded: by="198.51.100.1:80"']],
    ['for-expr ipv6(::1)', ['forwarded: for="[::1]"']],
    ['for-expr req.hdr(nope) for_port-expr req.hdr(nope)', ['forwarded: for=unknown']],
    ['for-expr str(a@b) by-expr str(127.0.0.1)', ['forwarded: by=127.0.0.1;for=unknown']],
  ])('option forwarded %s', async (words, expected) => {
    const [line] = await added([], [`option forwarded ${words}`]);
    // The hash is not what is tested here.
    expect([line?.replace(/_[0-9A-F]{16}/, '_0000000034AFB3B8')]).toEqual(expected);
  });

  test('an IPv6 client stands in brackets', async () => {
    expect(await added([], ['option forwarded for for_port'], { src: '2001:db8::1' })).toEqual(['forwarded: for="[2001:db8::1]:40000"']);
  });

  test('a frontend has no such option', async () => {
    expect(await added(['http-request set-var(txn.a) int(1)'], ['option forwarded', 'no option forwarded'])).toEqual([]);
  });
});

describe('X-Original-To', () => {
  test.each<[string[], string[], string[]]>([
    [['option originalto'], [], ['X-Original-To: 198.51.100.1']],
    [['option originalto'], ['option originalto header X-B'], ['X-B: 198.51.100.1']],
    [[], ['option originalto except 198.51.100.0/24'], []],
    [['option originalto except 198.51.100.0/23'], ['option originalto'], []],
    [['option originalto except 198.51.101.0/24'], [], ['X-Original-To: 198.51.100.1']],
  ])('%j %j', async (frontend, backend, expected) => {
    expect(await added(frontend, backend)).toEqual(expected);
  });
});

describe('unique ids', () => {
  test('are made once and stand in the header and in samples', async () => {
    const frontend = ['unique-id-format %{+X}o%ci:%cp-%rt-%[path]', 'unique-id-header X-Id', 'http-request set-header a %[unique-id]', 'http-request set-path /changed'];
    expect(await added(frontend, [])).toEqual(['a: C0000207:9C40-0003-/p', 'X-Id: C0000207:9C40-0003-/p']);
  });

  test('need a format', async () => {
    expect(await added(['unique-id-header X-Id'], [])).toEqual([]);
  });
});

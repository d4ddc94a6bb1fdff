import { describe, expect, test } from '@jest/globals';
import { CF_INTERCEPTED, CF_REQ_DENIED, VERDICT_CONTINUE, VERDICT_SERVER } from '../../src/core/abi.js';
import { frontendCounter } from '../../src/core/cells.js';
import { bench, rules } from '../support/rules.js';

const status = (response: string | null): string => response?.slice(9, 12) ?? 'none';

describe('monitor-uri', () => {
  test('is answered before the rules, with 503 when a condition holds', async () => {
    const made = await rules(['monitor-uri /up', 'monitor fail if { req.hdr(x) down }', 'http-request deny status 418']);
    expect(status(made.request('GET /up HTTP/1.1\n\n').response)).toBe('200');
    expect(status(made.request('POST http://h/up HTTP/1.1\nX: down\n\n').response)).toBe('503');
    expect(made.counter(frontendCounter(made.proxy('fe'), CF_INTERCEPTED))).toBe(2);
    for (const target of ['/up?x', '/up/', '/']) expect(status(made.request(`GET ${target} HTTP/1.1\n\n`).response)).toBe('418');
  });

  test('of another form is the whole target', async () => {
    const made = await rules(['monitor-uri http://h/up']);
    expect(status(made.request('GET http://h/up HTTP/1.1\n\n').response)).toBe('200');
    expect(made.request('GET /up HTTP/1.1\n\n').code).toBe(VERDICT_SERVER);
  });
});

describe('option http-restrict-req-hdr-names', () => {
  const REQUEST = 'GET / HTTP/1.1\nA-1: x\na_b: x\nc.d: x\n\n';

  test('deletes, after the rules have seen the headers', async () => {
    const made = await rules(['option http-restrict-req-hdr-names delete', 'http-request set-header seen %[req.hdr(a_b)]']);
    expect(made.request(REQUEST).head.slice(1)).toEqual(['A-1: x', 'seen: x']);
  });

  test('refuses, also what rules added, but not what they answered', async () => {
    const made = await rules(['http-request return status 204 if { path /r }'], ['option http-restrict-req-hdr-names reject', 'http-request set-header x_y 1 if { path /s }']);
    expect(status(made.request(REQUEST).response)).toBe('403');
    expect(status(made.request('GET /s HTTP/1.1\n\n').response)).toBe('403');
    expect(status(made.request(REQUEST.replace(' / ', ' /r ')).response)).toBe('204');
    expect(made.request('GET / HTTP/1.1\nA-1: x\n\n').code).toBe(VERDICT_SERVER);
    expect(made.counter(frontendCounter(made.proxy('fe'), CF_REQ_DENIED))).toBe(2);
  });
});

describe('option checkcache', () => {
  test.each<[string, string, number, boolean]>([
    ['', 'GET', 200, true], ['', 'POST', 200, false], ['', 'GET', 302, false], ['', 'HEAD', 404, true], ['Cache-Control: public\n', 'POST', 302, true],
    ['Cache-Control: private\n', 'GET', 200, false], ['Cache-Control: max-age=5, No-Store\n', 'GET', 200, false], ['Cache-Control: max-age=0\n', 'GET', 200, false],
    ['Cache-Control: s-maxage=0\n', 'GET', 200, false], ['Cache-Control: no-cache="set-cookie"\n', 'GET', 200, false], ['Cache-Control: no-cache="set-cookie, x"\n', 'GET', 200, false],
    ['Cache-Control: max-age=5\n', 'GET', 200, true], ['Pragma: no-cache\n', 'GET', 200, false],
  ])('%j to %s with %i: blocked %p', async (lines, method, code, blocked) => {
    const made = await rules([], ['option checkcache']);
    expect(status(made.response(`HTTP/1.1 ${code} X\nSet-Cookie: a=b\n${lines}\n`, { method }).response)).toBe(blocked ? '502' : 'none');
    expect(made.response(`HTTP/1.1 ${code} X\n${lines}\n`, { method }).code).toBe(VERDICT_CONTINUE);
  });
});

describe('use-server', () => {
  const setup = async (lines: readonly string[]) => bench([
    'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80', ' default_backend be', 'backend be',
    ...lines.map((line) => ` ${line}`), ' server s1 127.0.0.1:1', ' server s2 127.0.0.1:2 weight 0', ' server s3 127.0.0.1:3', '',
  ].join('\n'));

  test('names a server by a rule, then the algorithm chooses', async () => {
    const made = await setup(['use-server s2 if { path /two }', 'use-server %[path,field(2,/)] if { path_beg /s }']);
    const used: number[] = [];
    made.use = (server) => {
      used.push(server);
      return VERDICT_SERVER | (server << 8);
    };
    // Nothing but the choice of a server: it is made where a server is needed.
    expect(made.plan.phases[0]).toBe(0);
    for (const [path, server] of [['/two', 1], ['/s3', 2], ['/snone', 0], ['/', 0]] as const) {
      expect([path, made.request(`GET ${path} HTTP/1.1\n\n`).argument]).toEqual([path, server]);
    }
    expect(used).toEqual([1, 2]);
  });

  test('a server that is down is passed over, unless it is forced', async () => {
    const made = await setup(['use-server s3 if TRUE', 'use-server s2 if TRUE', 'ignore-persist if { path /i }', 'force-persist if { path_beg /f /i }']);
    const asked: [number, boolean][] = [];
    made.use = (server, force) => {
      asked.push([server, force]);
      return server === 2 && !force ? VERDICT_CONTINUE : VERDICT_SERVER | (server << 8);
    };
    expect(['/', '/f', '/i'].map((path) => made.request(`GET ${path} HTTP/1.1\n\n`).argument)).toEqual([1, 2, 1]);
    expect(asked).toEqual([[2, false], [1, false], [2, true], [2, false], [1, false]]);
  });
});

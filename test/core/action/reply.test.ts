import { describe, expect, test } from '@jest/globals';
import { VERDICT_CLOSE, VERDICT_CONTINUE, VERDICT_ERROR, VERDICT_REPLY, VERDICT_RESPOND, VERDICT_YIELD } from '../../../src/core/abi.js';
import { bench, rules } from '../../support/rules.js';

const GET = 'GET /p/a?x=1&y=2 HTTP/1.1\nHost: www.Example.com:80\n\n';

/** The response of a rule, its lines apart. */
async function answer(rule: string, request = GET): Promise<{ code: number; lines: string[] | null }> {
  const outcome = (await rules([rule])).request(request);
  return { code: outcome.code, lines: outcome.response?.split('\r\n') ?? null };
}

test.each([
  ['http-request return', ['HTTP/1.1 200 OK', 'content-length: 0', '', '']],
  ['http-request return status 201 content-type text/plain string hello hdr a b hdr c d',
    ['HTTP/1.1 201 Created', 'a: b', 'c: d', 'content-length: 5', 'content-type: text/plain', '', 'hello']],
  ['http-request return status 299', ['HTTP/1.1 299 Success', 'content-length: 0', '', '']],
  ['http-request deny status 418 hdr a b', ["HTTP/1.1 418 I'm a teapot", 'a: b', 'content-length: 0', '', '']],
  ['http-request redirect location /a', ['HTTP/1.1 302 Found', 'content-length: 0', 'location: /a', 'cache-control: no-cache', '', '']],
  ['http-request redirect location /a code 301 set-cookie X=1',
    ['HTTP/1.1 301 Moved Permanently', 'content-length: 0', 'location: /a', 'set-cookie: X=1; path=/;', '', '']],
  ['http-request redirect location /a code 303 clear-cookie X=',
    ['HTTP/1.1 303 See Other', 'content-length: 0', 'location: /a', 'cache-control: no-cache', 'set-cookie: X=; path=/; Max-Age=0;', '', '']],
])('%s is the same for all and registered once', async (rule, lines) => {
  expect(await answer(rule)).toEqual({ code: VERDICT_RESPOND, lines });
});

test.each([
  ['http-request return content-type text/plain lf-string "%[path]-%HM"', ['HTTP/1.1 200 OK', 'content-length: 8', 'content-type: text/plain', '', '/p/a-GET']],
  ['http-request deny content-type text/plain lf-string %[path]', ['HTTP/1.1 403 Forbidden', 'content-length: 4', 'content-type: text/plain', '', '/p/a']],
  ['http-request return hdr x-p %[path] hdr x-n %[req.hdr(nope)]', ['HTTP/1.1 200 OK', 'x-p: /p/a', 'content-length: 0', '', '']],
  ['http-request redirect prefix http://h drop-query append-slash code 307',
    ['HTTP/1.1 307 Temporary Redirect', 'content-length: 0', 'location: http://h/p/a/', 'cache-control: no-cache', '', '']],
  ['http-request redirect prefix / code 308', ['HTTP/1.1 308 Permanent Redirect', 'content-length: 0', 'location: /p/a?x=1&y=2', '', '']],
  ['http-request redirect prefix http://h append-slash',
    ['HTTP/1.1 302 Found', 'content-length: 0', 'location: http://h/p/a?x=1&y=2/', 'cache-control: no-cache', '', '']],
  ['http-request redirect scheme https',
    ['HTTP/1.1 302 Found', 'content-length: 0', 'location: https://www.Example.com:80/p/a?x=1&y=2', 'cache-control: no-cache', '', '']],
  ['http-request redirect location /x?z keep-query', ['HTTP/1.1 302 Found', 'content-length: 0', 'location: /x?z&x=1&y=2', 'cache-control: no-cache', '', '']],
  ['http-request redirect location /x%[query] set-cookie-fmt "p=%[path]" code 301',
    ['HTTP/1.1 301 Moved Permanently', 'content-length: 0', 'location: /xx=1&y=2', 'set-cookie: p=/p/a; path=/;', '', '']],
])('%s is made for the request', async (rule, lines) => {
  expect(await answer(rule)).toEqual({ code: VERDICT_REPLY, lines });
});

test('values of the request can not end a header', async () => {
  const { lines } = await answer('http-request return hdr x-r "%[url,url_dec]"', 'GET /a%0d%0aevil:%201 HTTP/1.1\n\n');
  expect(lines).toContain('x-r: /a%0D%0Aevil: 1');
});

test('an empty location is no redirect if it says so', async () => {
  const made = await rules(['http-request redirect location %[req.hdr(nope)] ignore-empty', 'http-request deny']);
  expect(made.request(GET).response).toMatch(/^HTTP\/1\.1 403 /);
});

describe('error responses', () => {
  test('deny answers with the built-in one', async () => {
    const { code, lines } = await answer('http-request deny');
    expect(code).toBe(VERDICT_RESPOND);
    expect(lines!.slice(0, 4)).toEqual(['HTTP/1.1 403 Forbidden', expect.stringMatching(/^content-length: [0-9]+$/), 'cache-control: no-cache', 'content-type: text/html']);
    expect(Number(lines![1]!.split(' ')[1])).toBe(lines!.slice(5).join('\r\n').length);
  });

  test.each([['deny_status 429', 429], ['status 404 default-errorfiles', 404]])('deny %s', async (words, status) => {
    expect((await answer(`http-request deny ${words}`)).lines![0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test("the proxy's own is sent, an empty one closes", async () => {
    const made = await bench([
      'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80', ' errorfile 404 /dev/null',
      ' http-request deny status 404 default-errorfiles if { path / }', ' http-request deny', ' default_backend be', 'backend be', ' server s 127.0.0.1:1', '',
    ].join('\n'));
    expect(made.request('GET / HTTP/1.1\n\n').code).toBe(VERDICT_CLOSE);
    const indexFor = (status: number) => made.plan.errors[0]!.find(([key]) => key === status)![1];
    expect(indexFor(404)).toBe(-2);
    expect(Buffer.from(made.plan.responses[indexFor(403)]!).toString()).toMatch(/^HTTP\/1\.1 403 /);
    // What a backend does not have the engine looks for in the frontend.
    expect(made.plan.errors[1]).toEqual([]);
  });

  test('a response is denied with 502', async () => {
    const made = await rules([], ['http-response deny if { status 500 }']);
    expect(made.response('HTTP/1.1 500 Oops\n\n').response).toMatch(/^HTTP\/1\.1 502 /);
    expect(made.response('HTTP/1.1 200 OK\n\n').code).toBe(VERDICT_CONTINUE);
  });
});

test('reject closes', async () => {
  expect((await answer('http-request reject')).code).toBe(VERDICT_CLOSE);
});

describe('the metrics service', () => {
  const ask = async (request: string, reply: (topic: string, asked: unknown) => unknown) => {
    const made = await rules(['http-request use-service prometheus-exporter if { path /metrics }']);
    const asked: unknown[] = [];
    made.answer = (topic, query) => {
      asked.push(topic, query);
      return reply(topic, query);
    };
    const outcome = made.request(request, { session: 0x505 });
    await new Promise((done) => setImmediate(done));
    return { outcome, asked, resumed: made.resumed };
  };

  test('parks the session and answers it later', async () => {
    const { outcome, asked, resumed } = await ask('GET /metrics?scope=global HTTP/1.1\n\n', () => ({ status: 200, type: 'text/plain; version=0.0.4', body: 'a 1\n' }));
    expect(outcome.code).toBe(VERDICT_YIELD);
    expect(asked).toEqual(['metrics', 'scope=global']);
    expect(resumed).toEqual([{ session: 0x505, verdict: VERDICT_REPLY, staged: { head: expect.stringContaining('content-length: 4\r\n'), body: 'a 1\n' } }]);
    expect(resumed[0]!.staged!.head).toContain('content-type: text/plain; version=0.0.4\r\n');
  });

  test('answers 500 if there are none', async () => {
    const { resumed } = await ask('GET /metrics HTTP/1.1\n\n', () => {
      throw new Error('no');
    });
    expect(resumed.map(({ verdict }) => verdict)).toEqual([VERDICT_ERROR | (500 << 8)]);
  });
});

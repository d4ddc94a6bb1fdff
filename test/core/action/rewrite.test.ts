import { describe, expect, test } from '@jest/globals';
import { rules } from '../../support/rules.js';

const HEAD = ['GET /p/a?x=1&y=2 HTTP/1.1', 'Host: h', 'X-A: abbc, bd , x', 'X-B: 1', 'x-b: 2'];
const REQUEST = `${HEAD.join('\n')}\n\n`;

async function edited(lines: readonly string[], request = REQUEST): Promise<readonly string[]> {
  return (await rules(lines.map((line) => `http-request ${line}`))).request(request).head;
}

test.each<[string, string[], string[]]>([
  ['set-header removes what was there', ['set-header X-B new'], [...HEAD.slice(0, 3), 'x-b: new']],
  ['add-header adds', ['add-header X-B %[req.hdr_cnt(x-b)]'], [...HEAD, 'x-b: 2']],
  ['the new value is made before the old one goes', ['set-header x-b %[req.hdr(x-b,1)]+'], [...HEAD.slice(0, 3), 'x-b: 1+']],
  ['added headers are seen, changed and removed', ['add-header n 1', 'add-header n 2', 'replace-header n 2 3', 'add-header m %[req.hdr(n)]', 'del-header n'], [...HEAD, 'm: 3']],
  ['del-header', ['del-header x-b'], HEAD.slice(0, 3)],
  ['del-header -m beg', ['del-header x- -m beg'], HEAD.slice(0, 2)],
  ['del-header -m end', ['del-header -b -m end'], HEAD.slice(0, 3)],
  ['del-header -m sub', ['del-header OS -m sub'], [HEAD[0]!, ...HEAD.slice(2)]],
  ['del-header -m reg', ['del-header ^x.[ab]$ -m reg'], HEAD.slice(0, 2)],
  ['replace-header replaces the whole value', ['replace-header x-a b+ <%[path]\\0>'], [...HEAD.slice(0, 2), 'x-a: </p/abb>', ...HEAD.slice(3)]],
  ['replace-value replaces elements', ['replace-value x-a ^b+d$ <\\0>'], [...HEAD.slice(0, 2), 'x-a: abbc,<bd>, x', ...HEAD.slice(3)]],
  ['replace-header on every line', ['replace-header x-b (.) <\\1>'], [...HEAD.slice(0, 3), 'x-b: <1>', 'x-b: <2>']],
  ['what does not match stays', ['replace-header x-b z y', 'replace-value x-a ^z$ y'], HEAD],
])('%s', async (_name, lines, expected) => {
  expect(await edited(lines)).toEqual(expected);
});

test.each([
  ['set-query z=1', '/a', '/a?z=1'], ['set-query %[str()]', '/a', '/a'], ['set-query z', '/a?b', '/a?z'], ['set-path /new', '/p?x', '/new?x'],
  ['set-path /new', 'http://h:8/a?b', 'http://h:8/new?b'], ['set-path /new', '*', '/new'], ['set-pathq /new', '/p?x', '/new'], ['set-uri /new', '/p?x', '/new'],
  ['replace-path (.*) /foo\\1', '/p?x', '/foo/p?x'], ['replace-pathq ([^?]*)(\\?(.*))? \\1/foo\\2', '/p?x', '/p/foo?x'],
  ['replace-uri ([^/:]*://[^/]*)?(.*) \\1/foo\\2', '/p?x', '/foo/p?x'], ['replace-uri ^http://(.*) https://\\1', 'http://h/p', 'https://h/p'],
])('%s of %s', async (rule, target, expected) => {
  const [start] = await edited([rule], `GET ${target} HTTP/1.1\nHost: h\n\n`);
  expect(start).toBe(`GET ${expected} HTTP/1.1`);
});

describe('the request line', () => {
  test('its parts are rewritten one after the other', async () => {
    const head = await edited(['set-method POST', 'set-path /fe%[path]', 'replace-path (.*) \\1/bar', 'set-query %[query]&z', 'set-header m %[method]'], 'GET /r?p=1 HTTP/1.0\n\n');
    expect(head).toEqual(['POST /fe/r/bar?p=1&z HTTP/1.0', 'm: GET']);
  });

  test('Host and the authority of the target do not differ', async () => {
    expect(await edited(['set-uri http://new/x'])).toEqual(['GET http://new/x HTTP/1.1', ...HEAD.slice(2), 'host: new']);
    expect(await edited(['set-header host new'], 'GET http://old/x HTTP/1.1\nHost: old\n\n')).toEqual(['GET http://new/x HTTP/1.1', 'host: new']);
  });

  test('a target with blanks is refused', async () => {
    const made = await rules(['http-request set-path "/a b"']);
    expect(made.request(REQUEST).response).toMatch(/^HTTP\/1\.1 500 /);
  });
});

describe('responses', () => {
  const run = async (lines: readonly string[]) => (await rules([], lines.map((line) => `http-response ${line}`))).response('HTTP/1.1 404 Nope\nA: b\n\n').head;

  test.each([
    ['set-status 410', 'HTTP/1.1 410 Gone'], ['set-status 503 reason "Slow Down"', 'HTTP/1.1 503 Slow Down'], ['set-status 799', 'HTTP/1.1 799 Other'],
  ])('%s', async (rule, start) => {
    expect(await run([rule])).toEqual([start, 'A: b']);
  });

  test('the new status is seen by later rules', async () => {
    expect(await run(['set-status 410', 'set-header s %[status]', 'del-header a'])).toEqual(['HTTP/1.1 410 Gone', 's: 410']);
  });

  test('http-after-response rules', async () => {
    const made = await rules(['http-after-response set-header a %[status]'], ['http-after-response add-header b c']);
    expect(made.after('HTTP/1.1 200 OK\nX: y\n\n').head).toEqual(['HTTP/1.1 200 OK', 'X: y', 'b: c', 'a: 200']);
  });
});

import { expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import { bench } from '../support/rules.js';

const DEFAULTS = ['defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s'];
const raw = (name: string): string => `HTTP/1.1 200 OK\r\nx: ${name}\r\nContent-Length: 0\r\n\r\n`;
const files = { read: (path: string) => (path.startsWith('/') ? raw(path.slice(1)) : { problem: 'no such file' }) };

/** Statuses and the names of the files that stand for them, of the proxy f. */
async function responses(lines: readonly string[], defaults: readonly string[] = []): Promise<Record<number, string>> {
  const text = [
    ...DEFAULTS, ...defaults.map((line) => ` ${line}`), 'frontend f', ' bind 127.0.0.1:80', ...lines.map((line) => ` ${line}`), 'http-errors e', ' errorfile 400 /e400',
    ' errorfile 403 /e403', '',
  ].join('\n');
  const { model, diagnostics } = await loadText(text, { env: {}, files });
  expect(diagnostics.filter(({ severity }) => severity === 'alert')).toEqual([]);
  return Object.fromEntries(model!.proxies[0]!.errors.map(({ status, raw: response }) => [status, /^(?:x|location): (.*?)\r/m.exec(response)?.[1] ?? '']));
}

test.each<[string, string[], Record<number, string>]>([
  ['a section gives all it has', ['errorfiles e'], { 400: 'e400', 403: 'e403' }],
  ['or what is named', ['errorfiles e 403'], { 403: 'e403' }],
  ['the last line about a status counts', ['errorfile 400 /a', 'errorfiles e', 'errorfile 403 /b'], { 400: 'e400', 403: 'b' }],
  ['a redirection', ['errorloc 404 /x', 'errorloc303 503 http://h/'], { 404: '/x', 503: 'http://h/' }],
  ['http-error with a file, a section', ['http-error status 500 errorfile /f', 'http-error status 403 errorfiles e'], { 403: 'e403', 500: 'f' }],
  ['http-error takes back what was said before', ['errorfile 403 /a', 'http-error status 403 default-errorfiles'], {}],
])('%s', async (_name, lines, expected) => {
  expect(await responses(lines)).toEqual(expected);
});

test('lines of the defaults section come first', async () => {
  expect(await responses(['errorfile 404 /mine'], ['errorfiles e', 'errorfile 404 /theirs'])).toEqual({ 400: 'e400', 403: 'e403', 404: 'mine' });
});

test('a reply with formats sees the request', async () => {
  const made = await bench([
    ...DEFAULTS, 'frontend f', ' bind 127.0.0.1:80', ' http-error status 403 content-type text/plain lf-string "no %[path]" hdr x-p %[path]', ' http-error status 404 hdr a b',
    ' http-request deny deny_status 404 if { path /404 }', ' http-request deny if { path /here }', ' default_backend b', 'backend b', ' http-request deny', ' server s 127.0.0.1:1', '',
  ].join('\n'));
  const ask = (path: string) => made.request(`GET ${path} HTTP/1.1\n\n`).response;
  expect(ask('/here')).toBe('HTTP/1.1 403 Forbidden\r\nx-p: /here\r\ncontent-length: 8\r\ncontent-type: text/plain\r\n\r\nno /here');
  expect(ask('/404')).toBe('HTTP/1.1 404 Not Found\r\na: b\r\ncontent-length: 0\r\n\r\n');
  // A backend without a response of its own has its frontend's.
  expect(ask('/x')).toContain('no /x');
});

test("a rule's reply takes the response of the section it names, or the proxy's own", async () => {
  const text = (status: number): string => [
    ...DEFAULTS, 'frontend f', ' bind 127.0.0.1:80', ` http-request return status ${status} errorfiles e`, 'http-errors e', ' errorfile 400 /dev/null', '',
  ].join('\n');
  const made = await bench(text(400));
  expect(made.request('GET / HTTP/1.1\n\n').response).toBeNull();
  expect((await bench(text(404))).request('GET / HTTP/1.1\n\n').response).toMatch(/^HTTP\/1\.1 404 /);
});

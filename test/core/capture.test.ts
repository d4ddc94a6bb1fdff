import { expect, test } from '@jest/globals';
import { bench } from '../support/rules.js';

const made = (frontend: readonly string[], backend: readonly string[] = []) => bench([
  'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80', ...frontend.map((line) => ` ${line}`),
  ' default_backend be', 'backend be', ...backend.map((line) => ` ${line}`), ' server s 127.0.0.1:1', '',
].join('\n'));

test('the last value of a header is captured, cut to its length, before the rules', async () => {
  const rules = await made([
    'capture request header X len 3', 'capture request header Missing len 5', 'http-request set-header x changed',
    'http-request set-header seen "<%[capture.req.hdr(0)]><%[capture.req.hdr(1)]>"',
  ]);
  expect(rules.request('GET / HTTP/1.1\nX: one\nx: second\n\n').head.at(-1)).toBe('seen: <sec><>');
});

test('rules fill slots, in the backend by their ids, and later phases read them', async () => {
  const rules = await made(
    ['declare capture request len 4', 'http-request capture path len 2', 'declare capture response len 10', 'http-response set-header got "%[capture.req.hdr(0)]-%[capture.req.hdr(1)]-%[capture.res.hdr(0)]"'],
    ['http-request capture method id 0', 'http-request capture method id 9', 'http-response capture status id 0'],
  );
  rules.request('DELETE /path HTTP/1.1\n\n');
  expect(rules.response('HTTP/1.1 404 No\n\n').head.at(-1)).toBe('got: DELE-/p-404');
  // The next request starts afresh.
  rules.request('GET * HTTP/1.1\n\n', { requests: 2 });
  expect(rules.response('HTTP/1.1 200 OK\n\n', { requests: 2 }).head.at(-1)).toBe('got: GET--200');
});

test('headers of the response are captured before its rules', async () => {
  const rules = await made(['capture response header Server len 20', 'http-response set-header got %[capture.res.hdr(0)]'], ['http-response del-header server']);
  expect(rules.response('HTTP/1.1 200 OK\nServer: x\n\n').head).toEqual(['HTTP/1.1 200 OK', 'got: x']);
});

test('log-format aliases show captures, cookies and the unique id', async () => {
  const rules = await made([
    'capture request header X len 10', 'capture request header Y len 10', 'capture response header Z len 10', 'capture cookie SESS len 9', 'unique-id-format id-%ci',
    'http-request set-header r "%hr %hrl %CC %ID"', 'http-response set-header s "%hr %hs %hsl %CC %CS %ID"',
  ]);
  expect(rules.request('GET / HTTP/1.1\nX: a|b\nCookie: a=b; SESSION=1234\n\n').head.at(-1)).toBe('r: {a#7Cb|} a#7Cb - SESSION=1 id-192.0.2.7');
  expect(rules.response('HTTP/1.1 200 OK\nZ: z\nSet-Cookie: a=b\nSet-Cookie: SESS=x; path=/\n\n').head.at(-1)).toBe('s: {a#7Cb|} {z} z SESSION=1 SESS=x id-192.0.2.7');
});

test('without captures there is nothing to show', async () => {
  const rules = await made(['http-request set-header r "<%hr><%hs>%CC<%ID>"']);
  expect(rules.request('GET / HTTP/1.1\n\n').head.at(-1)).toBe('r: <><><>');
});

import { describe, expect, test } from '@jest/globals';
import { parseBody, parseHead, requestBytes, valuesOf, type ResponseHead } from '../../../src/backends/check/http_message.js';

const head = (text: string): ResponseHead => parseHead(text) as ResponseHead;

describe('parseHead', () => {
  test('status, reason, headers, and where they stand', () => {
    const text = 'HTTP/1.1 404 Not Found\r\nA:  b \r\nc:\r\n\r\nbody';
    expect(head(text)).toEqual({
      status: 404, reason: 'Not Found', version: 1, length: text.length - 4, reasonAt: 13,
      headers: [{ name: 'A', value: 'b', nameAt: 24, valueAt: 28 }, { name: 'c', value: '', nameAt: 32, valueAt: 34 }],
    });
    expect(head('HTTP/1.0 200\n\n')).toMatchObject({ status: 200, reason: '', version: 0, length: 14 });
  });

  test('every beginning of a head asks for more', () => {
    const text = 'HTTP/1.1 200 OK\r\nA: b\r\n\r\n';
    for (let n = 0; n < text.length; n++) expect(parseHead(text.slice(0, n))).toBe('more');
  });

  test.each([
    'HTTQ', 'hello\r\n\r\n', 'HTTP/2 200\r\n\r\n', 'HTTP/1.1 20 x\r\n\r\n', 'HTTP/1.1 200x\r\n\r\n', 'HTTP/1.1 200 OK\r\nA b: c\r\n\r\n', 'HTTP/1.1 200 OK\r\nnothing\r\n\r\n',
    'HTTP/1.1 200 OK\r\n: x\r\n\r\n', 'HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n',
  ])('refuses %j', (text) => expect(parseHead(text)).toBeNull());
});

describe('parseBody', () => {
  const body = (text: string, ended = false, method = 'GET') => parseBody(head(text), text, ended, method);

  test('by its length, by chunks, by the end of the connection', () => {
    expect(body('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd')).toEqual({ text: 'abc', whole: true });
    expect(body('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab')).toEqual({ text: 'ab', whole: false });
    expect(body('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n')).toEqual({ text: 'abcde', whole: true });
    expect(body('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab')).toEqual({ text: 'ab', whole: false });
    expect(body('HTTP/1.1 200 OK\r\n\r\nab')).toEqual({ text: 'ab', whole: false });
    expect(body('HTTP/1.1 200 OK\r\n\r\nab', true)).toEqual({ text: 'ab', whole: true });
  });

  test('none, whatever the head says', () => {
    const none = { text: '', whole: true };
    expect(body('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', false, 'HEAD')).toEqual(none);
    for (const status of [101, 204, 304]) expect(body(`HTTP/1.1 ${status} x\r\n\r\n`)).toEqual(none);
  });

  test.each(['Content-Length: 3\r\nContent-Length: 4', 'Content-Length: x', 'Content-Length: -1'])('broken framing: %s', (line) => {
    expect(body(`HTTP/1.1 200 OK\r\n${line}\r\n\r\nabc`)).toBeNull();
  });

  test.each(['zz\r\nabc', '3\r\nabcd\r\n', '3 x\r\nabc'])('broken chunks: %j', (chunks) => {
    expect(body(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`)).toBeNull();
  });

  test('each beginning of chunks is a beginning of the body', () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
    for (let n = text.indexOf('\r\n\r\n') + 4; n < text.length; n++) expect('abcde'.startsWith(body(text.slice(0, n))?.text ?? 'x')).toBe(true);
  });
});

test('valuesOf: without case, all of them', () => {
  expect(valuesOf(head('HTTP/1.1 200 OK\r\nA: 1\r\nb: 2\r\na: 3\r\n\r\n'), 'a')).toEqual(['1', '3']);
});

test('requestBytes: binary bodies keep their bytes', () => {
  const bytes = requestBytes({ method: 'PUT', uri: '/', version: 'HTTP/1.0', headers: [], body: '\xff\0' });
  expect(bytes.toString('latin1')).toBe('PUT / HTTP/1.0\r\ncontent-length: 2\r\n\r\n\xff\0');
});

import { describe, expect, test } from '@jest/globals';
import { checkRawResponse } from '../../src/config/raw_response.js';

describe('complete responses from files', () => {
  test('nothing stays nothing', () => {
    expect(checkRawResponse('')).toBe('');
  });

  test('line ends of the head become CRLF, the body is left alone', () => {
    expect(checkRawResponse('HTTP/1.0 503 Down\nA: b\nContent-Length: 4\n\na\nb\n')).toBe('HTTP/1.0 503 Down\r\nA: b\r\nContent-Length: 4\r\n\r\na\nb\n');
  });

  test('a missing length is added, in bytes', () => {
    expect(checkRawResponse('HTTP/1.1 404 Not Found\r\n\r\n\xc3\xa9')).toBe('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n\xc3\xa9');
  });

  test.each([
    ['foo', 'its head has no end'],
    ['HTTP/1.0 503 Down\nA: b\n', 'its head has no end'],
    ['503 Down\n\n', "'503 Down' is not a status line"],
    ['HTTP/1.0 5033 Down\n\n', 'is not a status line'],
    ['HTTP/1.0 503 Down\n folded: x\n\n', 'is not a header field'],
    ['HTTP/1.0 503 Down\nno colon\n\n', 'is not a header field'],
    ['HTTP/1.0 503 Down\na: \x01\n\n', 'is not a header field'],
    ['HTTP/1.0 503 Down\nContent-Length: 5\n\nabc', 'its Content-Length is 5, but its body has 3 bytes'],
    ['HTTP/1.0 503 Down\nTransfer-Encoding: chunked\n\n0\r\n\r\n', 'it is chunked'],
  ])('%j is refused', (contents, problem) => {
    expect(checkRawResponse(contents)).toEqual({ problem: expect.stringContaining(problem), advice: expect.any(String) });
  });
});

import { expect, test } from '@jest/globals';
import { builtinError, ERROR_STATUSES, rawResponse, reasonPhrase } from '../../src/core/response.js';

test.each([400, 401, 403, 404, 405, 407, 408, 410, 413, 422, 425, 429, 500, 501, 502, 503, 504])('%d has a built-in response', (status) => {
  expect(ERROR_STATUSES).toContain(status);
});

test('built-in responses are complete messages of their length', () => {
  for (const status of ERROR_STATUSES) {
    const [head = '', body = ''] = builtinError(status).split('\r\n\r\n');
    const lines = head.split('\r\n');
    expect(lines[0]).toBe(`HTTP/1.1 ${status} ${reasonPhrase(status)}`);
    expect(lines.slice(1)).toEqual([`content-length: ${body.length}`, 'cache-control: no-cache', 'content-type: text/html']);
    expect(body).toMatch(/^<html><body><h1>.*<\/h1>\n\S.*\.\n<\/body><\/html>\n$/);
  }
});

test('a raw response has its headers in their order', () => {
  expect(rawResponse(204, [['a', '1'], ['b', '2']], '')).toBe('HTTP/1.1 204 No Content\r\na: 1\r\nb: 2\r\n\r\n');
});

test.each([[299, 'Success'], [399, 'Redirection'], [499, 'Client Error'], [599, 'Server Error'], [199, 'Informational'], [999, 'Other']])('%d without a name of its own is %s', (status, reason) => {
  expect(reasonPhrase(status)).toBe(reason);
});

import { describe, expect, test } from '@jest/globals';
import { pageAddress, pageOptions } from '../../../src/core/statistics/options.js';

const PLAIN = { format: 'html', norefresh: false, servers: 'all', scope: '', result: null };

describe('what an address asks for', () => {
  test.each([
    ['', {}], [';csv', { format: 'csv' }], ['?;csv;scope=b1', { format: 'csv', scope: 'b1' }], [';json;norefresh', { format: 'json', norefresh: true }],
    [';json-schema', { format: 'json-schema' }], [';typed', { format: 'typed' }], [';live;up', { format: 'live', servers: 'up' }], [';no-maint', { servers: 'no-maint' }],
    [';st=DONE;up?scope=x', { result: 'DONE', servers: 'up', scope: 'x' }], [';st=<b>x', {}], ['?scope=%3Cscript%3E', { scope: 'script' }], ['?scope=%', {}],
    [`?scope=${'x'.repeat(50)}`, { scope: 'x'.repeat(20) }], ['&scope=a\r\nb', { scope: 'ab' }],
  ])('%j', (rest, expected) => {
    expect(pageOptions(rest)).toEqual({ ...PLAIN, ...expected });
  });

  test('addresses of the same page', () => {
    expect(pageAddress('/', { result: 'DONE', servers: 'up', norefresh: true, scope: 'b1' })).toBe('/;st=DONE;up;norefresh?scope=b1');
    expect(pageAddress('/haproxy?stats', { format: 'csv', scope: 'b1' })).toBe('/haproxy?stats;csv&scope=b1');
    expect(pageAddress('/s', {})).toBe('/s');
  });
});

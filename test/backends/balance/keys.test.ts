import { describe, expect, test } from '@jest/globals';
import { firstValue, mainDomain } from '../../../src/backends/balance/hdr.js';
import { numberHash, textHash } from '../../../src/backends/balance/hash_type.js';
import { uriPart, uriText } from '../../../src/backends/balance/uri.js';
import { parameter } from '../../../src/backends/balance/url_param.js';
import { routedTo } from '../../../src/core/rdp_persistence.js';
import { HASH } from '../model.js';

describe('uri', () => {
  test.each([
    ['', '/a/b?c', '/a/b'], ['whole', '/a/b?c', '/a/b?c'], ['len 3', '/a/b?c', '/a/'], ['depth 1', '/a/b/c', '/a'], ['depth 2', '/a/b/c', '/a/b'],
    ['depth 9', '/a/b/c?d', '/a/b/c'], ['whole depth 2', '/a?b/c/d', '/a?b/c'], ['path-only', 'http://h/a?b', '/a'], ['path-only len 2', 'http://h/abc', '/a'],
    ['', 'http://h/a?b', 'http://h/a'],
  ])('balance uri %s: %s', (args, uri, expected) => {
    expect(uriText(uri, uriPart({ algorithm: 'uri', args: args.split(' ') }))).toBe(expected);
  });
  test('path-only of a target without a path is no key', () => expect(uriText('*', uriPart({ algorithm: 'uri', args: ['path-only'] }))).toBeUndefined());
});

test.each([
  ['id=1&b=2', 'id', '1'], ['b=2&id=', 'id', ''], ['xid=3&id=4', 'id', '4'], ['id&id=5', 'id', '5'], ['', 'id', undefined], ['idx=1', 'id', undefined],
])('parameter: %s', (text, name, expected) => expect(parameter(text, name)).toBe(expected));

test.each([['a, b', 'a'], ['"a,b", c', '"a,b"'], ['  x ', 'x'], ['"a\\",b",c', '"a\\",b"'], ['', '']])('first value of %j', (text, expected) => expect(firstValue(text)).toBe(expected));
test.each([['haproxy.1wt.eu', '1wt'], ['www.haproxy.org', 'haproxy'], ['x.com', 'x'], ['plain', 'plain'], ['10.0.0.1', '0']])('domain of %s', (host, expected) => expect(mainDomain(host)).toBe(expected));

test.each([['17', 17], [' 42x', 42], ['-1', 2 ** 32 - 1], ['4294967297', 1], ['x', 0]])('hash-type none: %j', (text, expected) => {
  expect(textHash({ ...HASH, hash: 'none' })(text)).toBe(expected);
});
test('only the modifier applies to numbers', () => {
  expect(numberHash({ ...HASH, hash: 'crc32' })(77)).toBe(77);
  expect(numberHash({ ...HASH, avalanche: true })(77)).not.toBe(77);
});

// [MS-RDPBCGR] has this token for 10.0.0.217:3389.
test.each([['3640655882.15629.0000', '10.0.0.217:3389'], ['16777343.36895.0000', '127.0.0.1:8080'], ['4294967296.1.0', undefined], ['1.70000.0', undefined], ['x', undefined]])('routing token %s', (token, expected) => {
  expect(routedTo(token)).toBe(expected);
});

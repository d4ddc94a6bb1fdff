import { expect, test } from '@jest/globals';
import { NORMALIZERS } from '../../src/core/normalize_uri.js';

// The manual's examples first, then its corners.
test.each<[string, boolean, string, string | null]>([
  ['fragment-encode', false, '/#foo', '/%23foo'], ['fragment-encode', false, '/a?b#c#d', '/a?b%23c%23d'],
  ['fragment-strip', false, '/#foo', '/'], ['fragment-strip', false, '/a?b#c?d', '/a?b'],
  ['path-strip-dot', false, '/.', '/'], ['path-strip-dot', false, '/./bar/', '/bar/'], ['path-strip-dot', false, '/a/./a', '/a/a'],
  ['path-strip-dot', false, '/.well-known/', '/.well-known/'], ['path-strip-dot', false, '/a/.?/./', '/a/?/./'], ['path-strip-dot', false, '/', '/'],
  ['path-strip-dotdot', false, '/foo/../', '/'], ['path-strip-dotdot', false, '/foo/../bar/', '/bar/'], ['path-strip-dotdot', false, '/foo/bar/../', '/foo/'],
  ['path-strip-dotdot', false, '/../bar/', '/../bar/'], ['path-strip-dotdot', false, '/bar/../../', '/../'], ['path-strip-dotdot', false, '/foo//../', '/foo/'],
  ['path-strip-dotdot', false, '/foo/%2E%2E/', '/foo/%2E%2E/'], ['path-strip-dotdot', true, '/../bar/', '/bar/'], ['path-strip-dotdot', true, '/bar/../../', '/'],
  ['path-strip-dotdot', false, '/foo/..', '/'], ['path-strip-dotdot', false, '/a/b/..?/../x', '/a/?/../x'], ['path-strip-dotdot', true, '/..', '/'], ['path-strip-dotdot', false, '/..', '/../'],
  ['path-strip-dotdot', false, '/../../a/../b', '/../../b'],
  ['path-merge-slashes', false, '//', '/'], ['path-merge-slashes', false, '/foo//bar', '/foo/bar'], ['path-merge-slashes', false, '///a//?b//c', '/a/?b//c'],
  ['percent-decode-unreserved', false, '/%61dmin', '/admin'], ['percent-decode-unreserved', false, '/foo%3Fbar=baz', '/foo%3Fbar=baz'],
  ['percent-decode-unreserved', false, '/%%36%36', '/%66'], ['percent-decode-unreserved', false, '/%ZZ', '/%ZZ'], ['percent-decode-unreserved', false, '/%7e?%2d%20', '/~?-%20'],
  ['percent-decode-unreserved', true, '/%%36%36', null], ['percent-decode-unreserved', true, '/%ZZ', null], ['percent-decode-unreserved', true, '/a%4', null],
  ['percent-to-uppercase', false, '/%6f', '/%6F'], ['percent-to-uppercase', false, '/%zz', '/%zz'], ['percent-to-uppercase', true, '/%zz', null], ['percent-to-uppercase', true, '/%6f?%aa', '/%6F?%AA'],
  ['query-sort-by-name', false, '/?c=3&a=1&b=2', '/?a=1&b=2&c=3'], ['query-sort-by-name', false, '/?aaa=3&a=1&aa=2', '/?a=1&aa=2&aaa=3'],
  ['query-sort-by-name', false, '/?a=3&b=4&a=1&b=5&a=2', '/?a=3&a=1&a=2&b=4&b=5'], ['query-sort-by-name', false, '/b?', '/b?'], ['query-sort-by-name', false, '/', '/'],
])('%s (option %p) of %s', (name, option, from, to) => {
  expect(NORMALIZERS[name]!.make(option)(from)).toBe(to);
});

import { expect, test } from '@jest/globals';
import { authority, pathEnd, pathStart } from '../../src/core/target.js';

test.each([
  ['/a/b?c#d', '/a/b', undefined], ['/', '/', undefined], ['//h/x', '//h/x', undefined], ['*', undefined, undefined], ['h:443', undefined, undefined],
  ['http://h/a?b', '/a', 'h'], ['http://u:p@h:8/a', '/a', 'h:8'], ['http://h', undefined, 'h'], ['http://h?a/b', undefined, 'h'], ['http://[::1]:8/', '/', '[::1]:8'], ['/x?u=http://h/y', '/x', undefined],
  ['x/http://h/a', '/a', 'h'],
])('%s has the path %s and the authority %s', (target, path, host) => {
  const start = pathStart(target);
  expect(start < 0 ? undefined : target.slice(start, pathEnd(target, start))).toBe(path);
  expect(authority(target)).toBe(host);
});

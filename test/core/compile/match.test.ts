import { describe, expect, test } from '@jest/globals';
import { matches } from '../../../src/core/compile/match/index.js';
import { parseIp } from '../../../src/core/ip.js';
import type { Value } from '../../../src/core/row.js';

const check = (method: string, patterns: readonly string[], value: Value, ignoreCase = false): boolean => matches[method]!.compile(patterns, ignoreCase)(value);

test.each<[string, string[], string, boolean]>([
  ['str', ['a', 'b'], 'b', true], ['str', ['a'], 'A', false], ['str', ['a', 'b'], 'ab', false], ['str', [], '', false],
  ['beg', ['/static', '/img'], '/img/x', true], ['beg', ['/img'], '/im', false], ['beg', [''], 'x', true],
  ['end', ['.gif', '.png'], 'x.png', true], ['end', ['.gif'], '.gi', false],
  ['sub', ['ell'], 'hello', true], ['sub', ['elo'], 'hello', false],
  ['dir', ['images'], '/x/images/y', true], ['dir', ['png'], '/images/pngs', false], ['dir', ['/images/png/'], '/images/png/logo/32x32.png', true],
  ['dir', ['32x32'], '/images/png/logo/32x32.png', false], ['dir', ['logo/32x32.png'], '/images/png/logo/32x32.png', true], ['dir', ['a'], '/aa/a', true],
  ['dom', ['dc-eu'], 'http://www1.dc-eu.example.com:80/blah', true], ['dom', ['.www1'], 'http://www1.dc-eu.example.com:80/blah', true],
  ['dom', ['dc-eu.example:80'], 'http://www1.dc-eu.example:80/blah', true], ['dom', ['eu'], 'http://www1.dc-eu.example.com:80/blah', false],
  ['dom', ['dc'], 'http://www1.dc-eu.example.com:80/blah', false], ['dom', [':www1:'], 'http://www1.dc-eu', true], ['dom', ['...'], 'a...b', false],
  ['reg', ['^/a[0-9]+$', 'z'], '/a12', true], ['reg', ['^/a[0-9]+$'], '/a', false], ['reg', ['^[[:alpha:]]+$'], 'abC', true], ['reg', ['(?i)ABC'], 'xabcx', true],
  ['len', ['2:3', '7:'], 'abc', true], ['len', ['2:3', '7:'], 'abcd', false], ['len', [':0'], '', true],
])('%s %j of %j is %s', (method, patterns, value, expected) => {
  expect(check(method, patterns, value)).toBe(expected);
});

test.each(['str', 'beg', 'end', 'sub', 'dir', 'dom', 'reg'])('%s ignores the case if told to', (method) => {
  expect(check(method, ['WWW'], 'www', true)).toBe(true);
  expect(check(method, ['WWW'], 'www', false)).toBe(false);
  // Bytes above 127 are no letters: they are compared as they are.
  expect(check(method, ['\xc9'], '\xe9', true)).toBe(false);
});

test.each([
  [['5:5'], 5, true], [['5:5'], 6, false], [['6:'], 5, false], [['6:'], 6, true], [[':4'], 4, true], [[':4'], 5, false], [['1:3', '2:9', '20:30'], 8, true],
  [['1:3', '2:9', '20:30'], 10, false], [['1:3', '2:9', '20:30'], 25, true], [['9:1'], 5, false], [[':'], -7, true], [['-5:-3'], -4, true],
])('int %j of %d is %s', (patterns, value, expected) => {
  expect(check('int', patterns, value)).toBe(expected);
});

describe('ip', () => {
  test.each([
    [['10.0.0.12/8'], '10.255.0.1', true], [['10.0.0.0/8'], '11.0.0.1', false], [['192.168.0.1/32'], '192.168.0.1', true], [['0.0.0.0/0'], '8.8.8.8', true],
    [['2001:db8::/33'], '2001:db8:7fff::1', true], [['2001:db8::/33'], '2001:db8:8000::1', false], [['::1/128'], '::1', true],
    [['10.0.0.0/8'], '::ffff:10.1.2.3', true], [['10.0.0.0/8'], '2002:0a01:0203::1', true], [['10.0.0.0/8'], '::10.1.2.3', true], [['10.0.0.0/8'], '2001:a01:203::1', false],
    [['::ffff:0:0/96'], '1.2.3.4', true], [['2001::/16'], '1.2.3.4', false], [['10.0.0.0/8', '10.1.0.0/16', '172.16.0.0/12'], '172.31.9.9', true],
  ])('%j of %s is %s', (patterns, address, expected) => {
    expect(check('ip', patterns, parseIp(address)!)).toBe(expected);
  });
});

test('bin compares bytes, bool looks at no pattern', () => {
  expect(check('bin', ['48656c6c6f'], { bin: 'Hello' })).toBe(true);
  expect(check('bin', ['48'], { bin: 'Hello' })).toBe(false);
  expect(check('bool', [], 0)).toBe(false);
  expect(check('bool', [], 2)).toBe(true);
  expect(check('found', [], '')).toBe(true);
});

test('large lists give the same as small ones', () => {
  const names = Array.from({ length: 5000 }, (_unused, i) => `name-${i}-${'x'.repeat(i % 17)}`);
  for (const [method, value] of [['str', names[4321]!], ['beg', `${names[4321]}/rest`], ['end', `pre${names[4321]}`]] as const) {
    expect(check(method, names, value)).toBe(true);
    expect(check(method, names, 'other')).toBe(false);
  }
  const networks = Array.from({ length: 5000 }, (_unused, i) => `10.${i >> 8}.${i & 255}.0/24`);
  expect(check('ip', networks, parseIp('10.19.135.7')!)).toBe(true);
  expect(check('ip', networks, parseIp('10.19.136.7')!)).toBe(false);
  const ranges = Array.from({ length: 5000 }, (_unused, i) => `${i * 10}:${i * 10 + 4}`);
  expect(check('int', ranges, 43214)).toBe(true);
  expect(check('int', ranges, 43215)).toBe(false);
});

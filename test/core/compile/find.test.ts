import { describe, expect, test } from '@jest/globals';
import { matchMethod } from '../../../src/config/pattern.js';
import { finders } from '../../../src/core/compile/match/find.js';
import { parseIp } from '../../../src/core/ip.js';
import type { Value } from '../../../src/core/row.js';

/** Which of the patterns, as a configuration writes them, a value matches. */
function find(method: string, patterns: readonly string[], value: Value): string | undefined {
  const normal = patterns.map((text) => {
    const result = matchMethod(method)!.parse(text, null, false);
    if (!('pattern' in result)) throw new Error(`bad pattern ${text}`);
    return result.pattern;
  });
  return patterns[finders[method]!.compile(normal)(value)];
}

test.each<[string, readonly string[], Value, string | undefined]>([
  ['str', ['a', 'b', 'a'], 'a', 'a'], ['str', ['a'], 'ab', undefined], ['str', [], '', undefined],
  ['beg', ['com', 'com.ex', 'c'], 'com.example', 'com.ex'], ['beg', ['com.ex'], 'com', undefined], ['beg', ['', 'x'], 'abc', ''],
  ['end', ['c', 'bc'], 'abc', 'c'], ['end', ['bc', 'c'], 'abc', 'bc'], ['end', ['x'], 'abc', undefined],
  ['sub', ['bcd', 'bc', 'c'], 'abcx', 'bc'], ['sub', ['he', 'she', 'his', 'hers'], 'ushers', 'he'], ['sub', ['hers', 'she'], 'ushers', 'hers'], ['sub', ['x'], 'abc', undefined], ['sub', ['abab'], 'ababa', 'abab'],
  ['dir', ['b', 'a/b'], '/a/b/c', 'b'], ['dir', ['/a/b/'], '/x/a/b', '/a/b/'], ['dir', ['a'], '/ab/ba', undefined], ['dom', ['example'], 'www.example.com', 'example'], ['dom', ['xample'], 'www.example.com', undefined],
  ['reg', ['^b', 'a+', 'a'], 'xaa', 'a+'], ['reg', ['^b'], 'ab', undefined],
  ['int', ['1', '5:10', '7', ':0', '100:'], 7, '5:10'], ['int', ['1', '5:10', '7', ':0', '100:'], -3, ':0'], ['int', ['7', '5:10'], 7, '7'], ['int', ['7', '5:10'], 8, '5:10'], ['int', ['100:'], 2n ** 60n, '100:'], ['int', ['5:10'], 11, undefined], ['int', ['1:9', '3:4'], 9, '1:9'],
  ['ip', ['0.0.0.0/0', '10.0.0.0/8', '10.1.2.3'], parseIp('10.1.2.3')!, '10.1.2.3'], ['ip', ['0.0.0.0/0', '10.0.0.0/8'], parseIp('10.9.9.9')!, '10.0.0.0/8'], ['ip', ['10.0.0.0/8'], parseIp('::ffff:10.1.1.1')!, '10.0.0.0/8'], ['ip', ['::ffff:10.0.0.0/104'], parseIp('10.1.1.1')!, '::ffff:10.0.0.0/104'], ['ip', ['2001:db8::/32'], parseIp('2001:db9::')!, undefined],
])('%s among %j: %j', (method, patterns, value, expected) => {
  expect(find(method, patterns, value)).toBe(expected);
});

/** Small numbers that are always the same. */
function* numbers(seed: number): Generator<number> {
  for (let value = seed; ;) yield (value = (value * 1103515245 + 12345) % 2 ** 31) >>> 8;
}

describe('what the indexes find is what a look at each pattern finds', () => {
  const draw = numbers(7);
  const word = (): string => Array.from({ length: 1 + (draw.next().value as number) % 4 }, () => 'ab/.'[(draw.next().value as number) % 4]).join('');
  const patterns = Array.from({ length: 60 }, word);
  const texts = Array.from({ length: 400 }, () => word() + word());
  const tests: Readonly<Record<string, (text: string, pattern: string) => boolean>> = {
    sub: (text, pattern) => text.includes(pattern), end: (text, pattern) => text.endsWith(pattern), str: (text, pattern) => text === pattern,
  };

  test.each(Object.keys(tests))('%s', (method) => {
    const index = finders[method]!.compile(patterns);
    expect(texts.map((text) => index(text))).toEqual(texts.map((text) => patterns.findIndex((pattern) => tests[method]!(text, pattern))));
  });

  test('int', () => {
    const ranges = Array.from({ length: 80 }, () => (draw.next().value as number) % 200).map((low, i) => `${low}:${low + (i * 7) % 40}`);
    const index = finders['int']!.compile(ranges);
    const holds = (range: string, value: number): boolean => value >= Number(range.split(':')[0]) && value <= Number(range.split(':')[1]);
    for (let value = -1; value < 260; value++) expect([value, index(value)]).toEqual([value, ranges.findIndex((range) => holds(range, value))]);
  });
});

test('a hundred thousand patterns of each kind', () => {
  const names = Array.from({ length: 100_000 }, (_unused, i) => `host-${i}.example`);
  for (const method of ['str', 'beg', 'end', 'sub', 'dom']) expect(names[finders[method]!.compile(names)('host-99999.example')]).toBe('host-99999.example');
  const networks = names.map((_name, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
  expect(finders['ip']!.compile(networks)(parseIp('10.1.134.159')!)).toBe(99_999);
  expect(finders['int']!.compile(names.map((_name, i) => `${i}:${i}`))(99_999)).toBe(99_999);
});

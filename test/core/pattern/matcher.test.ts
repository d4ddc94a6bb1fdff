import { describe, expect, test } from '@jest/globals';
import type { AclTest, PatternList } from '../../../src/config/model.js';
import { matchMethod } from '../../../src/config/pattern.js';
import { matches } from '../../../src/core/compile/match/index.js';
import { parseIp } from '../../../src/core/ip.js';
import { PatternMatcher } from '../../../src/core/pattern/matcher.js';
import { PatternReference } from '../../../src/core/pattern/reference.js';
import type { Value } from '../../../src/core/row.js';

function listOf(keys: readonly string[]): PatternList {
  return { id: 0, file: null, keys, keyed: false, uses: [] };
}

function made(method: string, keys: readonly string[], ignoreCase = false, special: AclTest['special'] = []) {
  const reference = new PatternReference(listOf(keys));
  const patterns = keys.map((key, at) => {
    const result = special.some(([, place]) => place === at) ? { pattern: '9:' } : matchMethod(method)!.parse(key, null, ignoreCase);
    return 'pattern' in result ? result.pattern : key;
  });
  const acl = { method, ignoreCase, patterns, special } as unknown as AclTest;
  const { matches: check } = new PatternMatcher(acl, matches[method]!, [reference]);
  return { reference, check };
}

const SAMPLES: Readonly<Record<string, { readonly keys: readonly string[]; readonly more: readonly string[]; readonly values: readonly Value[] }>> = {
  str: { keys: ['a', 'b', 'A', 'a'], more: ['c', 'B', 'a'], values: ['a', 'b', 'c', 'A', 'B', ''] },
  beg: { keys: ['/a', '/img/'], more: ['/a/b', '', '/c'], values: ['/a/b', '/imgx', '/c/d', 'x'] },
  end: { keys: ['.png', '.jpg'], more: ['g', '.gif'], values: ['a.png', 'b.gif', 'c.jpeg', 'x'] },
  sub: { keys: ['foo', 'bar'], more: ['o', 'zz'], values: ['afoob', 'ao', 'x', 'zz'] },
  dir: { keys: ['a', 'b'], more: ['c', 'a/c'], values: ['/a/x', '/x/c', '/ab', '/'] },
  dom: { keys: ['www', 'com'], more: ['example', 'org'], values: ['www.example.org', 'a.com', 'x', 'example.net'] },
  reg: { keys: ['^a', 'b$'], more: ['x+', '(?i)Q'], values: ['ab', 'xx', 'q', 'z'] },
  int: { keys: ['5', '10:20'], more: ['30:', '1.1'], values: [5, 15, 31, 65537, 7] },
  len: { keys: ['3'], more: ['5:6'], values: ['abc', 'abcde', 'ab', ''] },
  ip: { keys: ['10.0.0.0/8', '2001:db8::/32'], more: ['192.0.2.1', '10.1.0.0/16'], values: ['10.2.3.4', '192.0.2.1', '2001:db8::1', '1.1.1.1'].map((text) => parseIp(text)!) },
};

describe.each(Object.entries(SAMPLES))('%s', (method, { keys, more, values }) => {
  /** What a matcher that was made with these patterns says. */
  const fresh = (patterns: readonly string[], ignoreCase: boolean): boolean[] => values.map(made(method, patterns, ignoreCase).check);

  test.each([false, true])('changed lists match as lists that were so from the start; case ignored: %s', (ignoreCase) => {
    const { reference, check } = made(method, keys, ignoreCase);
    expect(values.map(check)).toEqual(fresh(keys, ignoreCase));
    let now = [...keys];
    const step = (patterns: readonly string[], change: Parameters<PatternReference['apply']>[0]): void => {
      expect(reference.apply(change)).toBe(true);
      now = [...patterns];
      expect([change, values.map(check)]).toEqual([change, fresh(now, ignoreCase)]);
    };
    for (const key of more) step([...now, key], { op: 'add', key, value: '' });
    for (const key of [...new Set([...more, ...keys])]) step(now.filter((other) => other !== key), { op: 'del', key });
    expect(reference.apply({ op: 'del', key: keys[0]! })).toBe(false);
    step(keys, { op: 'replace', entries: keys.map((key) => [key, '']) });
    step([], { op: 'replace', entries: [] });
    for (let i = 0; i < 200; i++) reference.apply({ op: 'add', key: keys[0]!, value: '' });
    expect(values.map(check)).toEqual(fresh([keys[0]!], ignoreCase));
  });
});

test('a pattern behind a comparison keeps its meaning when others change', () => {
  const { reference, check } = made('int', ['gt 8', '3'], false, [['gt 8', 0]]);
  reference.apply({ op: 'add', key: '5', value: '' });
  reference.apply({ op: 'del', key: '3' });
  expect([3, 5, 8, 9].map(check)).toEqual([false, true, false, true]);
});

test('100,000 strings: a change costs nothing that grows with the list', () => {
  const keys = Array.from({ length: 100_000 }, (_unused, i) => `key${i}`);
  const { reference, check } = made('str', keys);
  for (let i = 0; i < 1000; i++) {
    reference.apply({ op: 'add', key: `new${i}`, value: '' });
    expect(check(`new${i}`)).toBe(true);
    reference.apply({ op: 'del', key: `key${i}` });
    expect(check(`key${i}`)).toBe(false);
  }
  expect(reference.size).toBe(100_000);
});

/** Lists of 100,000 patterns: how many steps a look-up takes, whatever the length of the list. */
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { matches } from '../../../../src/core/compile/match/index.js';
import { RegexList } from '../../../../src/core/compile/match/regex_list.js';
import { Trie } from '../../../../src/core/compile/match/trie.js';
import { parseIp } from '../../../../src/core/ip.js';
import type { Value } from '../../../../src/core/row.js';

const COUNT = 100_000;
const names = Array.from({ length: COUNT }, (_, i) => `host-${i.toString(36)}.example`);
type Check = (value: Value) => boolean;

afterEach(() => void jest.restoreAllMocks());

/** Steps in trees that a look-up takes. */
function steps(check: Check, value: Value): { found: boolean; steps: number } {
  const spy = jest.spyOn(Trie.prototype, 'step');
  const found = check(value);
  const { length } = spy.mock.calls;
  spy.mockRestore();
  return { found, steps: length };
}

describe.each(['beg', 'end', 'sub', 'dir', 'dom'])('%s', (method) => {
  let check: Check;
  beforeAll(() => {
    check = matches[method]!.compile(names, false);
  });

  // An automaton steps back no more often than it has stepped forward.
  test.each([['host-255r.example', true], ['host-.example', false], [`${'host-'.repeat(200)}x`, false]])('%s', (text, expected) => {
    const result = steps(check, text);
    expect(result.found).toBe(expected);
    expect(result.steps).toBeLessThanOrEqual(2 * text.length + 2);
  });
});

describe('str and bin', () => {
  test.each([['str', names[77_777]!, 'host-'], ['bin', { bin: '\x01\x02\x03' }, { bin: '\xff' }]])('%s looks once', (method, present, absent) => {
    const patterns = method === 'str' ? names : Array.from({ length: COUNT }, (_, i) => i.toString(16).padStart(6, '0')).concat('010203');
    const check = matches[method]!.compile(patterns, false);
    const has = jest.spyOn(Set.prototype, 'has');
    expect([check(present), check(absent)]).toEqual([true, false]);
    expect(has).toHaveBeenCalledTimes(2);
  });
});

describe('ip', () => {
  const address = (i: number): string => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
  const mixed = Array.from({ length: COUNT }, (_, i) => (i % 2 === 0 ? `${address(i)}/${8 + (i % 25)}` : `2001:db8:${i.toString(16).padStart(5, '0').slice(1)}::/${32 + (i % 97)}`));

  test.each([['10.1.2.3', true, 33], ['192.0.2.1', false, 33 + 129], ['2001:db8:777::1', true, 129], ['fe80::1', false, 129]])('%s', (text, expected, most) => {
    const check = matches['ip']!.compile(mixed, false);
    const get = jest.spyOn(Map.prototype, 'get');
    const found = check(parseIp(text)!);
    expect(get.mock.calls.length).toBeLessThanOrEqual(most);
    expect(found).toBe(expected);
  });
});

describe('int and len', () => {
  const ranges = Array.from({ length: COUNT }, (_, i) => `${i * 10}:${i * 10 + 4}`);

  test.each([[777_774, true], [777_775, false], [-1, false], [10_000_000, false]])('%i is compared a few times', (value, expected) => {
    const check = matches['int']!.compile(ranges, false);
    let compared = 0;
    const counting = {
      valueOf(): number {
        compared++;
        return value;
      },
    };
    expect(check(counting as unknown as Value)).toBe(expected);
    // Two comparisons for each halving.
    expect(compared).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(COUNT)) + 2);
  });

  test('len is the same search', () => {
    expect(matches['len']!.compile(ranges, false)('x'.repeat(1233))).toBe(true);
    expect(matches['len']!.compile(ranges, false)('x'.repeat(1235))).toBe(false);
  });
});

describe('reg', () => {
  const patterns = names.slice(0, 5000).map((name) => `^[^/]*${name.replace(/\./g, '\\.')}(?::[0-9]+)?$`);

  test('only expressions whose literal stands in the value are run', () => {
    const list = new RegexList([...patterns, '^[0-9]+$', 'Q|y'], false);
    for (const [text, place, runs] of [['www.host-3f3.example:80', 4431, 3], ['www.other.example', -1, 2], ['12345', 5000, 1], ['y', 5001, 2]] as const) {
      const before = list.runs;
      expect([text, list.first(text)]).toEqual([text, place]);
      expect(list.runs - before).toBeLessThanOrEqual(runs);
    }
  });

  test('the case may be ignored, by the list or by a pattern', () => {
    const list = new RegexList(['(?i)AbC[0-9]', 'Def[0-9]', 'zz1', 'zz2', 'zz3', 'zz4'], false);
    expect([list.first('ABC1'), list.first('def1'), list.first('Def1'), list.first('zz3 Def1')]).toEqual([0, -1, 1, 1]);
    const caseless = new RegexList(['AbC[0-9]', 'Def[0-9]', 'zz1', 'zz2', 'zz3', 'zz4'], true);
    expect([caseless.first('abc1'), caseless.first('dEF1'), caseless.first('ZZ4'), caseless.first('zz')]).toEqual([0, 1, 5, -1]);
  });
});

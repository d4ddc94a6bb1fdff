import { describe, expect, test } from '@jest/globals';
import { parseIp } from '../../../src/core/ip.js';
import { MapLookup } from '../../../src/core/pattern/map_lookup.js';
import { PatternReference } from '../../../src/core/pattern/reference.js';
import type { Value } from '../../../src/core/row.js';

function made(method: string, lines: readonly (readonly [string, string])[]) {
  const text = lines.map(([key, value]) => `${key} ${value}\n`).join('');
  const reference = new PatternReference({ id: 0, file: { file: 'm', text }, keys: [], keyed: true, uses: [] });
  const lookup = new MapLookup(reference, method, ({ value }) => value);
  return { reference, find: (value: Value): Value | undefined => lookup.find(value)?.value };
}

const ip = (text: string): Value => parseIp(text)!;

const SAMPLES: Readonly<Record<string, { readonly lines: readonly (readonly [string, string])[]; readonly more: readonly (readonly [string, string])[]; readonly values: readonly Value[] }>> = {
  str: { lines: [['a', '1'], ['b', '2'], ['a', '3']], more: [['c', '4'], ['a', '5']], values: ['a', 'b', 'c', 'd'] },
  beg: { lines: [['/a', '1'], ['/', '2']], more: [['/a/b', '3'], ['/x', '4']], values: ['/a/b/c', '/a', '/xy', 'n'] },
  ip: { lines: [['10.0.0.0/8', '1'], ['0.0.0.0/0', '2']], more: [['10.1.0.0/16', '3'], ['2001:db8::/32', '4']], values: ['10.1.2.3', '10.2.3.4', '1.1.1.1', '2001:db8::1'].map(ip) },
  sub: { lines: [['foo', '1'], ['o', '2']], more: [['bar', '3'], ['f', '4']], values: ['foo', 'o', 'bar', 'x', 'f'] },
  reg: { lines: [['^a', '1'], ['b', '2']], more: [['c$', '3'], ['a', '4']], values: ['ab', 'b', 'c', 'xa', 'z'] },
  int: { lines: [['1:5', '1'], ['3:9', '2']], more: [['9:12', '3'], ['4', '4']], values: [1, 4, 8, 11, 20] },
};

describe.each(Object.entries(SAMPLES))('%s', (method, { lines, more, values }) => {
  test('changed maps give what maps would that were so from the start', () => {
    const { reference, find } = made(method, lines);
    let now = [...lines];
    const same = (): void => expect(values.map(find)).toEqual(values.map(made(method, now).find));
    same();
    for (const [key, value] of more) {
      reference.apply({ op: 'add', key, value });
      now = [...now, [key, value]];
      same();
    }
    const [[first] = ['']] = now;
    reference.apply({ op: 'set', key: first, value: 'new' });
    now = now.map(([key, value]) => [key, key === first ? 'new' : value]);
    same();
    reference.apply({ op: 'del', key: first });
    now = now.filter(([key]) => key !== first);
    same();
    reference.apply({ op: 'replace', entries: more });
    now = [...more];
    same();
  });
});

test('what is not there can be neither set nor deleted', () => {
  const { reference } = made('str', [['a', '1']]);
  expect([reference.apply({ op: 'set', key: 'x', value: '' }), reference.apply({ op: 'del', key: 'x' })]).toEqual([false, false]);
});

import { describe, expect, test } from '@jest/globals';
import { canCast, castFor, clampInt, leadingInt, toText, typeOf } from '../../../src/core/compile/cast.js';
import { parseIp } from '../../../src/core/ip.js';
import type { SampleType, Value } from '../../../src/core/row.js';
import { castable } from '../../../src/config/cast.js';

const TYPES: readonly SampleType[] = ['bool', 'int', 'ipv4', 'ipv6', 'addr', 'str', 'bin', 'meth', 'any'];
const ip = (text: string): Value => parseIp(text)!;
const bin = (text: string): Value => ({ bin: text });

test('whatever the parser lets through can be compiled', () => {
  for (const from of TYPES) for (const to of TYPES) if (castable(from, to) && !canCast(from, to)) throw new Error(`${from} -> ${to}`);
});

test.each<[SampleType, SampleType, Value, Value | undefined]>([
  ['int', 'str', -7, '-7'], ['bool', 'str', true, '1'], ['bool', 'int', false, 0], ['int', 'bool', 2, true], ['str', 'int', '12x', 12], ['str', 'int', 'x', 0], ['str', 'int', '', undefined], ['str', 'bool', 'true', false], ['str', 'bool', '-1', true], ['int', 'ipv6', 16909060, ip('::ffff:1.2.3.4')],
  ['addr', 'int', ip('0.0.1.2'), 258], ['addr', 'int', ip('::1'), undefined], ['str', 'addr', '1.2.3.4', ip('1.2.3.4')], ['str', 'addr', 'x', undefined],
  ['str', 'ipv6', '::1', ip('::1')], ['int', 'ipv4', 16909060, ip('1.2.3.4')], ['ipv6', 'ipv4', ip('::ffff:1.2.3.4'), ip('1.2.3.4')], ['ipv6', 'ipv4', ip('2001:db8::1'), undefined],
  ['ipv4', 'ipv6', ip('1.2.3.4'), ip('::ffff:1.2.3.4')], ['ipv4', 'bin', ip('65.66.67.68'), bin('ABCD')], ['str', 'bin', 'a\xff', bin('a\xff')], ['bin', 'str', bin('a\x00b'), 'a'],
  ['int', 'bin', 1, bin('\0\0\0\0\0\0\0\x01')], ['int', 'bin', -1, bin('\xff'.repeat(8))], ['bool', 'bin', true, bin('\0\0\0\0\0\0\0\x01')],
])('%s to %s: %j', (from, to, value, expected) => {
  const cast = castFor(from, to);
  expect(cast === null ? value : cast!(value)).toEqual(expected);
});

test('casts that change nothing are none', () => {
  for (const [from, to] of [['str', 'str'], ['meth', 'str'], ['ipv4', 'addr'], ['int', 'any']] as const) expect(castFor(from, to)).toBeNull();
  expect(castFor('bin', 'int')).toBeUndefined();
});

describe('integers', () => {
  test('the ends of 64 bits', () => {
    expect(toText(clampInt(2 ** 70))).toBe('9223372036854775807');
    expect(toText(clampInt(-(2 ** 70)))).toBe('-9223372036854775808');
    expect(toText(clampInt(2 ** 53))).toBe('9007199254740992');
  });

  test.each([['12', 12], ['-12a', -12], ['+5', 5], ['1.5', 1], ['a1', 0], [' 1', 0], ['', undefined], ['99999999999999999999', 2n ** 63n - 1n], ['9007199254740993', 9007199254740993n]])('%j starts with %d', (text, value) => {
    expect(leadingInt(text)).toBe(value);
  });
});

test('types at run time', () => {
  expect(['x', 1, true, ip('1.1.1.1'), ip('::'), bin('x')].map(typeOf)).toEqual(['str', 'int', 'bool', 'ipv4', 'ipv6', 'bin']);
  expect([ip('1.1.1.1'), bin('x'), false].map(toText)).toEqual(['1.1.1.1', 'x', '0']);
});

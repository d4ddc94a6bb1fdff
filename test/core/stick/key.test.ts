import { describe, expect, test } from '@jest/globals';
import type { StickTable } from '../../../src/config/stick.js';
import { ipv4Bytes, parseIp } from '../../../src/core/ip.js';
import type { SampleType, Value } from '../../../src/core/row.js';
import { KEY_ROOM, keyType, keyValue, keyWriter } from '../../../src/core/stick/key.js';

const table = (key: StickTable['key'], keySize: number): StickTable => ({ key, keySize }) as StickTable;
const keys = Buffer.alloc(KEY_ROOM);

/** The key as hex, null if there is none. */
function key(of: StickTable, value: Value, from: SampleType): string | null {
  keys.fill(0xee);
  const length = keyWriter(of, from)(value, keys);
  return length < 0 ? null : keys.toString('hex', 0, length);
}

describe('keyWriter', () => {
  const four = table('ip', 4);
  const six = table('ipv6', 16);
  const number = table('integer', 4);
  test.each<readonly [string, StickTable, Value, SampleType, string | null]>([
    ['an address', four, parseIp('1.2.3.4')!, 'addr', '01020304'],
    ['an address in IPv6 of a table of IPv4', four, parseIp('::ffff:1.2.3.4')!, 'addr', '01020304'],
    ['one that is none', four, parseIp('fe80::1')!, 'addr', null],
    ['text', four, '1.2.3.4', 'str', '01020304'],
    ['text that is none', four, 'xx', 'str', null],
    ['an IPv4 address in a table of IPv6', six, { family: 4, bytes: ipv4Bytes(0x01020304) }, 'ipv4', '00000000000000000000ffff01020304'],
    ['a number', number, 258, 'int', '02010000'],
    ['a negative number', number, -1, 'int', 'ffffffff'],
    ['a number of 64 bits', number, 2 ** 32 + 1, 'int', '01000000'],
    ['a large number', number, 2n ** 62n + 7n, 'int', '07000000'],
    ['text as a number', number, '77', 'str', '4d000000'],
    ['a string that is longer', table('string', 3), 'abcdef', 'str', '616263'],
    ['a shorter one', table('string', 3), 'a', 'str', '61'],
    ['bytes', table('binary', 2), { bin: '\u00ab\u00cdz' }, 'bin', 'abcd'],
    ['whatever comes', four, '9.8.7.6', 'any', '09080706'],
  ])('%s', (_name, of, value, from, expected) => {
    expect(key(of, value, from)).toBe(expected);
  });

  test('types that make no key never do', () => {
    expect(key(four, true, 'bool')).toBeNull();
  });
});

describe('keyValue', () => {
  test.each<readonly [StickTable, string, Value]>([
    [table('ip', 4), '01020304', { family: 4, bytes: Uint8Array.from([1, 2, 3, 4]) }],
    [table('integer', 4), 'ffffffff', 4294967295],
    [table('string', 5), '6162000000', 'ab'],
    [table('string', 2), '6162', 'ab'],
    [table('binary', 3), '610000', { bin: 'a\0\0' }],
  ])('%# is what was put in', (of, bytes, value) => {
    keys.fill(0x7a);
    keys.write(bytes, 'hex');
    expect(keyValue(of, keys)).toEqual(value);
    expect(keyWriter(of, keyType(of))(value, keys)).toBeGreaterThanOrEqual(0);
  });
});

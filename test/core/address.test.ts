import { describe, expect, test } from '@jest/globals';
import { addressText, sockaddr } from '../../src/core/address.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('sockaddr', () => {
  test('IPv4: family in host order, port and address in network order, eight bytes of padding', () => {
    expect(hex(sockaddr({ kind: 'ip', family: 4, address: '192.0.2.1', port: 8080 }))).toBe('02001f90c00002010000000000000000');
  });

  test.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::a:1', '20010db80000000000000000000a0001'],
    ['fe80::', 'fe800000000000000000000000000000'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ])('IPv6 %s', (address, expected) => {
    expect(hex(sockaddr({ kind: 'ip', family: 6, address, port: 80 }))).toBe(`0a00005000000000${expected}00000000`);
  });

  test.each(['1:2', ':::', '1::2::3', '12345::', 'x::'])('refuses %s', (address) => {
    expect(() => sockaddr({ kind: 'ip', family: 6, address, port: 80 })).toThrow(RangeError);
  });

  test('a unix path ends with a NUL, an abstract name is padded to the whole structure as HAProxy pads it', () => {
    expect(hex(sockaddr({ kind: 'unix', path: '/a' }))).toBe('01002f6100');
    const abstract = sockaddr({ kind: 'abstract', name: 'ab' });
    expect(abstract).toHaveLength(110);
    expect(hex(abstract.subarray(0, 6))).toBe('010000616200');
  });

  test('a unix path has at most 107 bytes', () => {
    expect(sockaddr({ kind: 'unix', path: `/${'x'.repeat(106)}` })).toHaveLength(110);
    expect(() => sockaddr({ kind: 'unix', path: `/${'x'.repeat(107)}` })).toThrow(RangeError);
  });
});

test('addressText', () => {
  expect(addressText({ kind: 'ip', family: 6, address: '::1', port: 80 })).toBe('::1:80');
  expect(addressText({ kind: 'abstract', name: 'a' })).toBe('abns@a');
  expect(addressText({ kind: 'fd', fd: 3 })).toBe('fd@3');
  expect(addressText({ kind: 'unix', path: '/run/a' })).toBe('/run/a');
});

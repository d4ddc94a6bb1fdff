import { describe, expect, test } from '@jest/globals';
import { embeddedIpv4, formatIp, parseIp, sameNetwork } from '../../src/core/ip.js';

test.each([
  ['1.2.3.4', '1.2.3.4'], ['0.0.0.0', '0.0.0.0'], ['255.255.255.255', '255.255.255.255'], ['::', '::'], ['::1', '::1'], ['1::', '1::'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'], ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'], ['::10.0.0.1', '::10.0.0.1'], ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'], ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
])('%s reads and writes as %s', (text, written) => {
  expect(formatIp(parseIp(text)!)).toBe(written);
});

test.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', 'g::', '::1.2.3', '1.2.3.4::', ':1', '1:'])(
  '%j is no address', (text) => {
    expect(parseIp(text)).toBeUndefined();
  },
);

describe('networks', () => {
  test.each([
    ['10.1.2.3', '10.1.0.0', 16, true], ['10.1.2.3', '10.1.3.0', 23, true], ['10.1.2.3', '10.1.3.0', 24, false], ['1.1.1.1', '2.2.2.2', 0, true], ['::1', '::2', 126, true], ['::1', '::2', 127, false],
  ])('%s and %s share %d bits: %s', (a, b, prefix, expected) => {
    expect(sameNetwork(parseIp(a)!.bytes, parseIp(b)!.bytes, prefix)).toBe(expected);
  });

  test.each([['::ffff:1.2.3.4', [1, 2, 3, 4]], ['::1.2.3.4', [1, 2, 3, 4]], ['2002:102:304::', [1, 2, 3, 4]], ['2001:102:304::', undefined]])('the IPv4 address in %s', (text, bytes) => {
    const inner = embeddedIpv4(parseIp(text)!.bytes);
    expect(inner === undefined ? undefined : [...inner]).toEqual(bytes);
  });
});

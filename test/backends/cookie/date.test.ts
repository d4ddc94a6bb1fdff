import { describe, expect, test } from '@jest/globals';
import { decodeDate, encodeDate, isOver, isStale } from '../../../src/backends/cookie/date.js';

describe('dates of cookies', () => {
  test('as haproxy 2.6 wrote them', () => {
    // Seen on the wire in that second.
    expect(encodeDate(1795577776)).toBe('awZXs');
    expect(decodeDate('x|awZXs', 2)).toBe(1795577776);
  });

  test.each([0, 1, 3, 4, 1_000_000_001, 4_000_000_000])('%i comes back rounded up to four seconds', (seconds) => {
    expect(decodeDate(encodeDate(seconds), 0)).toBe(Math.ceil(seconds / 4) * 4);
  });

  test.each(['', 'abcd', 'ab!de', 'abcdé'])('%j is none', (text) => expect(decodeDate(text, 0)).toBe(0));

  test('too old, or more than a day ahead', () => {
    expect([isOver(1000, 10, 1010), isOver(1000, 10, 1011), isOver(90_000, 10, 3600), isOver(90_001, 10, 3600)]).toEqual([false, true, false, true]);
  });

  test('a later date would be given', () => {
    expect([isStale(1000, 1000), isStale(1000, 1001), isStale(1004, 1001)]).toEqual([false, true, false]);
  });
});

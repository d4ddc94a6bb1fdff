import { describe, expect, test } from '@jest/globals';
import { parseSize, parseTime } from '../../src/config/units.js';

describe('times', () => {
  test.each([
    ['5', 5], ['5ms', 5], ['5s', 5000], ['2m', 120_000], ['1h', 3_600_000], ['24d', 2_073_600_000], ['0', 0], ['0us', 0], ['5us', 1], ['1000us', 1], ['1001us', 2],
    ['2147483647', 2147483647],
  ])('%s', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  test('a number without unit is in the unit of its keyword', () => {
    expect(parseTime('5', 's')).toBe(5000);
    expect(parseTime('5ms', 's')).toBe(5);
  });

  test.each([
    ['5x', "unexpected character 'x'", 1], ['1.5s', "unexpected character '.'", 1], ['-1', "unexpected character '-'", 0], ['s', "unexpected character 's'", 0],
    ['5S', "unexpected character 'S'", 1], ['5ms5', "unexpected character '5'", 3], ['1h30m', "unexpected character '3'", 2], ['', 'missing number', 0],
    ['2147483648', 'timer overflow', 0], ['25d', 'timer overflow', 0], ['99999999999999999999', 'timer overflow', 0],
  ])('%s', (text, problem, at) => {
    expect(parseTime(text)).toMatchObject({ problem, at });
  });
});

describe('sizes', () => {
  test.each([['5', 5], ['5k', 5120], ['5K', 5120], ['1m', 1048576], ['2G', 2147483648], ['0', 0]])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    ['5kb', "unexpected character 'b'", 2], ['1.5k', "unexpected character '.'", 1], ['x', "unexpected character 'x'", 0], ['', 'missing number', 0],
    ['99999999999g', 'size overflow', 0],
  ])('%s', (text, problem, at) => {
    expect(parseSize(text)).toMatchObject({ problem, at });
  });
});

import { expect, test } from '@jest/globals';
import { decimalInt, INT64_MAX, INT64_MIN, isInt, saturated, wrapped } from '../../src/core/int64.js';

test('each integer has one representation', () => {
  expect([saturated(5n), saturated(-5n), saturated(2n ** 53n - 1n), saturated(2n ** 53n)]).toEqual([5, -5, 2 ** 53 - 1, 2n ** 53n]);
  expect([decimalInt('12'), decimalInt('-0'), decimalInt('+9007199254740993'), decimalInt('-9007199254740993')]).toEqual([12, 0, 9007199254740993n, -9007199254740993n]);
});

test('beyond 64 bits they stay at the limits, or turn around', () => {
  expect([saturated(2n ** 70n), saturated(-(2n ** 70n)), decimalInt('99999999999999999999')]).toEqual([INT64_MAX, INT64_MIN, INT64_MAX]);
  expect([wrapped(2n ** 64n - 1n), wrapped(2n ** 63n), wrapped(2n ** 64n + 7n)]).toEqual([-1, INT64_MIN, 7]);
});

test('what is one', () => {
  expect([1, 1n, '1', true, null].map(isInt)).toEqual([true, true, false, false, false]);
});

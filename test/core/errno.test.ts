import { expect, test } from '@jest/globals';
import { errnoText } from '../../src/core/errno.js';

test('errnoText', () => {
  expect(errnoText(98)).toBe('Address already in use');
  expect(errnoText(2)).toBe('No such file or directory');
  expect(errnoText(13)).toBe('Permission denied');
  expect(errnoText(99999)).toBe('error 99999');
});

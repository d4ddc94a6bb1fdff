import { expect, test } from '@jest/globals';
import { effectiveWeight, userWeight, WEIGHT_MAX } from '../../src/backends/weight.js';

test.each([[0, 0], [1, 16], [256, WEIGHT_MAX], [300, WEIGHT_MAX]])('weight %i is %i sixteenths', (weight, effective) => {
  expect(effectiveWeight(weight)).toBe(effective);
});

test.each([[0, 0], [1, 1], [16, 1], [17, 2], [4096, 256]])('%i sixteenths show as %i', (effective, weight) => {
  expect(userWeight(effective)).toBe(weight);
});

import { expect, test } from '@jest/globals';
import { evaluateLine } from '../../src/core/condition.js';

const evaluate = (text: string): boolean | string => evaluateLine(text, { COLOUR: 'dark blue' }, 'peer');

test.each([
  ['streq(a,a)', true],
  ['1 && !0', true],
  ['', false],
  ['defined(COLOUR)', true],
  ['streq("$COLOUR",dark\\ blue)', true],
  ['streq("$HAPROXY_LOCALPEER",peer)', true],
  ['defined(OTHER)', false],
])('%s is %s', (text, value) => {
  expect(evaluate(text)).toBe(value);
});

test.each([['nonsense('], ['streq(a'], ['1\n.endif\nfrontend x']])('%j makes no sense, and it is said why', (text) => {
  expect(evaluate(text)).toEqual(expect.stringMatching(/\w+ /));
});

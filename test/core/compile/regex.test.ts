import { expect, test } from '@jest/globals';
import { expandGroups, isProblem, parseRegex } from '../../../src/core/compile/regex.js';

const matches = (pattern: string, text: string, ignoreCase = false): boolean => {
  const regex = parseRegex(pattern, ignoreCase);
  if (isProblem(regex)) throw new Error(regex.problem);
  return regex.test(text);
};

test.each([
  ['[[:digit:]]+x', '12x', true], ['[^[:space:]]', ' ', false], ['[]a]', ']', true], ['[^]a]', ']', false], ['\\Aab\\z', 'ab', true], ['\\Aab\\z', 'xab', false],
  ['(?i)AB', 'ab', true], ['(?P<n>a)\\1', 'aa', true], ['(?<n>a)b', 'ab', true], ['(?:a|b)+c', 'abac', true], ['(?=a)a', 'a', true], ['a\\.b', 'axb', false],
  ['\\x41', 'A', true], ['a{2,3}', 'aa', true], ['[a\\]b]', ']', true], ['\\+\\+', '++', true], ['[[:alpha:][:digit:]_-]+$', 'aZ9_-', true], ['a\\hb', 'a\tb', true],
  ['a.b', 'a\rb', true], ['a.b', 'a\nb', false], ['(?s)a.b', 'a\nb', true], ['\\s', '\xa0', false], ['[\\s]', '\xa0', false], ['^[\\S]$', '\xa0', true], ['\\Qa.b\\E+', 'a.bb', true],
  ['\\Qa.b', 'axb', false], ['\\x{41}', 'A', true], ['\\R$', 'a\r\n', true], ['^\\N+$', 'a\rb', true], ['^\\H$', ' ', false], ['x{20}', 'x'.repeat(20), true],
  ['^x{20}$', 'x'.repeat(19), false], ['^(?:ab){2,40}?c', 'ab'.repeat(33) + 'c', true], ['^x{18,}$', 'x'.repeat(17), false], ['^x{18,}$', 'x'.repeat(50), true],
  ['^(x{1,20})$', 'x'.repeat(20), true], ['(?<!a)b', 'ab', false], ['a{', 'a{', true],
])('%s on %s is %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

test('the case is ignored if asked for', () => {
  expect(matches('^abc$', 'ABC', true)).toBe(true);
  expect(matches('^abc$', 'ABC')).toBe(false);
});

test.each<[string, string, boolean]>([
  ['[a-f]+$', 'AbF', true], ['^[^a-f]$', 'B', false], ['^[Y-b]$', 'z', true], ['^[Y-b]$', 'c', false], ['^\\x41$', 'a', true], ['(a)\\1', 'aA', true], ['^[[:upper:]]$', 'a', true],
  ['^(?<n>a)$', 'A', true], ['^a\\.b$', 'A.B', true], ['^[a\\]-]$', 'A', true], ['\xc9', '\xe9', false], ['(?=ab)A', 'aB', true], ['^x{17}$', 'xX'.repeat(8) + 'x', true],
])('%s ignores the case of %s: %s', (pattern, text, expected) => {
  expect(matches(pattern, text, true)).toBe(expected);
});

test.each(['\\p{L}', '\\K', '\\G', '\\X', 'a\\', '(', '[', '[a', 'a++', '(?>a)', 'a)', '*a', '(?R)'])('%s is refused with a reason', (pattern) => {
  const regex = parseRegex(pattern, false);
  expect(isProblem(regex) && regex.problem.length > 3).toBe(true);
});

test.each([
  ['\\1-\\2-\\0', ['whole', 'a', undefined], 'a--whole'], ['\\\\1', ['w', 'a'], '\\1'], ['\\x41\\.', ['w'], 'A.'], ['end\\', ['w'], 'end\\'], ['%[x]', ['w'], '%[x]'],
])('%s with groups', (template, groups, expected) => {
  expect(expandGroups(template, groups)).toBe(expected);
});

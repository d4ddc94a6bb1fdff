import { expect, test } from '@jest/globals';
import { folded, hasLoops, requiredText, tokens, unrolled } from '../../../src/core/compile/regex_source.js';

test('an expression falls into tokens that give it back', () => {
  const source = '^(?:a|[^\\]b-d]{2,3}?)+(?<n>\\x41\\.)\\k<n>\\1(?!x)\\b.{,}$';
  expect(tokens(source).map((token) => token.text).join('')).toBe(source);
  expect(tokens('(a{2})[x]$').map((token) => token.kind)).toEqual(['open', 'atom', 'quantifier', 'close', 'atom', 'assertion']);
});

test.each([
  ['ab1', '[aA][bB]1'], ['[a-f0]', '[a-f0A-F]'], ['[^Z]', '[^Zz]'], ['\\x41\\.', '[Aa]\\.'], ['(?<name>a)', '(?<name>[aA])'], ['\\d\\w\\bx', '\\d\\w\\b[xX]'], ['[W-b]', '[W-bw-zA-B]'],
  ['(a)\\1', null], ['[a-]', '[a\\-A]'], ['[-a]', '[-aA]'],
])('%s without case is %s', (source, expected) => {
  expect(folded(source)).toBe(expected);
});

test.each([
  ['x{3}', '(?:xxx)'], ['x{1,3}', '(?:x(?:x(?:x)?)?)'], ['x{2,}?', '(?:xxx*?)'], ['(?:ab){2}c+', '(?:(?:ab)(?:ab))c+'], ['(a){2}', null], ['x{2000}', null], ['a*b?', 'a*b?'],
  ['(?:x{2}){2}', '(?:(?:(?:xx))(?:(?:xx)))'],
])('%s written out is %s', (source, expected) => {
  expect(unrolled(source)).toBe(expected);
});

test.each([
  ['^/static/.*\\.png$', '/static/'], ['a+bcd', 'bcd'], ['abc*d', 'ab'], ['a|bcdef', null], ['(abc|def)ghi', 'ghi'], ['[a-z]+', null], ['x', null], ['ab{0,3}cd', 'cd'], ['a\\dbc', 'bc'],
  ['\\x41\\x42', 'AB'], ['ab(?:cdefg)', 'ab'], ['(?!abc)de', 'de'],
])('%s needs %s', (source, expected) => {
  expect(requiredText(source)).toBe(expected);
});

test.each([['abc', false], ['^a*b', false], ['a*b', true], ['^a*b*', true], ['a{2,}', true], ['a{2,3}', false], ['^a*|b', true], ['a?b?', false]])('%s has loops: %s', (source, expected) => {
  expect(hasLoops(source)).toBe(expected);
});

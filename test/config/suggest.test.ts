import { expect, test } from '@jest/globals';
import { didYouMean, editDistance, suggest } from '../../src/config/suggest.js';

const keywords = ['timeout', 'server', 'maxconn', 'http-request', 'http-response', 'bind', 'balance', 'mode', 'acl'];

test.each([
  ['timout', 'timeout'], ['tiemout', 'timeout'], ['sevrer', 'server'], ['http-reqest', 'http-request'], ['Bind', 'bind'], ['maxcon', 'maxconn'],
  ['http-resp', 'http-response'], ['balanced', 'balance'], ['mod', 'mode'],
])('%s means %s', (word, meant) => {
  expect(suggest(word, keywords)).toBe(meant);
});

test.each(['zzzzzz', 'x', 'frobnicate', ''])('nothing is like %s', (word) => {
  expect(suggest(word, keywords)).toBeNull();
  expect(didYouMean(word, keywords)).toBeNull();
});

test('a swap of neighbours is one edit, and the search stops at its limit', () => {
  expect(editDistance('ab', 'ba', 3)).toBe(1);
  expect(editDistance('kitten', 'sitting', 5)).toBe(3);
  expect(editDistance('abcdef', 'uvwxyz', 2)).toBe(3);
});

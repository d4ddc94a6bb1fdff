import { describe, expect, test } from '@jest/globals';
import { tokenize } from '../../src/config/lexer.js';

const tokens = (text: string): string[] => tokenize(text).map((token) => `${token.tokenType.name}:${JSON.stringify(token.image).slice(1, -1)}`);

describe('tokens', () => {
  test.each([
    ['a b\tc\n', ['Word:a', 'Word:b', 'Word:c', 'EndOfLine:\\n']],
    ['a#b c\n', ['Word:a', 'EndOfLine:\\n']],
    ['a\\#b\\ c', ['Word:a\\\\#b\\\\ c']],
    [`a"b 'c"'d "e'f`, [`Word:a\\"b 'c\\"'d \\"e'f`]],
    ['"a\nb"', ['OpenQuote:\\"a', 'EndOfLine:\\n', 'Word:b', 'OpenQuote:\\"']],
    ["it's", ['Word:it', "OpenQuote:'s"]],
    ['a\0b\nc', ['Word:a', 'Nul:\\u0000b', 'EndOfLine:\\n', 'Word:c']],
    ['# a\0b', ['Nul:\\u0000b']],
    ['a\r\nb\r', ['Word:a', 'EndOfLine:\\n', 'Word:b']],
    ['a\rb\n', ['Word:a', 'StrayReturn:\\rb', 'EndOfLine:\\n']],
    ['a\vb\fc', ['Word:a', 'Word:b', 'Word:c']],
    ['\x01\xff\u20ac', ['Word:\\u0001\xff\u20ac']],
    ['\\\n', ['Word:\\\\', 'EndOfLine:\\n']],
    ['""', ['Word:\\"\\"']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });
});

test('every character that is no blank, comment or return belongs to a token', () => {
  const text = Array.from({ length: 256 }, (_, code) => `${String.fromCharCode(code)}\n`).join('');
  const covered = tokenize(text).map((token) => token.image).join('');
  expect(covered.replaceAll('\n', '')).toHaveLength(256 - ['\t', '\n', '\v', '\f', '\r', ' ', '#'].length);
});

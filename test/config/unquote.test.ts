import { describe, expect, test } from '@jest/globals';
import type { Word } from '../../src/config/source.js';
import { subspan } from '../../src/config/source.js';
import { unquote } from '../../src/config/unquote.js';

function read(raw: string, variables: Record<string, string> = {}) {
  const source = { index: 0, name: 'test.cfg', text: `  ${raw}\n` };
  const words: Word[] = [];
  const problem = unquote(source, raw, 2, (name) => variables[name], words);
  return { words, texts: words.map((word) => word.text), problem, source };
}

describe('quotes and escapes', () => {
  test.each([
    ['plain', 'plain'],
    ["'a b\\n$x'", 'a b\\n$x'],
    ['"a b"', 'a b'],
    ['a"b c"d\'e\'', 'ab cde'],
    ['""', ''],
    ['a\\ b\\#c\\\\d\\"e\\\'f\\$g', 'a b#c\\d"e\'f$g'],
    ['"\\"\\\\\\$\\n\\r\\t\\x41"', '"\\$\n\r\tA'],
    ['\\x0a\\x7F', '\n\x7f'],
    ['a\\q\\.', 'a\\q\\.'],
    ['a\\', 'a\\'],
    ['a$HOME', 'a$HOME'],
    ['"it\'s"', "it's"],
    ["'say \"x\"'", 'say "x"'],
  ])('%s', (raw, text) => {
    const { texts, problem } = read(raw);
    expect(problem).toBeNull();
    expect(texts).toEqual([text]);
  });

  test('every character keeps its place in the source', () => {
    const { words, source } = read('a"b\\x41${V}c"d', { V: 'vw' });
    expect(words[0]?.text).toBe('abAvwcd');
    const parts = [...'abAvwcd'].map((_, i) => {
      const span = subspan(words[0]!, i, i + 1);
      return source.text.slice(span.start, span.end);
    });
    expect(parts).toEqual(['a"', 'b', '\\x41', '', '${V}', 'c"', 'd']);
  });
});

describe('variables', () => {
  test.each([
    ['"$A"', 'x y'], ['"${A}"', 'x y'], ['"$A-b"', 'x y-b'], ['"${A-no}"', 'x y'], ['"${U-a b}"', 'a b'], ['"${U}"', ''], ['"${E-no}"', ''],
    ['"a${U-}b"', 'ab'], ["'$A'", '$A'], ['$A', '$A'], ['"\\$A"', '$A'], ['"$.LINE"', '7'],
  ])('%s', (raw, text) => {
    expect(read(raw, { A: 'x y', E: '', '.LINE': '7' }).texts).toEqual([text]);
  });

  test.each([
    ['"${A[*]}"', ['x', 'y']], ['"a${A[*]}b"', ['ax', 'yb']], ['"a${B[*]}b"', ['a', 'x', 'y', 'b']], ['"${U[*]}"', ['']],
    ['"${E[*]}b"', ['b']], ['"${B[*]}"', ['x', 'y']], ['"$A[*]"', ['x y[*]']], ['"${U[*]-p q}"', ['p', 'q']],
  ])('%s splits at blanks', (raw, texts) => {
    expect(read(raw, { A: 'x y', B: ' x  y ', E: '' }).texts).toEqual(texts);
  });

  test('values are not unquoted again', () => {
    expect(read('"$A"', { A: '"\\n$B' }).texts).toEqual(['"\\n$B']);
  });
});

describe('problems name the part that is wrong', () => {
  test.each([
    ['a\\x4', 'truncated or invalid hexadecimal sequence', '\\x4'],
    ['a\\x4gb', 'truncated or invalid hexadecimal sequence', '\\x4g'],
    ['"a $"', 'forbidden first char in environment variable name', '$"'],
    ['"$1"', 'forbidden first char in environment variable name', '$1'],
    ['"${}"', 'forbidden first char in environment variable name', '${}'],
    ['"${.FOO}"', 'forbidden first char in environment variable name', '${.'],
    ['"${A b}"', 'unmatched brace in environment variable name', '${A b}"'],
    ['"${A"', 'unmatched brace in environment variable name', '${A"'],
  ])('%s', (raw, summary, blamed) => {
    const { problem, source } = read(raw);
    expect(problem?.summary).toBe(summary);
    expect(source.text.slice(problem?.start, problem?.end)).toBe(blamed);
  });
});

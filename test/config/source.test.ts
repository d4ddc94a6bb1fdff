import { describe, expect, test } from '@jest/globals';
import { joinWords, lineOf, lineStarts, subspan } from '../../src/config/source.js';
import type { Word } from '../../src/config/source.js';

const word = (text: string, start: number, offsets: number[] | null = null): Word => ({
  text, offsets, span: { source: 0, start, end: offsets === null ? start + text.length : (offsets[text.length] ?? start) },
});

test('lines are counted from 1, and a line feed belongs to the line that it ends', () => {
  const source = { index: 0, name: 'x', text: 'ab\n\ncd' };
  expect(lineStarts(source)).toEqual([0, 3, 4]);
  expect([0, 2, 3, 4, 5, 6, 99].map((offset) => lineOf(source, offset))).toEqual([1, 1, 2, 3, 3, 3, 3]);
  expect(lineOf({ index: 0, name: 'x', text: '' }, 0)).toBe(1);
});

describe('parts of words', () => {
  test('of a plain word lie where its text lies', () => {
    expect(subspan(word('abc', 10), 1, 2)).toEqual({ source: 0, start: 11, end: 12 });
  });

  test('of an unquoted word lie where its offsets say, and never end before they start', () => {
    const quoted = word('abc', 10, [11, 14, 15, 16]);
    expect(subspan(quoted, 0, 2)).toEqual({ source: 0, start: 11, end: 15 });
    expect(subspan(quoted, 2, 9)).toEqual({ source: 0, start: 15, end: 16 });
    expect(subspan(quoted, 3, 1)).toEqual({ source: 0, start: 16, end: 16 });
  });

  test('of joined words lie in their own word', () => {
    const joined = joinWords([word('ab', 0), word('cd', 9, [10, 11, 12])]);
    expect(joined.text).toBe('ab cd');
    expect(subspan(joined, 0, 2)).toEqual({ source: 0, start: 0, end: 8 });
    expect(subspan(joined, 3, 5)).toEqual({ source: 0, start: 10, end: 12 });
    expect(joined.span).toEqual({ source: 0, start: 0, end: 12 });
  });
});

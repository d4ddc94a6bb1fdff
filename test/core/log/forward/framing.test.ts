import { expect, test } from '@jest/globals';
import { Framing, FramingError } from '../../../../src/core/log/forward/framing.js';

/** Messages out of a stream that comes in pieces of a size. */
function messages(stream: string, piece: number, newlines = false): string[] {
  const seen: string[] = [];
  const framing = new Framing((message) => seen.push(message), newlines);
  for (let at = 0; at < stream.length; at += piece) framing.feed(Buffer.from(stream.slice(at, at + piece), 'latin1'));
  framing.end();
  return seen;
}

test('both framings, mixed, in pieces of any size', () => {
  const stream = '<1>one\n5 <2>xy<3>three\r\n10 <4>a\nb\ncde<5>last';
  for (const piece of [1, 2, 3, 7, 100]) expect(messages(stream, piece)).toEqual(['<1>one', '<2>xy', '<3>three', '<4>a\nb\ncde', '<5>last']);
});

test('a newline alone is no message, a length without its bytes is none either', () => {
  expect(messages('\n\r\n<1>x\n\n20 abc', 4)).toEqual(['<1>x']);
});

test('option assume-rfc6587-ntf: digits start lines like anything else', () => {
  expect(messages('12 not a length\n<1>x\n', 5, true)).toEqual(['12 not a length', '<1>x']);
});

test('what can not be followed is refused', () => {
  for (const stream of ['12x abc', '999999 ', '123456', '70000 x']) expect(() => messages(stream, 1)).toThrow(FramingError);
  expect(() => messages('x'.repeat(70_000), 1000)).toThrow(FramingError);
});

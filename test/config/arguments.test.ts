import { expect, test } from '@jest/globals';
import { splitArguments } from '../../src/config/arguments.js';

test.each([
  ['f()', []], ['f(a)', ['a']], ['f(a,b)', ['a', 'b']], ['f(,)', ['', '']], ['f("")', ['']], ['f( a , b )', [' a ', ' b ']], ['f(a(b)', ['a(b']],
  [`f("a,b)",'c"d')`, ['a,b)', 'c"d']], ['f(\\"a\\,b)', ['"a\\', 'b']], [`f('\\n'\\n)`, ['\\n\n']], ['f(\\#\\$\\x41)', ['\\#\\$\\x41']],
])('%s', (text, expected) => {
  const list = splitArguments(text, 1);
  if ('problem' in list) throw new Error(list.problem);
  expect(list.args.map((argument) => argument.text)).toEqual(expected);
  expect(list.end).toBe(text.length);
});

test('arguments know their raw text, and the end of the list', () => {
  expect(splitArguments('f("a",b)),x', 1)).toEqual({ args: [{ text: 'a', from: 2, to: 5 }, { text: 'b', from: 6, to: 7 }], end: 8 });
});

test.each([['f(a', 1], ['f("a)', 2], ["f(a,'", 4], ['f(', 1]])('%s has no end', (text, at) => {
  expect(splitArguments(text, 1)).toMatchObject({ at });
});

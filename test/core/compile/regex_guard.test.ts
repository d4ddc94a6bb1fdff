import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { isProblem, parseRegex } from '../../../src/core/compile/regex.js';
import { isLinear, LinearRegExp, WatchedRegExp } from '../../../src/core/compile/regex_guard.js';

/** Expressions that take years on such texts if nothing bounds them. */
const CATASTROPHES: readonly (readonly [pattern: string, ignoreCase: boolean, text: string])[] = [
  ['(a+)+$', false, `${'a'.repeat(16_000)}b`], ['(a+)+$', true, `${'aA'.repeat(8000)}b`], ['^(a|aa)+$', false, `${'a'.repeat(5000)}b`], ['(x+x+)+y', false, 'x'.repeat(16_000)],
  ['(.*)*,', false, 'x'.repeat(2000)], ['^(?:a{1,30})*$', false, `${'a'.repeat(1000)}b`],
  // These need an engine that goes back.
  ['(a+)+\\1$', false, `${'a'.repeat(100)}b`], ['(?=a)(a+)+$', false, `${'a'.repeat(100)}b`], ['^(a{1,50}){1,50}$', false, `${'a'.repeat(2500)}b`],
];

const compiled = (pattern: string, ignoreCase = false, flags = ''): RegExp => {
  const regex = parseRegex(pattern, ignoreCase, flags);
  if (isProblem(regex)) throw new Error(regex.problem);
  return regex;
};

test.each(CATASTROPHES)('%s (any case: %s) comes to an end', (pattern, ignoreCase, text) => {
  expect(compiled(pattern, ignoreCase).test(text)).toBe(false);
});

test('a worker that runs them answers all the same', async () => {
  const url = pathToFileURL(resolve('dist/core/compile/regex.js')).href;
  const code = `const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(url)}).then(({ parseRegex }) => {
      parentPort.on('message', ([pattern, ignoreCase, text]) => parentPort.postMessage(parseRegex(pattern, ignoreCase).test(text)));
      parentPort.postMessage('ready');
    });`;
  const worker = new Worker(code, { eval: true });
  const answers: unknown[] = [];
  await new Promise<void>((done, failed) => {
    worker.on('error', failed).on('message', (answer) => {
      if (answer === 'ready') return CATASTROPHES.forEach((each) => worker.postMessage(each));
      if (answers.push(answer) === CATASTROPHES.length) done();
    });
  });
  await worker.terminate();
  expect(answers).toEqual(CATASTROPHES.map(() => false));
});

test('which engine can run what', () => {
  expect(['a+b', '(a|b)*', 'a{16}', '\\bx$'].map((source) => isLinear(source))).toEqual([true, true, true, true]);
  expect(['(a)\\1', '(?=a)', '(?<!a)', 'a{17}'].map((source) => isLinear(source))).toEqual([false, false, false, false]);
  expect([compiled('(?=a)b'), compiled('(a)\\1', true)].every((regex) => regex instanceof WatchedRegExp)).toBe(true);
  expect([compiled('a.*b'), compiled('^a+$', true)].map((regex) => regex instanceof LinearRegExp)).toEqual([true, false]);
});

test.each(['(b+)(c)?', '(?=b)(b+)(c)?'])('%s gives groups and places, in short texts and in long ones', (pattern) => {
  for (const before of ['', 'a'.repeat(5000)]) {
    const found = compiled(pattern).exec(`${before}bbcd`)!;
    expect([found.index, ...found]).toEqual([before.length, 'bbc', 'bb', 'c']);
    expect(`${before}bcabc`.replace(compiled(pattern, false, 'g'), '<$1>')).toBe(`${before}<b>a<b>`);
  }
});

test('a search that goes on starts where the last one ended', () => {
  const regex = compiled('a+b?', false, 'g');
  const text = `${'-'.repeat(3000)}ab-aa`;
  expect([...text.matchAll(regex)].map((found) => [found.index, found[0]])).toEqual([[3000, 'ab'], [3003, 'aa']]);
});

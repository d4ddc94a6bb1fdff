import { expect, test } from '@jest/globals';
import { Answers } from '../../src/core/answers.js';

test('questions go to who answers their topic', async () => {
  const answers = new Answers();
  answers.on('twice', (n: number) => Promise.resolve(2 * n));
  expect(await answers.ask('twice', 21)).toBe(42);
  await expect(answers.ask('thrice', 1)).rejects.toThrow('nobody answers questions on thrice');
});

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { reference } from '../../src/config/reference.js';

test('docs/reference.md is what the tables say: run `node dist/config/reference.js` after a change', () => {
  expect(readFileSync('docs/reference.md', 'utf8')).toBe(reference());
});

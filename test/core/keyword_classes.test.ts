import { expect, test } from '@jest/globals';
import { knownKeywords } from '../../src/config/keywords_known.js';
import { keywordClasses } from '../../src/core/keyword_classes.js';

const text = knownKeywords();

test('all is all, in one piece', () => {
  expect(keywordClasses(text, 'all')).toBe(text);
  expect(['acl', 'cfg', 'cnv', 'smp'].map((name) => keywordClasses(text, name)).join('')).toBe(text);
});

test('each class has its own', () => {
  expect(keywordClasses(text, 'cnv')).toMatch(/^# List of registered sample converter functions/);
  expect(keywordClasses(text, 'cnv')).toMatch(/\blower\b/);
  expect(keywordClasses(text, 'acl')).toMatch(/^path_beg = path -m beg$/m);
  expect(keywordClasses(text, 'cfg,smp')).toMatch(/\bnbthread\b[^]*\breq\.hdr\b/);
});

test('help names the classes, also for none', () => {
  expect(keywordClasses(text, 'help')).toMatch(/^acl: ACL keywords$/m);
  expect(keywordClasses(text, '')).toBe(keywordClasses(text, 'help'));
});

test('an unknown class', () => {
  expect(keywordClasses(text, 'cfg,nonsense')).toBeUndefined();
});

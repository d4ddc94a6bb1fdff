import { expect, test } from '@jest/globals';
import { HAPROXY_BRANCH, HAPROXY_VERSION } from '../../src/config/predicate.js';
import { editEnvironment, Environment } from '../../src/config/variables.js';

const edited = (keyword: string, ...words: string[]): Record<string, string> => {
  const environment = new Environment([['A', '1'], ['B', '2']]);
  editEnvironment(environment, keyword, () => words);
  return Object.fromEntries(environment.entries());
};

test.each([
  [['setenv', 'A', 'x'], { A: 'x', B: '2' }],
  [['setenv', 'C', ''], { A: '1', B: '2', C: '' }],
  [['setenv', 'A'], { A: '1', B: '2' }],
  [['presetenv', 'A', 'x'], { A: '1', B: '2' }],
  [['presetenv', 'C', 'x'], { A: '1', B: '2', C: 'x' }],
  [['unsetenv', 'A', 'Z'], { B: '2' }],
  [['resetenv', 'B'], { B: '2' }],
  [['resetenv'], {}],
  [['node', 'A', 'x'], { A: '1', B: '2' }],
  [['toString', 'A', 'x'], { A: '1', B: '2' }],
])('%j', ([keyword = '', ...words], expected) => {
  expect(edited(keyword, ...words)).toEqual(expected);
});

test('the process environment comes in as bytes, with what the proxy defines itself', () => {
  const environment = Environment.ofProcess({ NAME: 'é', GONE: undefined }, 'peer1');
  expect(environment.get('NAME')).toBe('\xc3\xa9');
  expect(environment.has('GONE')).toBe(false);
  expect(environment.get('HAPROXY_LOCALPEER')).toBe('peer1');
  expect(environment.get('HAPROXY_BRANCH')).toBe(HAPROXY_BRANCH);
  expect(environment.get('HAPROXY_STARTUP_VERSION')).toBe(HAPROXY_VERSION);
  expect(environment.get('HAPROXY_HTTP_LOG_FMT')).toMatch(/^%ci:%cp \[%tr\] .*%\{\+Q\}r$/);
});

import { afterEach, expect, test } from '@jest/globals';
import { PHASE_CONNECTION } from '../../src/core/abi.js';
import { initialVariables, shareVariables } from '../../src/core/process_variables.js';
import { Variables } from '../../src/core/variable.js';
import { loadText } from '../../src/config/load.js';

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

test('lines of the global section are evaluated in their order, once for all workers', async () => {
  const { model } = await loadText([
    'global', ' set-var proc.int12 int(12)', ' set-var proc.int5 var(proc.str60,60),div(proc.int12)', ' set-var proc.str1 str("this is")', ' set-var-fmt proc.str "%[var(proc.str1)] a string"',
    ' set-var proc.str1,ifnotset str(no)', ' set-var proc.none var(proc.missing)', '',
  ].join('\n'));
  expect(initialVariables(model!)).toEqual([['int12', 12], ['int5', 5], ['str1', 'this is'], ['str', 'this is a string']]);
});

const later = () => new Promise((done) => setTimeout(done, 0));

/** A worker's variables that share a name. */
function worker(name: string): Variables {
  const variables = new Variables();
  variables.point(new Int32Array(64), PHASE_CONNECTION);
  ends.push(shareVariables(variables, name));
  return variables;
}

test('what a rule sets or removes reaches the other workers, and nobody else', async () => {
  const [a, b, other] = [worker('one'), worker('one'), worker('two')] as const;
  a.set({ scope: 'proc', name: 'x' }, 5);
  a.set({ scope: 'proc', name: 'ip' }, { family: 4, bytes: Uint8Array.of(1, 2, 3, 4) });
  a.set({ scope: 'sess', name: 'x' }, 6);
  while (!b.proc.has('ip')) await later();
  expect([...b.proc]).toEqual([['x', 5], ['ip', { family: 4, bytes: Uint8Array.of(1, 2, 3, 4) }]]);
  b.unset({ scope: 'proc', name: 'x' });
  while (a.proc.has('x')) await later();
  expect([...a.proc.keys()]).toEqual(['ip']);
  expect(other.proc.size).toBe(0);
});

import { expect, test } from '@jest/globals';
import { FACT_COUNT, FACT_REQUESTS, FACT_SESSION, PHASE_REQUEST, PHASE_RESPONSE } from '../../src/core/abi.js';
import { parseVariable, Variables } from '../../src/core/variable.js';

test.each([
  ['txn.a', 'txn', 'a'], ['proc.A_9', 'proc', 'A_9'], ['res.x', 'res', 'x'],
])('%s', (text, scope, name) => {
  expect(parseVariable(text)).toEqual({ scope, name });
});

test.each(['', 'txn', 'txn.', '.a', 'foo.a', 'txn.a-b', 'txn.a.b', 'TXN.a', ' txn.a'])('%j is no variable', (text) => {
  expect(parseVariable(text)).toBeUndefined();
});

test('scopes begin and end with session, request and response', () => {
  const facts = new Int32Array(FACT_COUNT);
  const variables = new Variables();
  const at = (session: number, request: number, phase: number) => {
    facts[FACT_SESSION] = session;
    facts[FACT_REQUESTS] = request;
    variables.point(facts, phase);
  };
  const values = () => ['proc', 'sess', 'txn', 'req', 'res'].map((scope) => variables.get(parseVariable(`${scope}.x`)!));
  const setAll = (value: number) => ['proc', 'sess', 'txn', 'req', 'res'].map((scope) => variables.set(parseVariable(`${scope}.x`)!, value));
  at(0x100, 1, PHASE_REQUEST);
  expect(values()).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(setAll(1)).toEqual([true, true, true, true, false]);
  at(0x200, 1, PHASE_REQUEST);
  expect(values()).toEqual([1, undefined, undefined, undefined, undefined]);
  at(0x100, 1, PHASE_RESPONSE);
  expect(values()).toEqual([1, 1, 1, undefined, undefined]);
  expect(setAll(2)).toEqual([true, true, true, false, true]);
  expect(values()).toEqual([2, 2, 2, undefined, 2]);
  at(0x100, 2, PHASE_REQUEST);
  expect(values()).toEqual([2, 2, undefined, undefined, undefined]);
  at(0x101, 1, PHASE_REQUEST);
  expect(values()).toEqual([2, undefined, undefined, undefined, undefined]);
});

test('what is unset is gone', () => {
  const variables = new Variables();
  variables.point(new Int32Array(FACT_COUNT), PHASE_REQUEST);
  const name = parseVariable('txn.a')!;
  variables.unset(name);
  variables.set(name, 'x');
  expect(variables.has(name)).toBe(true);
  variables.unset(name);
  expect([variables.has(name), variables.get(name)]).toEqual([false, undefined]);
});

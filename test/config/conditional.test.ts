import { describe, expect, test } from '@jest/globals';
import { evaluateCondition } from '../../src/config/conditional.js';
import { compareVersions, PREDICATES, RUNTIME_OPTIONS } from '../../src/config/predicate.js';

const facts = { environment: { has: (name: string) => name === 'SET' }, enabled: { ...RUNTIME_OPTIONS, SPLICE: false } };
const evaluate = (text: string) => evaluateCondition(text, facts);

describe('values', () => {
  test.each([
    ['', false], ['   ', false], ['0', false], ['1', true], ['-1', true], ['00', false], ['!0', true], ['! 1', false], ['!!1', true],
    ['1 && 0', false], ['1 && 0 || 1', true], ['1 || 0 && 0', true], ['(1 || 0) && 0', false], ['!(0 || 0) && 1', true], ['((1))', true],
    ['defined(SET)', true], ['defined(UNSET)', false], ['defined()', false], ['defined', false],
    ['streq(a,a)', true], ['streq(a, a)', false], ['strneq(a,b)', true], ['strstr(abc,b)', true], ['strstr(abc,d)', false],
    ['streq("a,b",\'a,b\')', true], ['streq(a b,a b)', true], ['streq(,)', true],
    ['feature(THREAD)', true], ['feature(LINUX_SPLICE)', true], ['feature(OPENSSL)', true], ['feature(LIBCRYPT)', true], ['feature(QUIC)', false], ['feature(LUA)', false], ['feature(toString)', false],
    ['version_atleast(2.4-dev19)', true], ['version_atleast(3.0)', true], ['version_atleast(3.5-dev5)', true], ['version_atleast(3.5.1)', false], ['version_before(3.6-dev1)', true], ['version_before(3.5)', false],
    ['openssl_version_atleast(1.1.1)', true], ['openssl_version_before(99)', true], ['openssl_version_before(1.1.1w)', false], ['ssllib_name_startswith(Open)', true], ['ssllib_name_startswith(wolf)', false],
    ['awslc_api_atleast(1)', false], ['awslc_api_before(99)', false], ['fips_mode()', false],
    ['enabled(EPOLL)', true], ['enabled(SPLICE)', false], ['enabled(NOPE)', false],
  ])('%s', (text, value) => {
    expect(evaluate(text)).toEqual({ value });
  });
});

describe('errors in the words of HAProxy, and the part that is wrong', () => {
  test.each([
    ['foo', "unparsable conditional expression 'foo'", 'foo'],
    ['1 0', "unexpected character '0' at the end of conditional expression '1 0'", '0'],
    ['01x', "unexpected character 'x' at the end of conditional expression '01x'", 'x'],
    ['1)', "unexpected character ')' at the end of conditional expression '1)'", ')'],
    ['1 | 1', "unexpected character '|' at the end of conditional expression '1 | 1'", '|'],
    ['(1', "expected ')' after conditional expression '(1'", ''],
    ['1 || || 1', "unparsable conditional expression '|| 1'", '||'],
    ['1 && foo(x)', "unparsable conditional expression 'foo(x)'", 'foo'],
    ['1 &&', "conditional expression '1 &&' ends too early", ''],
    ['streq(a)', "missing arguments (got 1/2), type 'string' expected in argument 2 of predicate 'streq'", 'streq(a)'],
    ['streq(a,b,c)', "too many arguments (got 3/2) for predicate 'streq'", 'c'],
    ['streq(a', "expected ')' at the end of the arguments of predicate 'streq' used in conditional expression", '(a'],
  ])('%s', (text, problem, blamed) => {
    const result = evaluate(text);
    expect(result).toMatchObject({ problem });
    if ('from' in result) expect(text.slice(result.from, result.to)).toBe(blamed);
  });

  test('a misspelt predicate is guessed', () => {
    expect(evaluate('strqe(a,b)')).toMatchObject({ advice: "Did you mean 'streq'?" });
  });

  test('nesting without end is an error, not a crash', () => {
    expect(evaluate('('.repeat(100_000))).toHaveProperty('problem');
    expect(evaluate(`${'!'.repeat(100_000)}1`)).toBeDefined();
  });
});

test('versions compare by number, development builds before their release', () => {
  const versions = ['2.4-dev9', '2.4-dev19', '2.4.0', '2.4.1', '2.10', '3.0-dev1', '3.0.0'];
  for (let i = 1; i < versions.length; i++) expect(compareVersions(versions[i - 1]!, versions[i]!)).toBeLessThan(0);
  expect(compareVersions('2.4', '2.4.0')).toBe(0);
});

test('every predicate is documented', () => {
  for (const row of PREDICATES) expect(row.doc).not.toBe('');
});

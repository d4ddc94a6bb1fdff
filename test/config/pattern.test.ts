import { describe, expect, test } from '@jest/globals';
import { defaultMethod, MATCH_METHODS, matchMethod, OPERATORS } from '../../src/config/pattern.js';

const parse = (method: string, text: string, operator: string | null = null) => matchMethod(method)!.parse(text, operator, false);

describe('numbers become ranges', () => {
  test.each([
    ['5', null, '5:5'], ['5:', null, '5:'], [':5', null, ':5'], ['1:5', null, '1:5'], ['-5:-1', null, '-5:-1'], ['3.1', null, '196609:196609'],
    ['5', 'eq', '5:5'], ['5', 'gt', '6:'], ['5', 'ge', '5:'], ['5', 'lt', ':4'], ['5', 'le', ':5'], ['1:5', 'gt', '6:'], ['1:5', 'lt', ':0'],
  ])('%s %s', (text, operator, pattern) => {
    expect(parse('int', text, operator)).toEqual({ pattern });
    expect(parse('len', text, operator)).toEqual({ pattern });
  });

  test.each(['x', ':', '5:1', '1:x', '', '1.', '0x10', '1:2:3'])('%s is none', (text) => {
    expect(parse('int', text)).toHaveProperty('problem');
  });
});

describe('networks become address and prefix', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1/32'], ['10.0.0.1/8', '10.0.0.1/8'], ['10.12/8', '10.0.0.12/8'], ['192.168.1', '192.168.0.1/32'], ['1.2.3.4/255.255.255.0', '1.2.3.4/24'],
    ['::', '::/128'], ['2001:DB8::/32', '2001:db8::/32'], ['::ffff:1.2.3.4/96', '::ffff:1.2.3.4/96'], ['0.0.0.0/0', '0.0.0.0/0'],
  ])('%s', (text, pattern) => {
    expect(parse('ip', text)).toEqual({ pattern });
  });

  test.each(['1.2.3.4/33', '1.2.3.4.5', '256.0.0.1', '::1/129', ':::', '1.2.3.4/', '1.2.3.4/255.0.255.0', 'host/8', '1.2.3.4/x', ''])('%s is none', (text) => {
    expect(parse('ip', text)).toHaveProperty('problem');
  });

  test('a host name is handed back', () => {
    expect(parse('ip', 'www.example.com')).toEqual({ host: 'www.example.com' });
  });
});

test('bytes are lower-case hexadecimal in pairs', () => {
  expect(parse('bin', '4A6b')).toEqual({ pattern: '4a6b' });
  expect(parse('bin', '4a6')).toHaveProperty('problem');
  expect(parse('bin', 'xy')).toHaveProperty('problem');
});

test('each type of sample has the default method of the manual', () => {
  const names = (['bool', 'int', 'addr', 'ipv4', 'ipv6', 'str', 'meth', 'bin', 'any'] as const).map((type) => defaultMethod(type)?.name ?? null);
  expect(names).toEqual(['bool', 'int', 'ip', 'ip', 'ip', 'str', 'str', null, null]);
});

test('the thirteen methods and five operators', () => {
  expect(MATCH_METHODS.map((method) => method.name).sort()).toEqual(['beg', 'bin', 'bool', 'dir', 'dom', 'end', 'found', 'int', 'ip', 'len', 'reg', 'str', 'sub']);
  expect(Object.keys(OPERATORS)).toEqual(['eq', 'ge', 'gt', 'le', 'lt']);
  expect(matchMethod('nope')).toBeUndefined();
});

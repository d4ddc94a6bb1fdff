import { describe, expect, test } from '@jest/globals';
import { parseExpression, signature } from '../../src/config/expression.js';
import { bench, tables, wordsOf } from './tables.js';

function parse(text: string) {
  const source = { index: 0, name: 'test.cfg', text };
  const scope = bench([source]);
  const word = { text, offsets: null, span: { source: 0, start: 0, end: text.length } };
  return { parsed: parseExpression(word, scope), ...scope };
}

describe('what is read', () => {
  test('a fetch with arguments and a chain of converters', () => {
    const { parsed, problems } = parse('req.hdr(host,-1),lower,field(2,.),length');
    expect(problems).toEqual([]);
    expect(parsed?.type).toBe('int');
    expect(parsed?.sample).toEqual({
      fetch: 'req.hdr', args: ['host', -1], text: 'req.hdr(host,-1),lower,field(2,.),length',
      converters: [{ name: 'lower', args: [] }, { name: 'field', args: [2, '.', null] }, { name: 'length', args: [] }],
    });
  });

  test('what is left out is null, whether with parentheses or without', () => {
    expect(parse('hdr').parsed?.sample.args).toEqual([null, null]);
    expect(parse('hdr()').parsed?.sample.args).toEqual([null, null]);
    expect(parse('hdr(,2)').parsed?.sample.args).toEqual(['', 2]);
    expect(parse('src()').parsed?.sample.args).toEqual([]);
  });

  test('quotes protect commas and parentheses, backslashes themselves and quotes', () => {
    expect(parse(`str("a,b)")`).parsed?.sample.args).toEqual(['a,b)']);
    expect(parse(`str('a"b')`).parsed?.sample.args).toEqual(['a"b']);
    expect(parse(`str(\\'a\\\\)`).parsed?.sample.args).toEqual(["'a\\"]);
    expect(parse(`path,regsub("(foo|bar)",x,g)`).parsed?.sample.converters[0]?.args).toEqual(['(foo|bar)', 'x', 'g']);
    expect(parse(`path,regsub(\\d,\\1)`).parsed?.sample.converters[0]?.args).toEqual(['\\d', '\\1', null]);
  });

  test('references stay names, and are told with the place of their argument', () => {
    const { parsed, references } = parse('nbsrv(dyn)');
    expect(references).toHaveLength(1);
    expect(references[0]).toMatchObject({ kind: 'backend', name: 'dyn', keyword: 'nbsrv', at: 0, span: { start: 6, end: 9 } });
    references[0]!.args[0] = 7;
    expect(parsed?.sample.args).toEqual([7]);
    expect(parse('nbsrv').references[0]).toMatchObject({ kind: 'backend', name: null });
  });

  test('masks in bits and as addresses', () => {
    const masks = parse('src,ipmask(255.255.0.0,64)').parsed?.sample.converters[0]?.args;
    expect(masks).toEqual([{ family: 4, bytes: [255, 255, 0, 0], prefix: 16 }, { family: 6, bytes: Array.from({ length: 16 }, (_, i) => (i < 8 ? 255 : 0)), prefix: 64 }]);
  });

  test('a comma at the end means nothing', () => {
    expect(parse('path,lower,').problems).toEqual([]);
  });
});

describe('what is refused, and the words that are blamed', () => {
  test.each([
    ['', 'alert: missing fetch method <>'],
    [',lower', 'alert: missing fetch method <,lower>'],
    ['pathh', "alert: unknown fetch method 'pathh' <pathh>"],
    ['ssl_fc_sni', "alert: fetch method 'ssl_fc_sni' is not supported yet <ssl_fc_sni>"],
    ['path,sha1', "alert: converter 'sha1' is not supported yet <sha1>"],
    ['path,lowr', "alert: unknown converter 'lowr' <lowr>"],
    ['path, lower', "alert: missing converter name before ' lower' < >"],
    ['hdr(a', "alert: fetch method 'hdr' : expected ')' at the end of the arguments <(a>"],
    ['hdr("a)', `alert: fetch method 'hdr' : unmatched quote in the arguments <"a)>`],
    ['hdr(a))', "alert: missing comma after fetch keyword 'hdr' <)>"],
    ['path,lower;x', "alert: missing comma after converter 'lower' <;x>"],
    ['src(x)', "alert: fetch method 'src' : expected ')' before 'x)' <x>"],
    ['path,field(1,.,2,3)', "alert: converter 'field' : expected ')' before '3)' <3>"],
    ['int', "alert: fetch method 'int' : expected type 'integer' at position 1, but got nothing <int>"],
    ['int(a)', "alert: fetch method 'int' : failed to parse 'a' as type 'integer' at position 1: it is not a whole number <a>"],
    ['path,field(1)', "alert: converter 'field' : missing arguments (got 1/2), type 'string' expected <field(1)>"],
    ['path,field(x,.)', "alert: converter 'field' : failed to parse 'x' as type 'integer' at position 1: it is not a whole number <x>"],
    ['path,field(1,"")', `alert: invalid arg 2 in converter 'field' : empty separators list <"">`],
    ['bin(aa),add(1)', "alert: converter 'add' cannot be applied <add>"],
    ['src,iif(a,b)', "alert: converter 'iif' cannot be applied <iif>"],
    ['path,regsub(a(,b)', "alert: converter 'regsub' : failed to parse 'a(' as type 'regex' at position 1: /a(/: Unterminated group <a(>"],
    ['srv_is_up()', "alert: fetch method 'srv_is_up' : expected type 'server' at position 1, but got nothing <srv_is_up()>"],
  ])('%s', (text, problem) => {
    const { parsed, problems } = parse(text);
    expect(parsed).toBeUndefined();
    expect(problems).toEqual([problem]);
  });

  test('variable names need a scope', () => {
    expect(parse('var(foo)').problems[0]).toMatch(/^alert: .*invalid variable name 'foo'.*<foo>$/);
    expect(parse('var(txn.foo)').problems).toEqual([]);
  });
});

describe('casts between converters', () => {
  test.each([
    ['bool(1),add(1)', true], ['src,add(1)', true], ['ipv6(::1),add(1)', false], ['method,lower', true], ['method,add(1)', false],
    ['src,hex', true], ['path,ipmask(8)', true], ['bool(1),ipmask(8)', false], ['var(txn.a),add(1)', true], ['bin(aa),debug,add(1)', false],
  ])('%s: %s', (text, good) => {
    expect(parse(text).problems.length === 0).toBe(good);
  });
});

test('a signature shows what is optional', () => {
  expect(signature(tables.converter('field')!)).toBe('field(<index>,<delimiters>[,<count>])');
  expect(wordsOf('a b').words).toHaveLength(2);
});

import { describe, expect, test } from '@jest/globals';
import { LOG_ALIASES } from '../../src/config/log_alias.js';
import { parseLogFormat } from '../../src/config/log_format.js';
import type { Mode } from '../../src/config/model.js';
import { bench } from './tables.js';

function parse(text: string, options: { mode?: Mode; mergeSpaces?: boolean; unsupported?: string; log?: boolean } = {}) {
  const scope = bench([{ index: 0, name: 'test.cfg', text }]);
  const word = { text, offsets: null, span: { source: 0, start: 0, end: text.length } };
  const format = parseLogFormat(word, {
    ...scope, mode: options.mode ?? 'http', mergeSpaces: options.mergeSpaces ?? false, log: options.log ?? false, supportsAlias: (alias) => alias.name !== options.unsupported,
  });
  const items = format?.items.map((item) => {
    if (item.kind === 'text') return item.text;
    const what = item.kind === 'sample' ? `[${item.sample.text}]` : item.alias + (item.arg === null ? '' : `=${item.arg}`);
    return { [what]: item.flags };
  });
  return { items, ...scope };
}

describe('items', () => {
  test.each([
    ['plain', ['plain']],
    ['', []],
    ['100%%20', ['100%20']],
    ['%ci:%cp [%t]', [{ ci: '' }, ':', { cp: '' }, ' [', { t: '' }, ']']],
    ['%[src]%[req.hdr(host),lower]x', [{ '[src]': '' }, { '[req.hdr(host),lower]': '' }, 'x']],
    ['%[str("a])")]b', [{ '[str("a])")]': '' }, 'b']],
    ['%{+Q}o %ci %{-Q}r %{+X}cp', [' ', { ci: 'Q' }, ' ', { r: '' }, ' ', { cp: 'Q,X' }]],
    ['%{+Q}[path]', [{ '[path]': 'Q' }]],
    ['%{2}Ts', [{ 'Ts=2': '' }]],
    ['%(name)ci %(n:sint)[src_port]', [{ ci: '' }, ' ', { '[src_port]': '' }]],
  ])('%s', (text, expected) => {
    const { items, problems } = parse(text);
    expect(problems).toEqual([]);
    expect(items).toEqual(expected);
  });

  test('runs of spaces count as one where the directive says so', () => {
    expect(parse('a   b', { mergeSpaces: true }).items).toEqual(['a b']);
    expect(parse('a   b').items).toEqual(['a   b']);
  });

  test('there are 65 aliases, each readable', () => {
    expect(LOG_ALIASES.size).toBe(65);
    for (const name of LOG_ALIASES.keys()) expect(parse(`%${name}`, { log: true }).problems).toEqual([]);
  });
});

describe('objects', () => {
  const parsed = (text: string) => {
    const scope = bench([{ index: 0, name: 'test.cfg', text }]);
    return parseLogFormat({ text, offsets: null, span: { source: 0, start: 0, end: text.length } }, { ...scope, mode: 'http' });
  };

  test('names and types of items', () => {
    const items = parsed('%{+json}o %(a)ci %(b:sint)[src_port] %(:bool)[src] %HM')!.items.filter((item) => item.kind !== 'text');
    expect(items.map(({ name, type, flags }) => [name, type, flags])).toEqual([['a', null, 'json'], ['b', 'sint', 'json'], [null, 'bool', 'json'], [null, null, 'json']]);
  });

  test.each([
    ['%ci', null, false], ['%{+json}o%ci', 'json', false], ['%{+cbor,+bin}o%ci', 'cbor', true], ['%{+json}o%{+cbor}o%ci', 'cbor', false],
    ['%{+json}o%{-json}o%ci', null, false], ['%{+json}ci', null, false], ['%{+bin}o', null, true],
  ])('%s', (text, encoding, binary) => {
    expect(parsed(text)).toMatchObject({ encoding, binary });
  });
});

describe('errors', () => {
  test.each([
    ['a%', "alert: truncated line after '%' <%>"],
    ['%foo', "alert: no such format alias 'foo' <%foo>"],
    ['%cix', "alert: no such format alias 'cix' <%cix>"],
    ['100% a', "alert: unexpected alias name near ' ' at position 4 <% >"],
    ['/%20a', "alert: unexpected alias name near '2' at position 2 <%2>"],
    ['%{+Q}', "alert: parse argument modifier without alias name near '%{+Q}' <%{+Q}>"],
    ['%{+Q', "alert: truncated line after '+Q' <{+Q>"],
    ['%[src', "alert: missing ']' after 'src' <%[src>"],
    ['%[src ]', "alert: expected ']' after 'src', but found ' ' <%[src >"],
    ['%[ src]', 'alert: missing fetch method < src]>'],
    ['%[src,]', "alert: missing converter name before ']' <]>"],
    ['%[src,foo]', "alert: unknown converter 'foo' <foo>"],
    ['%(x', "alert: missing ')' after '(x' <(x>"],
    ['%(x:int)ci', "alert: unexpected output type 'int' <int>"],
    ['%OG', "alert: format alias 'OG' means something in logs only <%OG>"],
  ])('%s', (text, problem) => {
    const { items, problems } = parse(text);
    expect(items).toBeUndefined();
    expect(problems).toEqual([problem]);
  });

  test('all errors of a string come out', () => {
    expect(parse('%foo %[bar] %').problems).toHaveLength(3);
  });

  test('aliases of HTTP are refused elsewhere, and those not supported anywhere', () => {
    expect(parse('%HM', { mode: 'tcp' }).problems).toEqual(["alert: format alias 'HM' is reserved for HTTP mode <%HM>"]);
    expect(parse('%tsc', { unsupported: 'tsc' }).problems).toEqual(["alert: format alias 'tsc' is not supported yet <%tsc>"]);
  });

  test('an unknown flag is a warning', () => {
    expect(parse('%{+Z}ci').problems).toEqual(["warning: unknown flag 'Z' is ignored <+Z>"]);
    expect(parse('%{+Z}ci').items).toEqual([{ ci: '' }]);
  });
});

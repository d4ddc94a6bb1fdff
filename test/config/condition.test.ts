import { describe, expect, test } from '@jest/globals';
import { AclTable, parseAcl } from '../../src/config/acl.js';
import { parseCondition } from '../../src/config/condition.js';
import type { AclTest, Condition } from '../../src/config/model.js';
import { bench, wordsOf } from './tables.js';

/** Parses lines of `acl …` and, as the last one, a condition. */
function parse(text: string, files: Record<string, string> = {}, inherited?: AclTable) {
  const source = { index: 0, name: 'test.cfg', text };
  const scope = { ...bench([source], files), ...(inherited === undefined ? {} : { acls: new AclTable(inherited) }) };
  let condition: Condition | undefined;
  let start = 0;
  for (const line of text.split('\n')) {
    const words = wordsOf(line).words.map((word) => ({ ...word, span: { source: 0, start: word.span.start + start, end: word.span.end + start } }));
    const span = { source: 0, start, end: start + line.length };
    if (words[0]?.text === 'acl') parseAcl(words.slice(1), span, scope);
    else condition = parseCondition(words, scope);
    start += line.length + 1;
  }
  return { condition, text: condition === undefined ? undefined : show(condition), ...scope };
}

function show(condition: Condition): string {
  if (condition.kind === 'test') return showTest(condition.test);
  if (condition.kind === 'not') return `!${show(condition.term)}`;
  return `(${condition.terms.map(show).join(condition.kind === 'all' ? ' & ' : ' | ')})`;
}

function showTest({ sample, method, ignoreCase, patterns, files }: AclTest): string {
  return [`${sample.text} ${method}${ignoreCase ? ' -i' : ''}`, ...files.map((file) => `<${file}`), ...patterns].join(' ');
}

describe('conditions', () => {
  test.each([
    ['if { path /a }', 'path str /a'],
    ['unless { path /a }', '!path str /a'],
    ['if { path /a } { src 10.0.0.1 } or !{ path /b }', '((path str /a & src ip 10.0.0.1/32) | !path str /b)'],
    ['if ! { path /a } || !!{ path /b }', '(!path str /a | path str /b)'],
    ['acl a path /a\nacl b path /b\nif a !b', '((path str /a) & !(path str /b))'],
    ['acl a path /a\nif a\nacl a path /b\nif a', '(path str /a | path str /b)'],
    ['if METH_GET', '(method str -i GET HEAD)'],
    ['if LOCALHOST !TRUE', '((src ip 127.0.0.1/8 ::1/128) & !(always_true bool))'],
  ])('%s', (source, expected) => {
    const { text, problems } = parse(source);
    expect(problems).toEqual([]);
    expect(text).toBe(expected);
  });

  test('a line that comes after the first use of its name still counts', () => {
    const source = 'acl a path /a\nif a';
    const scope = parse(source);
    parseAcl(wordsOf('a path /b').words, { source: 0, start: 0, end: 0 }, scope);
    expect(show(scope.condition!)).toBe('(path str /a | path str /b)');
  });

  test('an inherited table is a copy', () => {
    const parent = parse('acl a path /a').acls;
    const child = parse('acl a path /b\nif a', {}, parent);
    expect(child.text).toBe('(path str /a | path str /b)');
    expect(show(parent.get('a')!)).toBe('(path str /a)');
  });

  test.each([
    ['if foo', "alert: no such ACL : 'foo' <foo>"],
    ['if !foo', "alert: no such ACL : 'foo' <foo>"],
    ['if { path /a', "alert: missing closing '}' in condition <{>"],
    ['if { path /a}', "alert: missing closing '}' in condition </a}>"],
    ['if {path /a } TRUE', "alert: no such ACL : '{path' <{path>"],
    ['if { }', 'alert: missing fetch method in ACL expression <{ }>'],
    ['if TRUE && TRUE', "alert: no such ACL : '&&' <&&>"],
    ['if HTTP', "alert: predefined ACL 'HTTP' is not supported yet <HTTP>"],
  ])('%s', (source, problem) => {
    const { condition, problems } = parse(source);
    expect(condition).toBeUndefined();
    expect(problems).toEqual([problem]);
  });

  test('all terms are looked at', () => {
    expect(parse('if a { pth x } or b { path -m foo }').problems).toHaveLength(4);
  });

  test('alternatives without terms are taken as HAProxy takes them, with a warning', () => {
    expect(parse('if or { path /a } or').text).toBe('path str /a');
    expect(parse('if or { path /a } or').problems.every((problem) => problem.startsWith('warning'))).toBe(true);
    expect(parse('if').condition).toEqual({ kind: 'any', terms: [] });
  });
});

describe('acl lines', () => {
  test.each([
    ['path_beg /a /b', 'path_beg beg /a /b'],
    ['hdr_dom(host) -m beg www.', 'hdr_dom(host) beg www.'],
    ['path_beg,lower a', 'path_beg,lower str a'],
    ['path -i -m end -- -x', 'path end -i -x'],
    ['path -i /a -i', 'path str -i /a -i'],
    ['src_port 5 6:7 :3 8:', 'src_port int 5:5 6:7 :3 8:'],
    ['src_port gt 5', 'src_port int 6:'],
    ['src_port lt 5 le 7 eq 9', 'src_port int :4 :7 9:9'],
    ['src_port -- -5:-1', 'src_port int -5:-1'],
    ['req.ver -m int 3:3.1', 'req.ver int 3:196609'],
    ['path_len gt 5', 'path_len len 6:'],
    ['src 10.12/8 127.1 ::1 1.2.3.4/255.255.0.0 ::/0', 'src ip 10.0.0.12/8 127.0.0.1/32 ::1/128 1.2.3.4/16 ::/0'],
    ['path -m bin 4A6b', 'path bin 4a6b'],
    ['path -m found', 'path found'],
    ['path_reg -i ^/(a|b)$', 'path_reg reg -i ^/(a|b)$'],
    ['method get', 'method str -i get'],
    ['path -u 7 -n /a', 'path str /a'],
    ['var(txn.a) -m str x', 'var(txn.a) str x'],
  ])('acl a %s', (line, expected) => {
    const { text, problems } = parse(`acl a ${line}\nif a`);
    expect(problems).toEqual([]);
    expect(text).toBe(`(${expected})`);
  });

  test('files give their lines; -i holds from where it stands', () => {
    const files = { one: '/x\n# no\n\n  #yes\n', two: '/y v1\n\t/z\tv2\n' };
    const { text, problems } = parse('acl a path -f one -i -M -f two -f opt@none -f virt@v last\nif a', files);
    expect(problems).toEqual([]);
    expect(text).toBe('(path str <one /x #yes | path str -i <two <none <virt@v /y /z last)');
  });

  test('host names among addresses are handed out to be resolved', () => {
    const { hosts, text } = parse('acl a src 10.0.0.1 some.host\nif a');
    expect(text).toBe('(src ip 10.0.0.1/32 some.host)');
    expect(hosts).toMatchObject([{ name: 'some.host', at: 1, span: { start: 19, end: 28 } }]);
  });

  test.each([
    ['acl', "alert: 'acl' expects a name and a criterion <acl>"],
    ['acl a!b path x', "alert: character '!' is not permitted in acl name 'a!b' <a!b>"],
    ['acl a', 'alert: missing fetch method in ACL expression <acl a>'],
    ['acl a bin(aa) b', "alert: matching method must be specified first (using '-m') when using a sample fetch of this type ('bin') <bin(aa)>"],
    ['acl a bin(aa) -m int 1', "alert: matching method 'int' cannot be used with fetch keyword 'bin' <-m int>"],
    ['acl a path -m foo x', "alert: unknown matching method 'foo' when parsing ACL expression <foo>"],
    ['acl a path -m', "alert: unknown matching method '' when parsing ACL expression <-m>"],
    ['acl a path -z x', "alert: '-z' is not a valid ACL option <-z>"],
    ['acl a path -u x y', 'alert: the argument of -u must be an integer <x>'],
    ['acl a src_port x', "alert: 'x' is not a number <x>"],
    ['acl a src_port 5:1', "alert: '5:1' is not a valid number range <5:1>"],
    ['acl a src_port :', "alert: ':' is not a valid number range <:>"],
    ['acl a src 1.2.3.4/33', "alert: '1.2.3.4/33' is not a valid IPv4 or IPv6 address <1.2.3.4/33>"],
    ['acl a src ::1/129', "alert: '::1/129' is not a valid IPv4 or IPv6 address <::1/129>"],
    ['acl a src -n foo', "alert: 'foo' is not a valid IPv4 or IPv6 address <foo>"],
    ['acl a src 1.2.3.4/255.0.255.0', "alert: the mask of '1.2.3.4/255.0.255.0' has holes, which is not supported <1.2.3.4/255.0.255.0>"],
    ['acl a path -m bin 4', 'alert: an even number of hex digit is expected <4>'],
    ['acl a path -m bin 4x', "alert: an hex digit is expected (found 'x') <4x>"],
    ['acl a path -f none', 'alert: failed to open pattern file <none> <none>'],
    ['acl a path -f', "alert: '-f' expects the name of a pattern file <-f>"],
    ['acl a path -f one -m beg', "alert: '-m' must only be specified before patterns and files in parsing ACL expression <-m>"],
    ['acl a ssl_fc_sni_end x', "alert: fetch method 'ssl_fc_sni_end' is not supported yet <ssl_fc_sni_end>"],
    ['acl a path', "warning: parsing acl keyword 'path' : no pattern to match against were provided, so this ACL will never match <path>"],
    ['acl or path x', "warning: acl name 'or' will never match <or>"],
    ['acl a always_true x', "notice: patterns are ignored by matching method 'bool' <x>"],
  ])('%s', (line, problem) => {
    expect(parse(line, { one: '' }).problems).toEqual([problem]);
  });

  test('a bad line of a file is named', () => {
    expect(parse('acl a src -f list', { list: '10.0.0.1\n10.0.0.1/64\n' }).problems).toEqual([
      "alert: '10.0.0.1/64' is not a valid IPv4 or IPv6 address, in line 2 of 'list' <list>",
    ]);
  });

  test('regular expressions are checked', () => {
    expect(parse('acl a path_reg a(').problems[0]).toMatch(/^alert: regex 'a\(' is invalid/);
  });

  test('the name of a broken line is known nevertheless', () => {
    expect(parse('acl a pth /x\nif a').problems).toHaveLength(1);
  });
});

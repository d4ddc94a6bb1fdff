import { describe, expect, test } from '@jest/globals';
import { parseFile } from '../../src/config/parser.js';
import { Environment } from '../../src/config/variables.js';
import { describeDiagnostic } from './tables.js';

function parse(lines: string[], variables: Record<string, string> = {}) {
  const source = { index: 0, name: 'test.cfg', text: `global\n${lines.join('\n')}\n` };
  const problems: string[] = [];
  const sections = parseFile(source, { report: (d) => problems.push(describeDiagnostic(d, [source])) }, new Environment(Object.entries(variables)));
  return { kept: sections.flatMap((section) => section.lines.map((line) => line.words[0]?.text)).join(' '), problems };
}

describe('branches', () => {
  test.each([
    ['.if 1|a|.endif|b', 'a b'],
    ['.if 0|a|.else|b|.endif', 'b'],
    ['.if|a|.endif|b', 'b'],
    ['.if 0|a|.elif 1|b|.elif 1|c|.else|d|.endif', 'b'],
    ['.if 0|.if 1|a|.else|b|.endif|.else|.if 1|c|.endif|d|.endif', 'c d'],
    ['.if streq("$A",x)|a|.endif', 'a'],
    ['.if streq("$A", x)|a|.endif', ''],
    ['setenv B 1|.if defined(B)|a|.endif', 'setenv a'],
    ['.if 0|setenv B 1|.endif|.if defined(B)|a|.endif', ''],
    ['.if 1 # why|a|.endif # end', 'a'],
    ['.if 1|.elif foo|.endif|a', 'a'],
    ['.if 0|.foo|.if foo|.endif|.endif|a', 'a'],
  ])('%s', (text, kept) => {
    expect(parse(text.split('|'), { A: 'x' })).toEqual({ kept, problems: [] });
  });
});

describe('errors', () => {
  test.each([
    ['.else', "alert: lone '.else' with no matching '.if' <.else>"],
    ['.elif 1', "alert: lone '.elif' with no matching '.if' <.elif>"],
    ['.endif', "alert: lone '.endif' with no matching '.if' <.endif>"],
    ['.if 1', "alert: non-terminated '.if' block <.if 1>"],
    ['.if 1|.else|.else|.endif', "alert: '.else' after '.else' is not permitted <.else>"],
    ['.if 1|.else|.elif 1|.endif', "alert: '.elif' after '.else' is not permitted <.elif>"],
    ['.if 1|.else x|.endif', "alert: unexpected argument 'x' for '.else' <x>"],
    ['.if 1|.endif x', "alert: unexpected argument 'x' for '.endif' <x>"],
    ['.fi', "alert: unknown directive '.fi' <.fi>"],
    ['.if 1 && "f o"|.endif', "alert: unparsable conditional expression 'f' in '.if' <f>"],
    ['.if 0|"a|.endif', 'alert: unmatched quote <"a>'],
  ])('%s', (text, problem) => {
    expect(parse(text.split('|')).problems).toEqual([problem]);
  });

  test('neither branch of a condition that makes no sense is looked at', () => {
    expect(parse('.if foo|a|.elif 1|b|.else|c|.endif|d'.split('|')).kept).toBe('d');
    expect(parse('.if "foo|a|.else|b|.endif|c'.split('|'))).toEqual({ kept: 'c', problems: ['alert: unmatched quote <"foo>'] });
  });
});

describe('messages', () => {
  test('are reported at their level, in branches that are taken', () => {
    expect(parse(['.alert "a b"', '.warning b', '.notice c', '.diag d', '.notice', '.if 0', '.alert no', '.endif']).problems).toEqual([
      `alert: 'a b' <.alert "a b">`, "warning: 'b' <.warning b>", "notice: 'c' <.notice c>", "diag: 'd' <.diag d>", "notice: '' <.notice>",
    ]);
  });

  test('take one argument', () => {
    expect(parse(['.notice a b']).problems).toEqual(["alert: unexpected argument 'b' for '.notice' <b>"]);
  });
});

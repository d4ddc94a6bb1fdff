import { describe, expect, test } from '@jest/globals';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { parseFile } from '../../src/config/parser.js';
import { subspan } from '../../src/config/source.js';
import { Environment } from '../../src/config/variables.js';

function parse(text: string, variables: Record<string, string> = {}) {
  const diagnostics: Diagnostic[] = [];
  const source = { index: 0, name: 'test.cfg', text };
  const environment = new Environment(Object.entries(variables));
  const sections = parseFile(source, { report: (diagnostic) => diagnostics.push(diagnostic) }, environment);
  const words = sections.map((section) => [section.header, ...section.lines].map((line) => line.words.map((word) => word.text)));
  const problems = diagnostics.map((d) => `${d.severity}: ${d.summary} <${d.span === null ? '' : text.slice(d.span.start, d.span.end)}>`);
  return { words, problems, sections, environment };
}

describe('sections and lines', () => {
  test('a keyword at the start of a line opens a section, whatever its indentation', () => {
    const { words, problems } = parse('global#c\n\tdaemon # d\n   frontend   a b\n mode http\n\n# x\nbackend c\n');
    expect(words).toEqual([[['global'], ['daemon']], [['frontend', 'a', 'b'], ['mode', 'http']], [['backend', 'c']]]);
    expect(problems).toEqual([]);
  });

  test('spans cover the raw words', () => {
    const text = 'global\n  setenv A "x y"\n';
    const word = parse(text).sections[0]?.lines[0]?.words[2];
    expect(word?.text).toBe('x y');
    expect(text.slice(word?.span.start, word?.span.end)).toBe('"x y"');
    const part = subspan(word!, 2, 3);
    expect(text.slice(part.start, part.end)).toBe('y');
  });

  test('a file without final line feed is accepted with a notice', () => {
    const { words, problems } = parse('global\n daemon');
    expect(words).toEqual([[['global'], ['daemon']]]);
    expect(problems).toEqual(['notice: missing LF on last line, file might have been truncated <>']);
  });

  test('lines before the first section are reported once, with the section that was meant', () => {
    const { words, problems } = parse('fronted a\n mode http\nbackend b\n');
    expect(words).toEqual([[['backend', 'b']]]);
    expect(problems).toEqual(["alert: unknown keyword 'fronted' out of section <fronted>"]);
  });

  test('all lexical errors come out in one run, and the other lines survive', () => {
    const { words, problems } = parse('global\n a "b\n foo\0bar\n ok 1\n c \'d\n x "y\0z\n e "\\xZ1" "$1"\n last\n');
    expect(problems).toEqual([
      'alert: unmatched quote <"b>', 'alert: stray NUL character <\0>', "alert: unmatched quote <'d>", 'alert: stray NUL character <\0>',
      'alert: truncated or invalid hexadecimal sequence <\\xZ1>', 'alert: forbidden first char in environment variable name <$1>',
    ]);
    expect(words).toEqual([[['global'], ['ok', '1'], ['last']]]);
  });

  test('carriage returns end lines; what stands behind one is lost with a warning', () => {
    const { words, problems } = parse('global\r\n daemon\r\n node a\rb\n');
    expect(words).toEqual([[['global'], ['daemon'], ['node', 'a']]]);
    expect(problems).toEqual(['warning: the text behind a carriage return is ignored <\rb>']);
  });

  test('more than 64 words are refused', () => {
    const { problems } = parse(`global\n x ${'w '.repeat(64)}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^alert: too many words \(65\)/);
  });

  test('a header with an error still opens its section', () => {
    const { words } = parse('frontend a\n mode http\nbackend "b\n server x 1\n');
    expect(words[0]).toEqual([['frontend', 'a'], ['mode', 'http']]);
    expect(words[1]).toEqual([['backend', 'b'], ['server', 'x', '1']]);
  });
});

describe('variables', () => {
  test('the environment keywords of global work on the lines that follow', () => {
    const text = 'global\n setenv A "x$B"\n node "$A"\n presetenv A no\n unsetenv B\n node "$A${B-none}"\n resetenv A\nlisten l\n a "$A$C"\n setenv A y\n b "$A"\n';
    const { words, environment } = parse(text, { B: '1', C: '2' });
    expect(words[0]).toContainEqual(['node', 'x1']);
    expect(words[0]).toContainEqual(['node', 'x1none']);
    expect(words[1]).toEqual([['listen', 'l'], ['a', 'x1'], ['setenv', 'A', 'y'], ['b', 'x1']]);
    expect([...environment.entries()]).toEqual([['A', 'x1']]);
  });

  test('pseudo-variables name the place', () => {
    const { words } = parse('global\n a "${.FILE}:${.LINE}" "$.SECTION"\nlisten x\n b "${.SECTION}:$.LINE"\n');
    expect(words).toEqual([[['global'], ['a', 'test.cfg:2', 'global']], [['listen', 'x'], ['b', 'x:4']]]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { AclTable, parseAcl } from '../../src/config/acl.js';
import { parseCondition } from '../../src/config/condition.js';
import type { Diagnostic, Span } from '../../src/config/diagnostic.js';
import { parseExpression } from '../../src/config/expression.js';
import { parseLogFormat } from '../../src/config/log_format.js';
import { parseFile } from '../../src/config/parser.js';
import { render } from '../../src/config/render.js';
import type { Section, Source } from '../../src/config/source.js';
import { Environment } from '../../src/config/variables.js';
import { tables } from './tables.js';

/** Whatever the text, the language layer ends in sections and diagnostics with spans inside the text, and never throws. */

const SAMPLE = `global
  setenv A "x y"
  presetenv B 'z'   # comment
.if defined(A) && (version_atleast(2.4) || !feature(LUA))
  node "\${A}-$B"
.elif streq("$A",1)
  node "\${U-none}\\x41\\n"
.else
  .notice "no node"
.endif
defaults d
  timeout client 5s
frontend f
  bind :80,[::1]:81 name "a b"
  acl a path_beg -i /a /b -- -c
  acl b src 10.0.0.0/8 ::1 127.1
  acl c hdr(host),lower,length gt 5
  http-request set-header X "%[src],%{+Q}[req.hdr(host),field(1,\\",\\")] %ci %%" if a !b or { path_reg ^/(x|y)$ }
  use_backend "%[req.hdr(host),lower]" unless a || { src_port 1:5 } METH_GET
backend b
  server s 127.0.0.1:8000 weight 10
`;

const PIECES = ['"', "'", '\\', '$', '${', '}', '\0', '\r', '\n', '\t', ' ', '(', ')', ',', '[', ']', '{', '}', '%', '#', '!', '||', '.if ', '.else', '\xff', 'x'.repeat(200), '${A[*]}', '%[', '\\x'];

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function mutate(text: string, random: () => number): string {
  const pick = (limit: number): number => Math.floor(random() * limit);
  let out = text;
  for (let i = 1 + pick(6); i > 0; i--) {
    const at = pick(out.length + 1);
    const kind = pick(4);
    if (kind === 0) out = out.slice(0, at) + out.slice(at + 1 + pick(12));
    else if (kind === 1) out = out.slice(0, at) + (PIECES[pick(PIECES.length)] ?? '') + out.slice(at);
    else if (kind === 2) out = out.slice(0, at) + out.slice(pick(out.length), pick(out.length)) + out.slice(at);
    else out = out.slice(0, at) + String.fromCharCode(pick(256)) + out.slice(at + 1);
  }
  return out;
}

function run(text: string): { sections: Section[]; diagnostics: Diagnostic[]; source: Source } {
  const source = { index: 0, name: 'fuzz.cfg', text };
  const diagnostics: Diagnostic[] = [];
  const sink = { report: (diagnostic: Diagnostic) => void diagnostics.push(diagnostic) };
  const sections = parseFile(source, sink, new Environment([['U2', 'p q']]));
  const scope = { tables, sink, acls: new AclTable(), readFile: () => ({ problem: 'none' }), mode: 'http' as const };
  for (const { words, span } of sections.flatMap((section) => section.lines)) {
    if (words[0]?.text === 'acl') parseAcl(words.slice(1), span, scope);
    const condition = words.findIndex((word) => word.text === 'if' || word.text === 'unless');
    if (condition !== -1) parseCondition(words.slice(condition), scope);
    for (const word of words) {
      parseLogFormat(word, scope);
      parseExpression(word, scope);
    }
  }
  return { sections, diagnostics, source };
}

/** The first place that isn't inside the text, or offsets that don't fit their word; null if all is well. (expect() per word is slow.) */
function misplaced({ sections, diagnostics, source }: ReturnType<typeof run>): unknown {
  const end = source.text.length + 1;
  const inside = (span: Span): boolean => span.start >= 0 && span.start <= span.end && span.end <= end;
  const stray = diagnostics.find(({ span }) => span === null || !inside(span));
  if (stray !== undefined) return stray;
  for (const { header, lines } of sections) {
    for (const { words } of [header, ...lines]) {
      for (const word of words) {
        const { text, span, offsets } = word;
        const fits = offsets === null ? source.text.slice(span.start, span.end) === text : offsets.length === text.length + 1;
        if (!inside(span) || !fits) return word;
      }
    }
  }
  return null;
}

test('the sample itself is understood', () => {
  const { diagnostics, sections } = run(SAMPLE);
  expect(sections.map((section) => section.header.words[0]?.text)).toEqual(['global', 'defaults', 'frontend', 'backend']);
  expect(diagnostics.filter(({ summary }) => /quote|condition|section|environment|fragment/.test(summary))).toEqual([]);
});

describe('mutations', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of seed %i', (seed) => {
    const random = generator(seed);
    let text = SAMPLE;
    for (let i = 0; i < 150; i++) {
      text = i % 10 === 0 ? mutate(SAMPLE, random) : mutate(text, random).slice(0, 6000);
      const result = run(text);
      expect(misplaced(result)).toBeNull();
      for (const diagnostic of result.diagnostics.slice(0, 5)) expect(render(diagnostic, [result.source], 1)).toMatch(/^\[[A-Z]+\] +\(1\) : config : /);
    }
  });

  test('noise', () => {
    const random = generator(99);
    for (let i = 0; i < 100; i++) {
      const noise = Array.from({ length: 300 }, () => String.fromCharCode(Math.floor(random() * 256))).join('');
      expect(misplaced(run(noise))).toBeNull();
    }
  });
});

describe('hostile sizes', () => {
  test.each([
    ['a quote without end', `global\n "${'a'.repeat(500_000)}\n`],
    ['nothing but quotes', 'global\n' + '"'.repeat(500_001)],
    ['nothing but backslashes', `global\n ${'\\'.repeat(500_001)}`],
    ['nothing but NUL bytes', '\0'.repeat(500_000)],
    ['a lone quote on every line', '"\n'.repeat(20_000)],
    ['a NUL byte on every line', 'a\0\n'.repeat(20_000)],
    ['one word', `global\n ${'a'.repeat(1_000_000)}\n`],
    ['one long quoted word', `global\n "${'a b '.repeat(200_000)}"\n`],
    ['pairs of quotes', `global\n ${'""'.repeat(200_000)}x\n`],
    ['many nested blocks', '.if 1\n'.repeat(20_000) + '.endif\n'.repeat(20_000)],
    ['deep parentheses', `.if ${'('.repeat(50_000)}\n.endif\n`],
  ])('%s', (_name, text) => {
    const source = { index: 0, name: 'big.cfg', text };
    const diagnostics: Diagnostic[] = [];
    parseFile(source, { report: (diagnostic) => void diagnostics.push(diagnostic) }, new Environment());
    for (const diagnostic of diagnostics.slice(0, 3)) expect(render(diagnostic, [source], 1).length).toBeLessThan(2000);
  });
});

import { EmbeddedActionsParser } from './chevrotain.js';
import type { IToken } from './chevrotain.js';
import { ConditionalBlocks } from './block.js';
import type { Diagnostic, DiagnosticSink, Severity, Span } from './diagnostic.js';
import { EndOfLine, Misfit, Nul, OpenQuote, StrayReturn, tokenize, TOKENS, WordToken } from './lexer.js';
import type { PredicateFacts } from './predicate.js';
import { RUNTIME_OPTIONS } from './predicate.js';
import { isSectionKeyword, SECTION_KEYWORDS } from './section.js';
import { lineOf } from './source.js';
import type { Line, Section, Source, Word } from './source.js';
import { suggest } from './suggest.js';
import { unquote } from './unquote.js';
import { editEnvironment } from './variables.js';
import type { Environment } from './variables.js';

/** HAProxy's limit of words on a line. */
const MAX_WORDS = 64;

/**
 * The grammar of a file as raw lines. What can't be a word (a quote without partner, a NUL byte …) has a production of its own, so
 * that parsing goes on behind it and all of it is found in one run; Chevrotain's own recovery costs a stack frame per error.
 */
class LineParser extends EmbeddedActionsParser {
  #lines: IToken[][] = [];
  #misfits: IToken[] = [];

  constructor() {
    super(TOKENS, { recoveryEnabled: true, maxLookahead: 1 });
    this.performSelfAnalysis();
  }

  /** The words of each line that has any, and the tokens that can't be words, both in the order of the text. */
  parse(tokens: IToken[]): { lines: IToken[][]; misfits: IToken[] } {
    this.input = tokens;
    this.#lines = [];
    this.#misfits = [];
    this.file();
    return { lines: this.#lines, misfits: this.#misfits };
  }

  readonly file: () => void = this.RULE('file', () => {
    this.MANY(() => {
      const words = this.SUBRULE(this.line);
      this.ACTION(() => {
        if (words.length > 0) this.#lines.push(words);
      });
    });
  });

  readonly line: () => IToken[] = this.RULE('line', () => {
    const words: IToken[] = [];
    this.MANY(() => this.OR([
      { ALT: () => { words.push(this.CONSUME(WordToken)); } },
      { ALT: () => { const misfit = this.CONSUME(Misfit); this.ACTION(() => this.#misfits.push(misfit)); } },
    ]));
    this.CONSUME(EndOfLine);
    return words;
  }, { recoveryValueFunc: () => [] });
}

let lineParser: LineParser | undefined;

/**
 * Parses one file into its sections, walking the lines in order: conditional blocks are followed, variables expanded, the
 * environment keywords of `global` applied to `environment` for the lines that follow. All problems go to `sink`; lines that make
 * no sense are left out. Never throws for bad input.
 */
export function parseFile(
  source: Source, sink: DiagnosticSink, environment: Environment, enabled: PredicateFacts['enabled'] = RUNTIME_OPTIONS,
): Section[] {
  lineParser ??= new LineParser();
  const terminated = source.text === '' || source.text.endsWith('\n');
  const { lines, misfits } = lineParser.parse(tokenize(terminated ? source.text : `${source.text}\n`));
  const walk = new Walk(source, sink, environment, enabled);
  let next = 0;
  for (const words of lines) {
    const end = endOfLine(source.text, words[words.length - 1] as IToken);
    let broken: IToken | null = null;
    for (let bad = misfits[next]; bad !== undefined && bad.startOffset <= end; bad = misfits[++next]) {
      if (walk.misfit(bad)) broken ??= bad;
    }
    walk.line(words, broken);
  }
  for (const bad of misfits.slice(next)) walk.misfit(bad);
  walk.finish(terminated);
  return walk.sections;
}

/** Several files, one after the other, with one environment; a section never goes on in the next file. */
export function parseSources(
  sources: readonly Source[], sink: DiagnosticSink, environment: Environment, enabled: PredicateFacts['enabled'] = RUNTIME_OPTIONS,
): Section[] {
  return sources.flatMap((source) => parseFile(source, sink, environment, enabled));
}

function endOfLine(text: string, last: IToken): number {
  const end = text.indexOf('\n', last.startOffset);
  return end === -1 ? text.length : end;
}

/** A header whose name lacks a quote, with the name as if the quote were closed at its end: one error is enough. */
function repaired(header: Line, misfit: IToken): Line {
  if (misfit.tokenType !== OpenQuote) return header;
  const start = misfit.startOffset;
  const text = misfit.image.slice(1).trimEnd();
  const offsets = Array.from({ length: text.length + 1 }, (_, i) => start + 1 + i);
  return { ...header, words: [...header.words, { text, offsets, span: { source: header.span.source, start, end: start + misfit.image.length } }] };
}

/** The walk over the lines of one file. */
class Walk {
  readonly sections: Section[] = [];
  readonly #source: Source;
  readonly #sink: DiagnosticSink;
  readonly #environment: Environment;
  readonly #blocks: ConditionalBlocks;
  readonly #lookup: (name: string, offset: number) => string | undefined;
  #lines: Line[] = [];
  #section: Section | null = null;
  #homeless = false;

  constructor(source: Source, sink: DiagnosticSink, environment: Environment, enabled: PredicateFacts['enabled']) {
    this.#source = source;
    this.#sink = sink;
    this.#environment = environment;
    this.#blocks = new ConditionalBlocks(sink, { environment, enabled });
    this.#lookup = (name, offset) => (name.startsWith('.') ? this.#pseudo(name, offset) : environment.get(name));
  }

  /** Reports a token that can't be a word; true if its line can't be used. */
  misfit(token: IToken): boolean {
    const start = token.startOffset;
    const end = start + token.image.length;
    if (token.tokenType === OpenQuote) {
      // A NUL byte between two quotes is one mistake, not two.
      if (this.#source.text[end] === '\0') return true;
      this.#report('alert', 'unmatched quote', `Close it with another ${token.image[0]} on the same line, or write \\${token.image[0]}.`, start, end);
    } else if (token.tokenType === Nul) {
      this.#report('alert', 'stray NUL character', 'Remove it: the rest of the line would be lost.', start, start + 1);
    } else if (token.tokenType === StrayReturn) {
      if (token.image.trim() === '') return false;
      this.#report('warning', 'the text behind a carriage return is ignored', 'End lines with a line feed.', start, end);
      return false;
    }
    return true;
  }

  line(tokens: readonly IToken[], misfit: IToken | null): void {
    const words: Word[] = [];
    let broken = misfit !== null;
    for (const token of tokens) {
      const problem = unquote(this.#source, token.image, token.startOffset, this.#lookup, words);
      if (problem !== null) {
        this.#report('alert', problem.summary, problem.advice, problem.start, problem.end);
        broken = true;
      }
    }
    const first = words[0];
    const last = words[words.length - 1];
    if (first === undefined || last === undefined) return;
    const line: Line = { words, span: { source: this.#source.index, start: first.span.start, end: last.span.end } };
    if (first.text.startsWith('.') && first.offsets === null) {
      this.#blocks.directive(line, broken);
      return;
    }
    if (!this.#blocks.active) return;
    const extra = words[MAX_WORDS];
    if (extra !== undefined) {
      this.#sink.report({
        severity: 'alert', summary: `too many words (${words.length}), a line takes at most ${MAX_WORDS}`,
        advice: 'Split it: acl lines of one name add up, and -f reads patterns from a file.',
        span: { source: this.#source.index, start: extra.span.start, end: last.span.end }, related: [],
      });
      broken = true;
    }
    if (isSectionKeyword(first.text)) this.#open(misfit === null ? line : repaired(line, misfit));
    else this.#content(line, first, broken);
  }

  /** A broken header opens its section all the same: the lines below it must not fall into the one before. */
  #open(header: Line): void {
    this.#lines = [];
    this.#section = { header, lines: this.#lines };
    this.#homeless = false;
    this.sections.push(this.#section);
  }

  #content(line: Line, first: Word, broken: boolean): void {
    if (this.#section === null) {
      this.#outOfSection(first);
    } else if (!broken) {
      this.#lines.push(line);
      if (this.#section.header.words[0]?.text === 'global') {
        editEnvironment(this.#environment, first.text, () => line.words.slice(1).map((word) => word.text));
      }
    }
  }

  /** Reported once for each run of lines: the first one is the mistake. */
  #outOfSection(first: Word): void {
    if (this.#homeless) return;
    this.#homeless = true;
    const meant = suggest(first.text, SECTION_KEYWORDS);
    this.#sink.report({
      severity: 'alert', summary: `unknown keyword '${first.text}' out of section`,
      advice: meant === null ? "A file starts with the header of a section, such as 'global' or 'frontend NAME'." : `Did you mean '${meant}'?`,
      span: first.span, related: [],
    });
  }

  finish(terminated: boolean): void {
    this.#blocks.finish();
    if (terminated) return;
    const end = this.#source.text.length;
    this.#report('notice', 'missing LF on last line, file might have been truncated', 'End the last line with a line feed.', end, end);
  }

  #pseudo(name: string, offset: number): string {
    if (name === '.FILE') return this.#source.name;
    if (name === '.LINE') return String(lineOf(this.#source, offset));
    const header = this.#section?.header.words;
    return header?.[1]?.text ?? header?.[0]?.text ?? '';
  }

  #report(severity: Severity, summary: string, advice: string | null, start: number, end: number): void {
    const span: Span = { source: this.#source.index, start, end };
    const diagnostic: Diagnostic = { severity, summary, advice, span, related: [] };
    this.#sink.report(diagnostic);
  }
}

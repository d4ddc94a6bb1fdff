import { evaluateCondition } from './conditional.js';
import type { DiagnosticSink, Span } from './diagnostic.js';
import type { PredicateFacts } from './predicate.js';
import { joinWords, subspan } from './source.js';
import type { Line, Word } from './source.js';
import { didYouMean } from './suggest.js';

/** One `.if` level. `done`: no further branch of it is taken, because one was, or because its condition made no sense. */
interface Level {
  readonly line: Line;
  readonly enclosing: boolean;
  active: boolean;
  done: boolean;
  elseSpan: Span | null;
}

type Directive = (blocks: ConditionalBlocks, line: Line, keyword: Word) => void;

/** `.if`, `.elif`, `.else`, `.endif` and the four messages, over the lines of one file. */
export class ConditionalBlocks {
  readonly #sink: DiagnosticSink;
  readonly #facts: PredicateFacts;
  readonly #levels: Level[] = [];

  constructor(sink: DiagnosticSink, facts: PredicateFacts) {
    this.#sink = sink;
    this.#facts = facts;
  }

  /** False while the lines belong to a branch that isn't taken. */
  get active(): boolean {
    return this.#levels[this.#levels.length - 1]?.active ?? true;
  }

  /** Handles a line whose first word starts with a dot. Of a `broken` one only the nesting counts: its error is already known. */
  directive(line: Line, broken = false): void {
    if (broken) {
      this.#nestOnly(line);
      return;
    }
    const keyword = line.words[0] as Word;
    const handle = Object.hasOwn(DIRECTIVES, keyword.text) ? DIRECTIVES[keyword.text] : undefined;
    if (handle !== undefined) handle(this, line, keyword);
    else if (this.active) this.#error(keyword.span, `unknown directive '${keyword.text}'`, didYouMean(keyword.text, Object.keys(DIRECTIVES)));
  }

  #nestOnly(line: Line): void {
    const keyword = line.words[0]?.text;
    const level = this.#levels[this.#levels.length - 1];
    if (keyword === '.if') this.#levels.push({ line, enclosing: this.active, active: false, done: true, elseSpan: null });
    else if (keyword === '.endif') this.#levels.pop();
    else if (level !== undefined && keyword === '.elif') Object.assign(level, { active: false, done: true });
    else if (level !== undefined && keyword === '.else') this.branch({ ...line, words: line.words.slice(0, 1) }, line.words[0] as Word, false);
  }

  /** At the end of the file: every level must have been closed. */
  finish(): void {
    for (const level of this.#levels) this.#error(level.line.span, "non-terminated '.if' block", "Close it with '.endif'.");
  }

  open(line: Line): void {
    const enclosing = this.active;
    const value = enclosing ? this.#condition(line) : false;
    this.#levels.push({ line, enclosing, active: value === true, done: value !== false, elseSpan: null });
  }

  branch(line: Line, keyword: Word, conditional: boolean): void {
    const level = this.#levels[this.#levels.length - 1];
    if (level === undefined) {
      this.#error(keyword.span, `lone '${keyword.text}' with no matching '.if'`, null);
      return;
    }
    if (level.elseSpan !== null) {
      this.#sink.report({
        severity: 'alert', summary: `'${keyword.text}' after '.else' is not permitted`, advice: "'.else' is the last branch of a block.",
        span: keyword.span, related: [{ span: level.elseSpan, text: "'.else' is here" }],
      });
      level.active = false;
      return;
    }
    if (!conditional) level.elseSpan = keyword.span;
    const value = level.enclosing && !level.done ? !conditional || this.#condition(line) : false;
    level.active = value === true;
    level.done ||= value !== false;
    if (!conditional) this.#noArguments(line, keyword);
  }

  close(line: Line, keyword: Word): void {
    if (this.#levels.pop() === undefined) this.#error(keyword.span, "lone '.endif' with no matching '.if'", null);
    else this.#noArguments(line, keyword);
  }

  message(line: Line, keyword: Word, severity: 'alert' | 'warning' | 'notice' | 'diag'): void {
    if (!this.active) return;
    const [, text, extra] = line.words;
    if (extra !== undefined) {
      this.#error(extra.span, `unexpected argument '${extra.text}' for '${keyword.text}'`, 'Use quotes if the message should contain spaces.');
      return;
    }
    this.#sink.report({ severity, summary: `'${text?.text ?? ''}'`, advice: null, span: line.span, related: [] });
  }

  /** undefined after an error, which has been reported. */
  #condition(line: Line): boolean | undefined {
    const words = line.words.slice(1);
    if (words.length === 0) return false;
    const condition = joinWords(words);
    const result = evaluateCondition(condition.text, this.#facts);
    if ('value' in result) return result.value;
    const keyword = line.words[0]?.text ?? '.if';
    this.#error(subspan(condition, result.from, result.to), `${result.problem} in '${keyword}'`, result.advice);
    return undefined;
  }

  #noArguments(line: Line, keyword: Word): void {
    const extra = line.words[1];
    if (extra !== undefined) this.#error(extra.span, `unexpected argument '${extra.text}' for '${keyword.text}'`, null);
  }

  #error(span: Span, summary: string, advice: string | null): void {
    this.#sink.report({ severity: 'alert', summary, advice, span, related: [] });
  }
}

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  '.if': (blocks, line) => blocks.open(line),
  '.elif': (blocks, line, keyword) => blocks.branch(line, keyword, true),
  '.else': (blocks, line, keyword) => blocks.branch(line, keyword, false),
  '.endif': (blocks, line, keyword) => blocks.close(line, keyword),
  '.alert': (blocks, line, keyword) => blocks.message(line, keyword, 'alert'),
  '.warning': (blocks, line, keyword) => blocks.message(line, keyword, 'warning'),
  '.notice': (blocks, line, keyword) => blocks.message(line, keyword, 'notice'),
  '.diag': (blocks, line, keyword) => blocks.message(line, keyword, 'diag'),
};

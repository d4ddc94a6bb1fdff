import type { Cursor, FormatUse } from './cursor.js';
import type { Diagnostic, Span } from './diagnostic.js';
import { hasFrontend } from './draft.js';
import type { ErrorResponse, LogFormat, RuleFamily, SampleExpression } from './model.js';
import { checkRawResponse } from './raw_response.js';
import type { Site } from './site.js';
import { subspan } from './source.js';
import type { Word } from './source.js';
import { parseExpression } from './expression.js';
import { supportsAlias } from './keyword/aliases.js';
import { checkPlace } from './keyword/place.js';
import { expressionScope } from './keyword/scope.js';
import { typeOfSample } from './keyword/samples.js';
import { parseLogFormat } from './log_format.js';
import { didYouMean } from './suggest.js';
import { parseSize, parseTime } from './units.js';
import type { UnitProblem } from './units.js';
import { fromLatin1 } from './utf8.js';

const INTEGER = /^[+-]?[0-9]+$/;

/** The Cursor of one line: its words, where it stands, and the place where problems go. */
export class Walk implements Cursor {
  readonly site: Site;
  readonly words: readonly Word[];
  readonly keyword: string;
  readonly keywordSpan: Span;
  readonly prefix: 'no' | 'default' | null;
  readonly family: RuleFamily | null;
  /** True once an error was reported: the rest of the line is not looked at. */
  failed = false;
  #at: number;
  #end: number;

  /** A walk over `words` from `at` on; the words from `first` (by default: after a prefix) up to it are the keyword. */
  constructor(
    site: Site,
    words: readonly Word[],
    at: number,
    prefix: 'no' | 'default' | null,
    family: RuleFamily | null = null,
    first = prefix === null ? 0 : 1,
  ) {
    this.site = site;
    this.words = words;
    this.prefix = prefix;
    this.family = family;
    this.#at = at;
    this.#end = words.length;
    const start = words[first] as Word;
    const last = words[at - 1] as Word;
    this.keyword =
      at - first === 1
        ? start.text
        : words
            .slice(first, at)
            .map((word) => word.text)
            .join(' ');
    this.keywordSpan = { source: start.span.source, start: start.span.start, end: last.span.end };
  }

  /** A walk over what is left, whose keyword is the word `at`. */
  from(at: number): Walk {
    const inner = new Walk(this.site, this.words, at + 1, null, this.family, at);
    inner.#end = this.#end;
    return inner;
  }

  /** The same line as one of a rule family. */
  as(family: RuleFamily): Walk {
    return new Walk(this.site, this.words, this.#at, null, family);
  }

  /** Goes on where a walk made by from() stopped. */
  follow(inner: Walk): void {
    this.#at = inner.#at;
    this.failed ||= inner.failed;
  }

  get section(): Cursor['section'] {
    return this.site.section;
  }
  get mode(): Cursor['mode'] {
    return this.site.mode;
  }

  /** From here on the words before `if` and `unless` are the arguments; condition() gives the others. */
  stopAtCondition(): void {
    for (let i = this.#at; i < this.words.length; i++) {
      const text = (this.words[i] as Word).text;
      if (text === 'if' || text === 'unless') {
        this.#end = i;
        return;
      }
    }
  }

  /** The words from `if` or `unless` on; empty without one. */
  condition(): readonly Word[] {
    return this.words.slice(this.#end);
  }

  /** Index of the next word in `words`. */
  get at(): number {
    return this.#at;
  }

  peek(ahead = 0): Word | undefined {
    const i = this.#at + ahead;
    return i < this.#end ? this.words[i] : undefined;
  }

  next(): Word | undefined {
    return this.#at < this.#end ? this.words[this.#at++] : undefined;
  }

  done(): boolean {
    return this.#at >= this.#end;
  }

  /** Passes over everything, the condition too. */
  skip(): void {
    this.#end = this.words.length;
    this.#at = this.#end;
  }

  /** The word that was read last, or the keyword. */
  get last(): Word | Span {
    return this.words[this.#at - 1] ?? this.keywordSpan;
  }

  /** All that is left as one text; an error that names `what` if there is nothing. */
  restText(what: string): string | undefined {
    const first = this.need(what);
    return first === undefined ? undefined : fromLatin1([first, ...this.rest()].map((word) => word.text).join(' '));
  }

  /** All that is left. */
  rest(): readonly Word[] {
    const words = this.words.slice(this.#at, this.#end);
    this.#at = this.#end;
    return words;
  }

  error(at: Word | Span, summary: string, advice?: string): undefined {
    this.failed = true;
    this.report({ severity: 'alert', summary, advice: advice ?? null, span: spanOf(at), related: [] });
    return undefined;
  }

  warn(at: Word | Span, summary: string, advice?: string): void {
    this.report({ severity: 'warning', summary, advice: advice ?? null, span: spanOf(at), related: [] });
  }

  report(diagnostic: Diagnostic): void {
    if (diagnostic.severity === 'alert') this.failed = true;
    this.site.sink.report(diagnostic);
  }

  need(what: string): Word | undefined {
    const word = this.next();
    // An empty word counts as missing, as in HAProxy.
    if (word === undefined || word.text === '') {
      return this.error(word ?? this.keywordSpan, `'${this.keyword}' expects ${withArticle(what)}`);
    }
    return word;
  }

  int(what: string, min: number, max: number): number | undefined {
    const word = this.need(what);
    return word === undefined ? undefined : this.intOf(word, what, min, max);
  }

  /** `word` as a whole number within bounds. */
  intOf(word: Word, what: string, min: number, max: number): number | undefined {
    if (!INTEGER.test(word.text)) return this.error(word, `'${this.keyword}' expects ${withArticle(what)} (got '${word.text}')`);
    const value = Number(word.text);
    if (value >= min && value <= max) return value;
    const bounds = max === Number.MAX_SAFE_INTEGER || max === INT_MAX ? `at least ${min}` : `between ${min} and ${max}`;
    return this.error(word, `'${this.keyword}' value must be ${bounds} (was ${word.text})`);
  }

  time(what: string): number | undefined {
    const word = this.need(what);
    return word === undefined ? undefined : this.timeOf(word);
  }

  /** `word` as a time in ms. */
  timeOf(word: Word): number | undefined {
    const time = parseTime(word.text);
    return typeof time === 'number' ? time : this.#badUnit(word, time);
  }

  size(what: string): number | undefined {
    const word = this.need(what);
    if (word === undefined) return undefined;
    const size = parseSize(word.text);
    return typeof size === 'number' ? size : this.#badUnit(word, size);
  }

  /** The next word as one of `values`; an error with a suggestion otherwise. */
  oneOf<V extends string>(values: readonly V[]): V | undefined {
    const list = values.map((value) => `'${value}'`).join(', ');
    const word = this.next();
    if (word === undefined) return this.error(this.keywordSpan, `'${this.keyword}' expects one of ${list}`);
    if ((values as readonly string[]).includes(word.text)) return word.text as V;
    return this.error(word, `'${this.keyword}' expects one of ${list} (got '${word.text}')`, didYouMean(word.text, values) ?? undefined);
  }

  expression(word: Word): SampleExpression | undefined {
    const parsed = parseExpression(word, expressionScope(this));
    return this.#kept(parsed !== undefined && checkPlace(this, parsed, word, 0) ? parsed.sample : undefined);
  }

  logFormat(word: Word, use?: FormatUse): LogFormat | undefined {
    let placed = true;
    const format = parseLogFormat(word, {
      ...expressionScope(this),
      mode: this.mode,
      mergeSpaces: use !== undefined,
      log: use === 'log',
      supportsAlias,
      used: (parsed, within, from) => {
        if (!checkPlace(this, parsed, within, from)) placed = false;
      },
    });
    return this.#kept(placed ? format : undefined);
  }

  file(word: Word): string | undefined {
    const contents = this.site.files.read(word.text);
    if (typeof contents === 'string') return contents;
    return this.error(
      word,
      `'${this.keyword}' : can't open file '${word.text}' (${contents.problem})`,
      'Check the path and the rights of the file.',
    );
  }

  rawResponse(word: Word, status: number): ErrorResponse | undefined {
    const raw = this.file(word);
    if (raw === undefined) return undefined;
    const checked = checkRawResponse(raw);
    if (typeof checked === 'string') return { status, raw: checked };
    return this.error(
      word,
      `'${this.keyword}' : unable to use file '${word.text}' as an HTTP response: ${checked.problem}`,
      checked.advice,
    );
  }

  httpErrors(word: Word, status: number, found: (raw: string) => void): void {
    const { replies, proxy } = this.site;
    replies.push({ section: { name: word.text, span: word.span }, status, proxy, found });
  }

  captureSlot(side: 'request' | 'response', length: number, at: Word): number | undefined {
    const { proxy } = this.site;
    if (proxy === null || !hasFrontend(proxy)) {
      const who = `${this.section} '${proxy?.name ?? ''}'`;
      return this.error(at, `'${this.keyword}' : ${who} has no frontend capability`, "Declare the slot in the frontend and name it with 'id'.");
    }
    if (proxy.kind === 'defaults') return this.error(at, `'${this.keyword}' : a slot can't be declared in 'defaults'`, "Use 'id'.");
    return proxy.captures[side].push({ header: null, length }) - 1;
  }

  get stickCounters(): number {
    return this.site.global.tune.stickCounters;
  }

  tableFor(rule: string, key: SampleExpression, name: Word | null, found: (table: number) => void): void {
    const { proxy, stick } = this.site;
    const at = name?.span ?? this.keywordSpan;
    stick.references.push({ name: name?.text ?? null, span: at, proxy, rule, type: typeOfSample(key), learns: rule === 'stick', found });
  }

  resolvers(name: string, at: Word | Span): void {
    this.site.resolverUses.push({ name, span: spanOf(at), keyword: this.keyword });
  }

  logProfile(word: Word): void {
    this.site.logs.references.push({ name: word.text, span: word.span });
  }

  captureId(side: 'request' | 'response', id: number, at: Word): void {
    this.site.proxy?.captureIds.push({ side, id, rule: this.keyword, span: at.span });
  }

  #badUnit(word: Word, { problem, advice, at }: UnitProblem): undefined {
    return this.error(subspan(word, at, word.text.length), `${problem} in argument '${word.text}' to '${this.keyword}'`, advice);
  }

  #kept<T>(value: T | undefined): T | undefined {
    if (value === undefined) this.failed = true;
    return value;
  }
}

export const INT_MAX = 2147483647;

function spanOf(at: Word | Span): Span {
  return 'text' in at ? at.span : at;
}

function withArticle(what: string): string {
  return /^(an?|the|one|at|<|\{|')/.test(what) ? what : `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`;
}

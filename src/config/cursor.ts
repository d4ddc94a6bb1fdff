import type { Diagnostic, Span } from './diagnostic.js';
import type { LogFormat, Mode, RuleFamily, SampleExpression, ErrorResponse } from './model.js';
import type { Word } from './source.js';

/**
 * A walk over the words of one line, handed to a row's parse(). All problems go to error()/warn(); a parse() that reported an
 * error returns undefined and the rest of the line is not looked at. No parse() throws for bad input.
 */
export interface Cursor {
  /** Where the line stands. `family` is set for rules. */
  readonly section: 'global' | 'defaults' | 'frontend' | 'backend' | 'listen' | 'http-errors' | 'userlist' | 'crt-store' | 'peers' | 'ring' | 'log-profile' | 'log-forward' | 'resolvers' | 'healthcheck' | 'mailers';
  readonly mode: Mode;
  readonly family: RuleFamily | null;
  /** The keyword's own words ("http-request return"), for messages and the caret of "missing argument". */
  readonly keyword: string;
  readonly keywordSpan: Span;
  /** The `no` or `default` in front of the keyword; only rows that allow it ever see one. */
  readonly prefix: 'no' | 'default' | null;
  peek(ahead?: number): Word | undefined;
  next(): Word | undefined;
  /** True at the end of the words, and for rules before `if`/`unless`. */
  done(): boolean;
  error(at: Word | Span, summary: string, advice?: string): undefined;
  warn(at: Word | Span, summary: string, advice?: string): void;
  report(diagnostic: Diagnostic): void;
  /** The next word, or an error "missing argument" that names `what`. */
  need(what: string): Word | undefined;
  /** The next word as an integer within bounds. */
  int(what: string, min: number, max: number): number | undefined;
  /** The next word as a time (ms) or a size (bytes). */
  time(what: string): number | undefined;
  size(what: string): number | undefined;
  /** The word as a sample expression, a log-format string, with this line's place checked (mode, family). */
  expression(word: Word): SampleExpression | undefined;
  logFormat(word: Word, use?: FormatUse): LogFormat | undefined;
  /** Contents of a file as latin1, an error at the word if it can't be read. */
  file(word: Word): string | undefined;
  /** A complete raw HTTP response from a file, checked. */
  rawResponse(word: Word, status: number): ErrorResponse | undefined;
  /** Names an http-errors section: at the end of load `found` gets its response for the status, if it has one. */
  httpErrors(word: Word, status: number, found: (raw: string) => void): void;
  /** A new capture slot of the frontend; an error at `at` in a proxy that is none. */
  captureSlot(side: 'request' | 'response', length: number, at: Word): number | undefined;
  /** How many entries of stick tables may be tracked at once (tune.stick-counters). */
  readonly stickCounters: number;
  /** Names a stick table, or null the proxy's own; at the end of load `found` gets its number. `key`: what its keys are made of. */
  tableFor(rule: string, key: SampleExpression, name: Word | null, found: (table: number) => void): void;
  /** Names a resolvers section, which must be there when all lines are read. */
  resolvers(name: string, at: Word | Span): void;
  /** Names a log-profile section, which must be there when all lines are read. */
  logProfile(word: Word): void;
  /** Names a capture slot, which must be there when all lines are read. */
  captureId(side: 'request' | 'response', id: number, at: Word): void;
}

/** `log`: a line of a log, where runs of spaces count as one; `id`: a unique id, where they do too. */
export type FormatUse = 'log' | 'id';

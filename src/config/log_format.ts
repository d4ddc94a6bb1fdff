import { parseExpressionAt } from './expression.js';
import type { ExpressionScope } from './expression.js';
import { LOG_ALIASES } from './log_alias.js';
import type { LogAlias } from './log_alias.js';
import type { LogFormat, LogFormatItem, Mode } from './model.js';
import { subspan } from './source.js';
import type { Word } from './source.js';
import { didYouMean } from './suggest.js';

/** Log-format strings: text, `%[expression]`, `%alias`, `%%`, with `%(name:type)` and `%{flags}` before the item (manual, 8.2.6). */

export interface LogFormatScope extends ExpressionScope {
  readonly mode: Mode;
  /** True in log-format, log-format-sd and unique-id-format, where runs of spaces count as one. */
  readonly mergeSpaces?: boolean;
  /** False for aliases that have no meaning here yet; without it all are taken. */
  supportsAlias?(alias: LogAlias): boolean;
  /** Told of each sample in the string, to judge whether it can be used in this place. */
  used?(parsed: NonNullable<ReturnType<typeof parseExpressionAt>>, word: Word, from: number): void;
}

/** Encodings of whole log lines: they would change the output, so they are refused rather than ignored. */
const ENCODINGS = new Set(['json', 'cbor']);
const FLAGS = ['Q', 'X', 'E', 'bin', 'json', 'cbor'];
const PERCENT_ADVICE = "Write '%%' for a single '%'.";

/**
 * Parses the word; undefined after an error, and all errors of the word are reported. The `flags` of an item are those in force
 * for it, `%o` included, separated by commas: `Q,X`.
 */
export function parseLogFormat(word: Word, scope: LogFormatScope): LogFormat | undefined {
  const items = new LogFormatParser(word, scope).parse();
  return items === undefined ? undefined : { items, text: word.text };
}

class LogFormatParser {
  readonly #word: Word;
  readonly #text: string;
  readonly #scope: LogFormatScope;
  readonly #items: LogFormatItem[] = [];
  #literal = '';
  #flags = new Set<string>();
  #failed = false;

  constructor(word: Word, scope: LogFormatScope) {
    this.#word = word;
    this.#text = word.text;
    this.#scope = scope;
  }

  parse(): LogFormatItem[] | undefined {
    let at = 0;
    while (at < this.#text.length) {
      const percent = this.#text.indexOf('%', at);
      this.#literal += this.#text.slice(at, percent === -1 ? undefined : percent);
      if (percent === -1) break;
      at = this.#item(percent);
    }
    this.#flushLiteral();
    return this.#failed ? undefined : this.#items;
  }

  /** One `%…`; returns where to go on. */
  #item(percent: number): number {
    const text = this.#text;
    let at = percent + 1;
    if (text[at] === '%') {
      this.#literal += '%';
      return at + 1;
    }
    if (text[at] === undefined) return this.#error(percent, at, "truncated line after '%'", PERCENT_ADVICE);
    if (text[at] === '(') {
      const close = this.#name(at);
      if (close === null) return text.length;
      at = close;
    }
    let settings: { flags: Set<string>; arg: string | null } = { flags: new Set(this.#flags), arg: null };
    if (text[at] === '{') {
      const close = text.indexOf('}', at);
      if (close === -1) return this.#error(at, text.length, `truncated line after '${text.slice(at + 1)}'`, "Close the arguments with '}'.");
      settings = this.#settings(at + 1, close);
      at = close + 1;
    }
    if (text[at] === '[') return this.#sample(percent, at, settings.flags);
    return this.#alias(percent, at, settings);
  }

  /** `(name)` or `(name:type)`: only encodings use it. Returns the place behind it. */
  #name(open: number): number | null {
    const close = this.#text.indexOf(')', open);
    if (close === -1) {
      this.#error(open, this.#text.length, `missing ')' after '${this.#text.slice(open)}'`, null);
      return null;
    }
    const inner = this.#text.slice(open + 1, close);
    const type = inner.includes(':') ? inner.slice(inner.indexOf(':') + 1) : null;
    if (type !== null && !['str', 'sint', 'bool'].includes(type)) {
      this.#error(close - type.length, close, `unexpected output type '${type}'`, "Types are 'str', 'sint' and 'bool'.");
    }
    return close + 1;
  }

  #settings(from: number, to: number): { flags: Set<string>; arg: string | null } {
    const flags = new Set(this.#flags);
    let arg: string | null = null;
    let at = from;
    for (const part of this.#text.slice(from, to).split(/[, ]/)) {
      const sign = part[0];
      const flag = part.slice(1);
      if (sign !== '+' && sign !== '-') {
        if (part !== '') arg = part;
      } else if (ENCODINGS.has(flag)) {
        this.#error(at, at + part.length, `flag '${flag}' is not supported yet`, null);
      } else if (!FLAGS.includes(flag)) {
        this.#scope.sink.report({
          severity: 'warning', summary: `unknown flag '${flag}' is ignored`, advice: `Flags are ${FLAGS.join(', ')}.`,
          span: subspan(this.#word, at, at + part.length), related: [],
        });
      } else if (sign === '+') flags.add(flag);
      else flags.delete(flag);
      at += part.length + 1;
    }
    return { flags, arg };
  }

  #sample(percent: number, open: number, flags: Set<string>): number {
    const parsed = parseExpressionAt(this.#word, open + 1, this.#scope);
    if (parsed === undefined) {
      this.#failed = true;
      const close = this.#text.indexOf(']', open);
      return close === -1 ? this.#text.length : close + 1;
    }
    const found = this.#text[parsed.end];
    if (found !== ']') {
      const close = this.#text.indexOf(']', parsed.end);
      const what = found === undefined ? `missing ']' after '${parsed.sample.text}'` : `expected ']' after '${parsed.sample.text}', but found '${found}'`;
      this.#error(percent, found === undefined ? this.#text.length : parsed.end + 1, what, "An expression ends with ']'.");
      return close === -1 ? this.#text.length : close + 1;
    }
    this.#scope.used?.(parsed, this.#word, open + 1);
    this.#push({ kind: 'sample', sample: parsed.sample, flags: [...flags].join(',') });
    return parsed.end + 1;
  }

  #alias(percent: number, at: number, settings: { flags: Set<string>; arg: string | null }): number {
    const name = /^[A-Za-z0-9]*/.exec(this.#text.slice(at, at + 64))?.[0] ?? '';
    const end = at + name.length;
    if (name === '' && at > percent + 1) {
      return this.#error(percent, at, `parse argument modifier without alias name near '${this.#text.slice(percent, at)}'`, PERCENT_ADVICE);
    }
    if (name === '' || !/^[A-Za-z]/.test(name)) {
      const near = this.#text[at] ?? '';
      return this.#error(percent, at + 1, `unexpected alias name near '${near}' at position ${at}`, PERCENT_ADVICE);
    }
    const alias = LOG_ALIASES.get(name);
    if (alias === undefined) {
      const meant = didYouMean(name, name.length > 1 ? LOG_ALIASES.keys() : []);
      return this.#error(percent, end, `no such format alias '${name}'`, meant === null ? PERCENT_ADVICE : `${meant} ${PERCENT_ADVICE}`);
    }
    if (alias.restriction === 'http' && this.#scope.mode !== 'http') {
      return this.#error(percent, end, `format alias '${name}' is reserved for HTTP mode`, "Set 'mode http' in this proxy, or remove it.");
    }
    if (name === 'o') this.#flags = settings.flags;
    else if (this.#scope.supportsAlias?.(alias) === false) return this.#error(percent, end, `format alias '${name}' is not supported yet`, null);
    else this.#push({ kind: 'alias', alias: name, arg: settings.arg, flags: [...settings.flags].join(',') });
    return end;
  }

  #push(item: LogFormatItem): void {
    this.#flushLiteral();
    this.#items.push(item);
  }

  #flushLiteral(): void {
    if (this.#literal === '') return;
    const text = this.#scope.mergeSpaces === true ? this.#literal.replace(/[ \t]+/g, ' ') : this.#literal;
    this.#items.push({ kind: 'text', text });
    this.#literal = '';
  }

  #error(from: number, to: number, summary: string, advice: string | null): number {
    this.#failed = true;
    this.#scope.sink.report({ severity: 'alert', summary, advice, span: subspan(this.#word, from, to), related: [] });
    return to;
  }
}

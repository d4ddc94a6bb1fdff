import { parseExpressionAt } from './expression.js';
import type { ExpressionScope } from './expression.js';
import { LOG_ALIASES } from './log_alias.js';
import type { LogAlias } from './log_alias.js';
import type { LogEncoding, LogFormat, LogFormatItem, LogFormatPrefix, Mode } from './model.js';
import { subspan } from './source.js';
import type { Word } from './source.js';
import { didYouMean } from './suggest.js';

/** Log-format strings: text, `%[expression]`, `%alias`, `%%`, with `%(name:type)` and `%{flags}` before the item (manual, 8.2.6). */

export interface LogFormatScope extends ExpressionScope {
  readonly mode: Mode;
  /** True in log-format, log-format-sd and unique-id-format, where runs of spaces count as one. */
  readonly mergeSpaces?: boolean;
  /** True for the lines of logs, where an alias tells what made the line. */
  readonly log?: boolean;
  /** False for aliases that have no meaning here yet; without it all are taken. */
  supportsAlias?(alias: LogAlias): boolean;
  /** Told of each sample in the string, to judge whether it can be used in this place. */
  used?(parsed: NonNullable<ReturnType<typeof parseExpressionAt>>, word: Word, from: number): void;
}

/** Either of them takes the other's place. */
const ENCODINGS: readonly LogEncoding[] = ['json', 'cbor'];
const TYPES = ['str', 'sint', 'bool'] as const;
const FLAGS: readonly string[] = ['Q', 'X', 'E', 'bin', ...ENCODINGS];
const PERCENT_ADVICE = "Write '%%' for a single '%'.";

/**
 * Parses the word; undefined after an error, and all errors of the word are reported. The `flags` of an item are those in force
 * for it, `%o` included, separated by commas: `Q,X`.
 */
export function parseLogFormat(word: Word, scope: LogFormatScope): LogFormat | undefined {
  return new LogFormatParser(word, scope).parse();
}

/** `(name:type)` in front of an item. */
type Label = Required<Pick<LogFormatPrefix, 'name' | 'type'>>;
const NO_LABEL: Label = { name: null, type: null };

interface Settings {
  readonly flags: Set<string>;
  readonly arg: string | null;
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

  parse(): LogFormat | undefined {
    let at = 0;
    while (at < this.#text.length) {
      const percent = this.#text.indexOf('%', at);
      this.#literal += this.#text.slice(at, percent === -1 ? undefined : percent);
      if (percent === -1) break;
      at = this.#item(percent);
    }
    this.#flushLiteral();
    if (this.#failed) return undefined;
    const encoding = ENCODINGS.find((name) => this.#flags.has(name)) ?? null;
    return { items: this.#items, text: this.#text, encoding, binary: this.#flags.has('bin') };
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
    let label = NO_LABEL;
    if (text[at] === '(') {
      const close = text.indexOf(')', at);
      if (close === -1) return this.#error(at, text.length, `missing ')' after '${text.slice(at)}'`, null);
      label = this.#label(at + 1, close);
      at = close + 1;
    }
    let settings: Settings = { flags: new Set(this.#flags), arg: null };
    if (text[at] === '{') {
      const close = text.indexOf('}', at);
      if (close === -1) return this.#error(at, text.length, `truncated line after '${text.slice(at + 1)}'`, "Close the arguments with '}'.");
      settings = this.#settings(at + 1, close);
      at = close + 1;
    }
    if (text[at] === '[') return this.#sample(percent, at, label, settings.flags);
    return this.#alias(percent, at, label, settings);
  }

  /** `name` or `name:type`. */
  #label(from: number, to: number): Label {
    const inner = this.#text.slice(from, to);
    const colon = inner.indexOf(':');
    const name = (colon === -1 ? inner : inner.slice(0, colon)) || null;
    if (colon === -1) return { name, type: null };
    const type = TYPES.find((known) => known === inner.slice(colon + 1));
    if (type === undefined) {
      this.#error(from + colon + 1, to, `unexpected output type '${inner.slice(colon + 1)}'`, "Types are 'str', 'sint' and 'bool'.");
    }
    return { name, type: type ?? null };
  }

  #settings(from: number, to: number): Settings {
    const flags = new Set(this.#flags);
    let arg: string | null = null;
    let at = from;
    for (const part of this.#text.slice(from, to).split(/[, ]/)) {
      const sign = part[0];
      const flag = part.slice(1);
      if (sign !== '+' && sign !== '-') {
        if (part !== '') arg = part;
      } else if (!FLAGS.includes(flag)) {
        this.#scope.sink.report({
          severity: 'warning', summary: `unknown flag '${flag}' is ignored`, advice: `Flags are ${FLAGS.join(', ')}.`,
          span: subspan(this.#word, at, at + part.length), related: [],
        });
      } else if (sign === '+') add(flags, flag);
      else flags.delete(flag);
      at += part.length + 1;
    }
    return { flags, arg };
  }

  #sample(percent: number, open: number, label: Label, flags: ReadonlySet<string>): number {
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
    this.#push({ kind: 'sample', sample: parsed.sample, ...label, flags: [...flags].join(',') });
    return parsed.end + 1;
  }

  #alias(percent: number, at: number, label: Label, settings: Settings): number {
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
    if (alias.restriction === 'log' && this.#scope.log !== true) {
      return this.#error(percent, end, `format alias '${name}' means something in logs only`, 'Remove it.');
    }
    if (alias.restriction === 'http' && this.#scope.mode !== 'http') {
      return this.#error(percent, end, `format alias '${name}' is reserved for HTTP mode`, "Set 'mode http' in this proxy, or remove it.");
    }
    if (name === 'o') this.#flags = settings.flags;
    else if (this.#scope.supportsAlias?.(alias) === false) return this.#error(percent, end, `format alias '${name}' is not supported yet`, null);
    else this.#push({ kind: 'alias', alias: name, arg: settings.arg, ...label, flags: [...settings.flags].join(',') });
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

function add(flags: Set<string>, flag: string): void {
  if ((ENCODINGS as readonly string[]).includes(flag)) for (const encoding of ENCODINGS) flags.delete(encoding);
  flags.add(flag);
}

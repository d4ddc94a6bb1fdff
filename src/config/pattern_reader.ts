import type { DiagnosticSink, Span } from './diagnostic.js';
import type { LoadedFile } from './model.js';
import { MATCH_METHODS, matchMethod, OPERATORS } from './pattern.js';
import type { MatchMethod } from './pattern.js';
import type { Word } from './source.js';
import { didYouMean } from './suggest.js';

/** A host name among address patterns: `patterns[at]` is to be overwritten with `address/prefix`. */
export interface HostPattern {
  readonly name: string;
  readonly span: Span;
  readonly patterns: string[];
  readonly at: number;
}

export interface PatternScope {
  readonly sink: DiagnosticSink;
  /** The contents of a pattern file, or why it can't be read. */
  loadFile?(name: string): LoadedFile | { readonly problem: string };
  /** Takes host names to resolve; without it they are refused. */
  host?(pattern: HostPattern): void;
}

/** Patterns that are compared alike. */
export interface PatternGroup {
  readonly ignoreCase: boolean;
  readonly patterns: readonly string[];
  readonly files: readonly string[];
  readonly special: readonly (readonly [text: string, at: number])[];
  /** The files as read, and the patterns of the line itself as written. */
  readonly sources: readonly { readonly file: LoadedFile; readonly keyed: boolean }[];
  readonly texts: readonly string[];
}

type Growing = { -readonly [key in keyof PatternGroup]: PatternGroup[key] extends readonly (infer Element)[] ? Element[] : PatternGroup[key] };

const newGroup = (ignoreCase: boolean): Growing => ({ ignoreCase, patterns: [], files: [], special: [], sources: [], texts: [] });

type Item = { readonly word: Word; readonly file: string; readonly map: boolean; readonly ignoreCase: boolean };

/** Flags and patterns of one ACL. First flags(), which finds the method, then patterns(), which needs it. */
export class PatternReader {
  method: MatchMethod | null = null;
  methodSpan: Span | null = null;
  /** The number that -u gives to the patterns. */
  id: number | null = null;
  readonly #words: readonly Word[];
  readonly #scope: PatternScope;
  readonly #items: Item[] = [];
  #at = 0;
  #ignoreCase = false;
  #resolve = true;
  #map = false;
  #ended = false;

  constructor(words: readonly Word[], scope: PatternScope) {
    this.#words = words;
    this.#scope = scope;
  }

  /** Reads the flags in front; false after an error. */
  flags(): boolean {
    for (let word = this.#words[this.#at]; word !== undefined && word.text.startsWith('-') && !this.#ended; word = this.#words[this.#at]) {
      this.#at++;
      const flag = Object.hasOwn(FLAGS, word.text) ? FLAGS[word.text] : undefined;
      if (flag === undefined) {
        return this.#error(word.span, `'${word.text}' is not a valid ACL option`, "Please use '--' before any pattern beginning with a '-'.");
      }
      if (!flag(this, word)) return false;
    }
    return true;
  }

  /** The patterns, checked and in normal form, by case sensitivity; `anyCase` ignores case throughout. undefined after an error. */
  patterns(method: MatchMethod, anyCase: boolean): readonly PatternGroup[] | undefined {
    const words = this.#words.slice(this.#at);
    if (!method.patterns) {
      if (words[0] !== undefined) this.#unused(method, words);
      return [newGroup(false)];
    }
    const groups = new Map<boolean, Growing>();
    const groupOf = (ignoreCase: boolean): Growing => {
      const group = groups.get(ignoreCase) ?? newGroup(ignoreCase);
      groups.set(ignoreCase, group);
      return group;
    };
    let ok = true;
    for (const item of this.#items) {
      const group = groupOf(item.ignoreCase || anyCase);
      group.files.push(item.file);
      ok = this.#load(item, method, group) && ok;
    }
    const ignoreCase = this.#ignoreCase || anyCase;
    let operator: string | null = null;
    for (const word of words) {
      if (method.operators && Object.hasOwn(OPERATORS, word.text)) operator = word.text;
      else {
        const group = groupOf(ignoreCase);
        group.texts.push(operator === null ? word.text : `${operator} ${word.text}`);
        ok = this.#pattern(word.text, word.span, method, operator, group) && ok;
      }
    }
    if (groups.size === 0) groupOf(ignoreCase);
    return ok ? [...groups.values()] : undefined;
  }

  /** True if `--` says that no pattern is meant. */
  get ended(): boolean {
    return this.#ended;
  }

  #unused(method: MatchMethod, words: readonly Word[]): void {
    const first = words[0] as Word;
    const last = words[words.length - 1] as Word;
    this.#scope.sink.report({
      severity: 'notice', summary: `patterns are ignored by matching method '${method.name}'`, advice: 'Remove them, or choose a method with -m.',
      span: { ...first.span, end: last.span.end }, related: [],
    });
  }

  #load(item: Item, method: MatchMethod, group: Growing): boolean {
    const name = item.word.text;
    const loaded = this.#scope.loadFile?.(name) ?? { problem: 'no files can be read here' };
    if ('problem' in loaded) return this.#error(item.word.span, `failed to open pattern file <${name}>`, `The system says: ${loaded.problem}.`);
    group.sources.push({ file: loaded, keyed: item.map });
    let ok = true;
    for (const [i, line] of loaded.text.split('\n').entries()) {
      const text = line.replace(/^[ \t]+|\r$/g, '');
      if (text === '' || line.startsWith('#')) continue;
      const pattern = item.map ? (/^[^ \t]+/.exec(text)?.[0] ?? '') : text;
      ok = this.#pattern(pattern, item.word.span, method, null, group, `, in line ${i + 1} of '${name}'`) && ok;
    }
    return ok;
  }

  #pattern(
    text: string, span: Span, method: MatchMethod, operator: string | null, group: Growing, where = '',
  ): boolean {
    const result = method.parse(text, operator, group.ignoreCase);
    if ('pattern' in result) {
      if (operator !== null) group.special.push([`${operator} ${text}`, group.patterns.length]);
      group.patterns.push(result.pattern);
      return true;
    }
    const advice = where === '' && Object.hasOwn(FLAGS, text) ? 'Flags stand before the first pattern.' : null;
    if ('problem' in result) return this.#error(span, `${result.problem}${where}`, advice);
    if (!this.#resolve || this.#scope.host === undefined) return this.#error(span, `'${text}' is not a valid IPv4 or IPv6 address${where}`, null);
    const at = group.patterns.push(text) - 1;
    group.special.push([text, at]);
    this.#scope.host({ name: result.host, span, patterns: group.patterns, at });
    return true;
  }

  #error(span: Span, summary: string, advice: string | null): false {
    this.#scope.sink.report({ severity: 'alert', summary, advice, span, related: [] });
    return false;
  }

  ignoreCase(): boolean {
    this.#ignoreCase = true;
    return true;
  }

  noResolution(): boolean {
    this.#resolve = false;
    return true;
  }

  asMap(): boolean {
    this.#map = true;
    return true;
  }

  endFlags(): boolean {
    this.#ended = true;
    return true;
  }

  uniqueId(flag: Word): boolean {
    const word = this.#words[this.#at++];
    if (!/^[0-9]+$/.test(word?.text ?? '')) return this.#error((word ?? flag).span, 'the argument of -u must be an integer', null);
    this.id = Number(word!.text);
    return true;
  }

  addFile(flag: Word): boolean {
    const word = this.#words[this.#at++];
    if (word === undefined || word.text === '') return this.#error(flag.span, "'-f' expects the name of a pattern file", null);
    const file = word.text.startsWith('virt@') ? word.text : word.text.replace(/^(?:file|opt)@/, '');
    this.#items.push({ word, file, map: this.#map, ignoreCase: this.#ignoreCase });
    return true;
  }

  chooseMethod(flag: Word): boolean {
    const word = this.#words[this.#at++];
    if (this.#items.length > 0) {
      return this.#error(flag.span, "'-m' must only be specified before patterns and files in parsing ACL expression", "Put '-m' before '-f'.");
    }
    const name = word?.text ?? '';
    const method = matchMethod(name);
    if (method === undefined) {
      const names = MATCH_METHODS.map((row) => row.name);
      return this.#error((word ?? flag).span, `unknown matching method '${name}' when parsing ACL expression`, didYouMean(name, names) ?? `Methods are ${names.join(', ')}.`);
    }
    this.method = method;
    this.methodSpan = { ...flag.span, end: (word ?? flag).span.end };
    return true;
  }
}

/** What each flag does; false after an error. */
const FLAGS: Readonly<Record<string, (reader: PatternReader, flag: Word) => boolean>> = {
  '-i': (reader) => reader.ignoreCase(),
  '-n': (reader) => reader.noResolution(),
  '-M': (reader) => reader.asMap(),
  '-u': (reader, flag) => reader.uniqueId(flag),
  '-f': (reader, flag) => reader.addFile(flag),
  '-m': (reader, flag) => reader.chooseMethod(flag),
  '--': (reader) => reader.endFlags(),
};

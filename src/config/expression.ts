import type { ArgRow, ConverterRow, FetchRow, SampleType } from '../core/row.js';
import { argumentLabel, isProblem, isReference, parseArgument } from './argument_value.js';
import type { ReferenceType } from './argument_value.js';
import { splitArguments } from './arguments.js';
import type { RawArgument } from './arguments.js';
import { castable, typeName } from './cast.js';
import type { DiagnosticSink, Span } from './diagnostic.js';
import type { Arg, LoadedFile, SampleExpression } from './model.js';
import type { PatternLists } from './pattern_lists.js';
import { subspan } from './source.js';
import type { Word } from './source.js';
import { didYouMean } from './suggest.js';

/** Sample expressions, `fetch(args),conv(args),…` (manual, 7.3), checked against the tables of fetches and converters. */

export interface SampleTables {
  fetch(name: string): FetchRow | undefined;
  converter(name: string): ConverterRow | undefined;
  fetchNames(): Iterable<string>;
  converterNames(): Iterable<string>;
  /** True for names that HAProxy has and we don't have yet. */
  knownElsewhere(kind: 'fetch' | 'converter', name: string): boolean;
}

/** A name in an argument that stands for a proxy, server, userlist or ACL; `args[at]` is to be overwritten with its number or condition. */
export interface Reference {
  readonly kind: ReferenceType;
  /** null: the proxy that the line is in. */
  readonly name: string | null;
  readonly span: Span;
  /** The fetch or converter, for messages. */
  readonly keyword: string;
  readonly args: Arg[];
  readonly at: number;
}

export interface ExpressionScope {
  readonly tables: SampleTables;
  readonly sink: DiagnosticSink;
  reference?(reference: Reference): void;
  /** A file that an argument names, the same object for the same name. */
  loadFile?(name: string): LoadedFile | { readonly problem: string };
  /** Takes note of the lists of patterns that are used. */
  readonly lists?: PatternLists;
}

export interface ParsedExpression {
  readonly sample: SampleExpression;
  readonly fetch: FetchRow;
  /** Type after the last converter. */
  readonly type: SampleType;
  /** Index into the word's text just behind the expression. */
  readonly end: number;
}

const NAME = /[A-Za-z0-9_.+-]*/y;

/** The whole word as an expression; undefined after an error. */
export function parseExpression(word: Word, scope: ExpressionScope): ParsedExpression | undefined {
  const parsed = parseExpressionAt(word, 0, scope);
  if (parsed === undefined || parsed.end === word.text.length) return parsed;
  const last = parsed.sample.converters[parsed.sample.converters.length - 1];
  const name = last === undefined ? `fetch keyword '${parsed.sample.fetch}'` : `converter '${last.name}'`;
  const rest = word.text.slice(parsed.end);
  const advice = rest.startsWith(')') ? "A ')' or ',' that belongs to an argument must be quoted." : "Converters follow a ','.";
  return new ExpressionParser(word, scope).error(parsed.end, word.text.length, `missing comma after ${name}`, advice);
}

/** An expression that starts at `from` and ends where it ends (as in a log-format string). */
export function parseExpressionAt(word: Word, from: number, scope: ExpressionScope): ParsedExpression | undefined {
  return new ExpressionParser(word, scope).parse(from);
}

/** Known derivations of a keyword pass their fetch row here instead of having it looked up by name (`path_beg` is `path`). */
export function parseDerived(word: Word, fetch: FetchRow, nameEnd: number, scope: ExpressionScope): ParsedExpression | undefined {
  return new ExpressionParser(word, scope).parse(0, { row: fetch, end: nameEnd });
}

/** The keyword at `from`: letters, digits, '_', '.', '+', '-'. */
export function keywordAt(text: string, from: number): string {
  NAME.lastIndex = from;
  return NAME.exec(text)?.[0] ?? '';
}

interface Call {
  readonly args: readonly Arg[];
  readonly end: number;
}

class ExpressionParser {
  readonly #word: Word;
  readonly #text: string;
  readonly #scope: ExpressionScope;

  constructor(word: Word, scope: ExpressionScope) {
    this.#word = word;
    this.#text = word.text;
    this.#scope = scope;
  }

  parse(from: number, known?: { readonly row: FetchRow; readonly end: number }): ParsedExpression | undefined {
    const fetch = known?.row ?? this.#fetch(from);
    if (fetch === undefined) return undefined;
    const nameEnd = known?.end ?? from + keywordAt(this.#text, from).length;
    const call = this.#call(fetch, nameEnd, from, `fetch method '${fetch.name}'`);
    if (call === undefined) return undefined;
    const converters: { name: string; args: readonly Arg[] }[] = [];
    let type: SampleType = fetch.out;
    let at = call.end;
    while (this.#text[at] === ',') {
      const start = at + 1;
      // A trailing comma, or one too many, means nothing to HAProxy.
      if (start === this.#text.length || this.#text[start] === ',') {
        at = start;
        continue;
      }
      const converter = this.#converter(start);
      if (converter === undefined) return undefined;
      const conversion = this.#call(converter, start + converter.name.length, start, `converter '${converter.name}'`);
      if (conversion === undefined) return undefined;
      if (!castable(type, converter.in)) {
        const advice = `It takes ${typeName(converter.in)}, but what comes before it gives ${typeName(type)}.`;
        return this.error(start, start + converter.name.length, `converter '${converter.name}' cannot be applied`, advice);
      }
      converters.push({ name: converter.name, args: conversion.args });
      if (converter.out !== 'same') type = converter.out;
      at = conversion.end;
    }
    const sample = { fetch: fetch.name, args: call.args, converters, text: this.#text.slice(from, at) };
    return { sample, fetch, type, end: at };
  }

  error(from: number, to: number, summary: string, advice: string | null): undefined {
    const span = subspan(this.#word, from, to);
    this.#scope.sink.report({ severity: 'alert', summary, advice, span, related: [] });
    return undefined;
  }

  #fetch(from: number): FetchRow | undefined {
    const { tables } = this.#scope;
    const name = keywordAt(this.#text, from);
    if (name === '') return this.error(from, this.#text.length, 'missing fetch method', 'Name a sample fetch, such as src or req.hdr(host).');
    const row = tables.fetch(name);
    if (row !== undefined) return row;
    if (tables.knownElsewhere('fetch', name)) return this.error(from, from + name.length, `fetch method '${name}' is not supported yet`, null);
    return this.error(from, from + name.length, `unknown fetch method '${name}'`, didYouMean(name, tables.fetchNames()));
  }

  #converter(from: number): ConverterRow | undefined {
    const { tables } = this.#scope;
    const name = keywordAt(this.#text, from);
    const end = from + Math.max(1, name.length);
    const row = tables.converter(name);
    if (row !== undefined) return row;
    if (tables.knownElsewhere('converter', name)) return this.error(from, end, `converter '${name}' is not supported yet`, null);
    if (name !== '') return this.error(from, end, `unknown converter '${name}'`, didYouMean(name, tables.converterNames()));
    const advice = /\s/.test(this.#text[from] ?? '') ? 'Remove the blank: it would belong to the name.' : null;
    return this.error(from, end, `missing converter name before '${this.#text.slice(from)}'`, advice);
  }

  /** The arguments of one keyword whose name ends at `nameEnd`, checked against its row. */
  #call(row: FetchRow | ConverterRow, nameEnd: number, from: number, what: string): Call | undefined {
    let raw: readonly RawArgument[] = [];
    let end = nameEnd;
    if (this.#text[nameEnd] === '(') {
      const list = splitArguments(this.#text, nameEnd);
      if ('problem' in list) return this.error(list.at, this.#text.length, `${what} : ${list.problem}`, null);
      raw = list.args;
      end = list.end;
    }
    const extra = raw[row.args.length];
    if (extra !== undefined) {
      const advice = row.args.length === 0 ? 'It takes no arguments.' : `It takes at most ${row.args.length}; a comma within an argument must be quoted.`;
      return this.error(extra.from, end - 1, `${what} : expected ')' before '${this.#text.slice(extra.from, end)}'`, advice);
    }
    const args: Arg[] = [];
    for (const [i, argument] of row.args.entries()) {
      const ok = this.#argument(argument, raw[i], args, i, what, { row, from, end, given: raw.length });
      if (!ok) return undefined;
    }
    const wrong = this.#load(row, args) ?? row.check?.(args) ?? null;
    if (wrong === null) {
      if ('patterns' in row) this.#notePatterns(row, args, from, end);
      return { args, end };
    }
    const blamed = raw[wrong.arg];
    const place = blamed === undefined || blamed.from === blamed.to ? { from, to: end } : blamed;
    return this.error(place.from, place.to, `invalid arg ${wrong.arg + 1} in ${what} : ${wrong.problem}`, null);
  }

  #notePatterns(row: ConverterRow, args: readonly Arg[], from: number, end: number): void {
    const used = row.patterns?.(args) ?? null;
    const span = subspan(this.#word, from, end);
    if (used !== null) this.#scope.lists?.file(used.file, true, { kind: 'map', name: row.name, method: used.method, ignoreCase: false, span });
  }

  /** Puts the contents of files in the place of their names; what is wrong with them, or null. */
  #load(row: FetchRow | ConverterRow, args: Arg[]): { arg: number; problem: string } | null {
    if (!('files' in row)) return null;
    for (const { arg: at, maybe } of row.files?.(args) ?? []) {
      const name = String(args[at] ?? '');
      const loaded = this.#scope.loadFile?.(name) ?? { problem: 'no files can be read here' };
      if ('problem' in loaded && maybe === true) continue;
      if ('problem' in loaded) return { arg: at, problem: `failed to open file <${name}> (${loaded.problem})` };
      args[at] = loaded;
    }
    return null;
  }

  /** Appends the value of one argument; false after an error. What is left out is null. */
  #argument(
    argument: ArgRow, raw: RawArgument | undefined, args: Arg[], at: number, what: string,
    call: { readonly row: { readonly name: string; readonly args: readonly ArgRow[] }; readonly from: number; readonly end: number; readonly given: number },
  ): boolean {
    const label = argumentLabel(argument.type);
    const omitted = raw === undefined || (raw.text === '' && argument.type !== 'str');
    if (omitted && (argument.type === 'frontend' || argument.type === 'backend' || (argument.type === 'table' && argument.own === true))) {
      args.push(null);
      const span = subspan(this.#word, call.from, call.end);
      this.#scope.reference?.({ kind: argument.type, name: null, span, keyword: call.row.name, args, at });
      return true;
    }
    if (omitted && argument.optional === true) {
      args.push(null);
      return true;
    }
    if (omitted) {
      const needed = call.row.args.filter((row) => row.optional !== true).length;
      const summary = raw === undefined && call.given > 0
        ? `${what} : missing arguments (got ${call.given}/${needed}), type '${label}' expected`
        : `${what} : expected type '${label}' at position ${at + 1}, but got nothing`;
      this.error(call.from, call.end, summary, `Its arguments are ${signature(call.row)}.`);
      return false;
    }
    const value = parseArgument(argument.type, raw.text);
    if (isProblem(value)) {
      const summary = `${what} : failed to parse '${raw.text}' as type '${label}' at position ${at + 1}: ${value.problem}`;
      this.error(raw.from, Math.max(raw.to, raw.from + 1), summary, null);
      return false;
    }
    args.push(value);
    if (isReference(argument.type)) {
      const span = subspan(this.#word, raw.from, raw.to);
      this.#scope.reference?.({ kind: argument.type, name: raw.text, span, keyword: call.row.name, args, at });
    }
    return true;
  }
}

/** `name(a,b[,c])` as the manual writes it. */
export function signature(row: { readonly name: string; readonly args: readonly ArgRow[] }): string {
  const args = row.args.map((arg, i) => {
    const text = `${i === 0 ? '' : ','}<${arg.name}>`;
    return arg.optional === true ? `[${text}]` : text;
  });
  return args.length === 0 ? row.name : `${row.name}(${args.join('')})`;
}

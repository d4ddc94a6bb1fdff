import type { Span } from './diagnostic.js';

/** One configuration file (or `-f` argument) as text, with its place in the list of sources. */
export interface Source {
  readonly index: number;
  /** Name as the user gave it, used in messages. */
  readonly name: string;
  /** Decoded as latin1: one character a byte, so that every byte reaches the words unchanged. */
  readonly text: string;
}

/** One word of a line, after quoting, escaping and variables; `span` covers its raw text. */
export interface Word {
  readonly text: string;
  readonly span: Span;
  /**
   * Source offset of each UTF-16 unit of `text`, plus one for its end; null when the raw text is the text itself. With it a
   * caret stands under the exact part of a word (an argument of a sample expression, say).
   */
  readonly offsets: readonly number[] | null;
}

/** One logical line: a keyword and its arguments. */
export interface Line {
  readonly words: readonly Word[];
  readonly span: Span;
}

/** A section as written: its header line and the lines below it. Repeated sections are not merged here. */
export interface Section {
  readonly header: Line;
  readonly lines: readonly Line[];
}

/** The span of `word.text.slice(from, to)` in the source. */
export function subspan(word: Word, from: number, to: number): Span {
  if (word.offsets === null) {
    const start = word.span.start + from;
    return { source: word.span.source, start, end: Math.max(start, word.span.start + to) };
  }
  const last = word.offsets.length - 1;
  const start = word.offsets[Math.min(from, last)] ?? word.span.start;
  const end = word.offsets[Math.min(to, last)] ?? word.span.end;
  return { source: word.span.source, start, end: Math.max(start, end) };
}

/** The words joined by single spaces, as one word whose offsets still lead to the source. `words` must not be empty. */
export function joinWords(words: readonly Word[]): Word {
  const first = words[0] as Word;
  if (words.length === 1) return first;
  let text = '';
  const offsets: number[] = [];
  for (const word of words) {
    if (text !== '') {
      text += ' ';
      offsets.push(Math.max(word.span.start - 1, first.span.start));
    }
    for (let i = 0; i < word.text.length; i++) offsets.push(word.offsets?.[i] ?? word.span.start + i);
    text += word.text;
  }
  const last = words[words.length - 1] as Word;
  offsets.push(last.offsets?.[last.text.length] ?? last.span.end);
  return { text, span: { source: first.span.source, start: first.span.start, end: last.span.end }, offsets };
}

const startsOf = new WeakMap<Source, number[]>();

/** Offsets at which the lines of a source start; made once per source. */
export function lineStarts(source: Source): readonly number[] {
  let starts = startsOf.get(source);
  if (starts === undefined) {
    starts = [0];
    for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1)) starts.push(at + 1);
    startsOf.set(source, starts);
  }
  return starts;
}

/** Line number of an offset, counted from 1. */
export function lineOf(source: Source, offset: number): number {
  return lineAt(lineStarts(source), offset);
}

/** The same from the offsets at which lines start. */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

import type { Span } from './diagnostic.js';

/** One configuration file (or `-f` argument) as text, with its place in the list of sources. */
export interface Source {
  readonly index: number;
  /** Name as the user gave it, used in messages. */
  readonly name: string;
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

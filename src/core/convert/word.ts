import type { Arg } from '../../config/model.js';
import type { ConverterRow } from '../row.js';
import { given, optional, required } from './row.js';

/** Start and end of a run of `count` pieces, or null. Pieces are counted from the start (index >= 1) or the end (<= -1). */
interface Pieces {
  readonly text: string;
  readonly delimiters: string;
  readonly index: number;
  readonly count: number;
}

/** field: every delimiter separates, fields may be empty. */
function field({ text, delimiters, index, count }: Pieces): string | undefined {
  const cuts = [-1];
  for (let i = 0; i < text.length; i++) if (delimiters.includes(text[i]!)) cuts.push(i);
  cuts.push(text.length);
  const total = cuts.length - 1;
  const [first, last] = range(index, count, total);
  if (first < 0 || last >= total || first > last) return undefined;
  return text.slice(cuts[first]! + 1, cuts[last + 1]!);
}

/** word: runs of delimiters separate, words are never empty. */
function word({ text, delimiters, index, count }: Pieces): string | undefined {
  const words: (readonly [number, number])[] = [];
  for (let i = 0; i < text.length;) {
    while (i < text.length && delimiters.includes(text[i]!)) i++;
    const start = i;
    while (i < text.length && !delimiters.includes(text[i]!)) i++;
    if (i > start) words.push([start, i]);
  }
  const [first, last] = range(index, count, words.length);
  if (first < 0 || last >= words.length || first > last) return undefined;
  return text.slice(words[first]![0], words[last]![1]);
}

/** First and last piece, from 0; -1 if out of range. count 0 means all to the end (or, from the end, to the start). */
function range(index: number, count: number, total: number): readonly [number, number] {
  if (index > 0) {
    const first = index - 1;
    return first >= total ? [-1, -1] : [first, count === 0 ? total - 1 : Math.min(first + count - 1, total - 1)];
  }
  const last = total + index;
  return last < 0 ? [-1, -1] : [count === 0 ? 0 : Math.max(0, last - count + 1), last];
}

function row(name: string, doc: string, pick: (pieces: Pieces) => string | undefined): ConverterRow {
  return {
    name, args: [required('index', 'int'), required('delimiters'), optional('count', 'int')], in: 'str', out: 'str', doc,
    compile(args: readonly Arg[]) {
      const index = Number(args[0]);
      const delimiters = String(args[1]);
      const count = given(args[2]) ? Number(args[2]) : 1;
      return (value) => pick({ text: value as string, delimiters, index, count });
    },
    check: (args) => (Number(args[0]) === 0 ? { arg: 0, problem: 'must not be 0' } : null),
  };
}

export const wordConverters: readonly ConverterRow[] = [
  row('field', 'the index-th field between single delimiters', field),
  row('word', 'the index-th word between runs of delimiters', word),
];

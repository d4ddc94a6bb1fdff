/** What stick tables count, for all proxies. */
import type { GlobalDraft } from '../../draft.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import { integer } from '../make.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;

const MOST_COUNTERS = 100;
const LOWEST = 100;
const HIGHEST = 599;

interface Range {
  readonly first: number;
  readonly last: number;
}

/** `400`, `400-499`; undefined after an error. */
function rangeOf(walk: Walk, word: Word, text: string): Range | undefined {
  const found = /^([0-9]{3})(?:-([0-9]{3}))?$/.exec(text);
  const first = Number(found?.[1]);
  const last = Number(found?.[2] ?? found?.[1]);
  if (found !== null && first >= LOWEST && last <= HIGHEST && first <= last) return { first, last };
  return walk.error(word, `'${walk.keyword}' : invalid range '${text}'`, `A range is a status from ${LOWEST} to ${HIGHEST}, or two with '-' between them, the lower one first.`);
}

/** Applies one word: `+` adds its ranges, `-` takes them away, without a sign they replace all. */
function apply(walk: Walk, word: Word, codes: Set<number>): void {
  const sign = /^[+-]/.exec(word.text)?.[0] ?? '';
  const ranges: Range[] = [];
  for (const text of word.text.slice(sign.length).split(',')) {
    const range = rangeOf(walk, word, text);
    if (range === undefined) return;
    ranges.push(range);
  }
  if (sign === '') codes.clear();
  for (const { first, last } of ranges) {
    for (let code = first; code <= last; code++) {
      if (sign === '-') codes.delete(code);
      else codes.add(code);
    }
  }
}

function codesRow(name: 'http-err-codes' | 'http-fail-codes', field: 'errorCodes' | 'failCodes', doc: string): Row {
  return {
    name,
    args: [{ name: 'range', type: 'rest' }],
    usage: '[+-]<range>[,...] [...]',
    support: 'yes',
    doc,
    parse(walk, global) {
      if (walk.peek() === undefined) walk.need('a range of status codes');
      for (let word = walk.next(); word !== undefined && !walk.failed; word = walk.next()) apply(walk, word, global[field]);
    },
  };
}

export const stickRows: readonly Row[] = [
  codesRow('http-err-codes', 'errorCodes', 'Statuses of servers that count as errors in stick tables; 400-499 unless set.'),
  codesRow('http-fail-codes', 'failCodes', 'Statuses of servers that count as failures in stick tables; 500-599 except 501 and 505 unless set.'),
  integer<GlobalDraft>('tune.stick-counters', 'number', [0, MOST_COUNTERS], 'How many entries a session or request may track at once, by track-sc0 and so on; 3 unless set.', ({ tune }, value) => {
    tune.stickCounters = value;
  }),
];

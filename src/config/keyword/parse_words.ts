import { didYouMean } from '../suggest.js';
import type { Walk } from '../walk.js';
import type { KeywordRow } from './row.js';
import type { KeywordTable } from './table.js';

/** Reads the words after an address by a table of rows; `where` begins the message for unknown ones. */
export function parseWords<T>(walk: Walk, table: KeywordTable<KeywordRow<T>>, target: T, where: string): void {
  while (!walk.done() && !walk.failed) {
    const word = walk.next();
    if (word === undefined) return;
    const found = table.find([word], 0);
    if (found === null) walk.error(word, `${where} : unknown keyword '${word.text}'`, didYouMean(word.text, table.candidates()) ?? 'See docs/reference.md for the keywords.');
    else found.row.parse(walk, target);
  }
}

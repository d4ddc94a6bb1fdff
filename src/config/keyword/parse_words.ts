import { didYouMean } from '../suggest.js';
import { Walk } from '../walk.js';
import type { KeywordRow } from './row.js';
import type { KeywordTable } from './table.js';

/**
 * Reads the words after an address by a table of rows. Each row gets a walk whose keyword is its own word, for its messages; `where`
 * begins the message for unknown words.
 */
export function parseWords<T>(walk: Walk, table: KeywordTable<KeywordRow<T>>, target: T, where: string): void {
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    const found = table.find([word], 0);
    if (found === null) {
      walk.error(
        word,
        `${where} : unknown keyword '${word.text}'`,
        didYouMean(word.text, table.candidates()) ?? 'See docs/reference.md for the keywords.',
      );
      return;
    }
    const inner = walk.from(walk.at - 1);
    found.row.parse(inner, target);
    walk.follow(inner);
    if (walk.failed) return;
  }
}

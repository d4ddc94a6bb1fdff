import { didYouMean } from '../suggest.js';
import { Walk } from '../walk.js';
import type { KeywordRow } from './row.js';
import type { Found, KeywordTable } from './table.js';

/**
 * Reads the words after an address by a table of rows. Each row gets a walk whose keyword is its own word, for its messages; `where`
 * begins the message for unknown words.
 */
export function parseWords<T>(walk: Walk, table: KeywordTable<KeywordRow<T>>, target: T, where: string): void {
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    const found = table.find([word], 0) ?? withParentheses(table, word);
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

/** The row of a keyword that has arguments in parentheses behind it. */
function withParentheses<T>(table: KeywordTable<KeywordRow<T>>, word: { readonly text: string }): Found<KeywordRow<T>> | null {
  const found = word.text.includes('(') ? table.find([{ text: word.text.slice(0, word.text.indexOf('(')) }], 0) : null;
  return found?.row.parens === true ? found : null;
}

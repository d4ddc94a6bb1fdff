/** Arguments that the rules of health checks share, in HAProxy's words where they are wrong. */
import { isProblem, parseRegex } from '../../../core/compile/regex.js';
import type { LogFormat, SampleExpression } from '../../model.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';

/** The word after an option; an error that says what is missing. */
export function argument(walk: Walk, option: string, what: string): Word | undefined {
  const word = walk.next();
  if (word !== undefined && word.text !== '') return word;
  return walk.error(walk.last, `'${walk.keyword}' : '${option}' expects ${what} as argument`);
}

/** An even number of hexadecimal digits as bytes, one char each (latin1). */
export function binaryOf(walk: Walk, word: Word): string | undefined {
  const bad = /[^0-9A-Fa-f]/.exec(word.text);
  const why = bad !== null ? `an hex digit is expected (found '${bad[0]}')` : word.text.length % 2 === 1 ? 'an even number of hex digit is expected' : null;
  if (why !== null) return walk.error(word, `'${walk.keyword}' : '${word.text}' invalid binary string (${why})`, 'Each byte is two digits, such as 0d0a.');
  return Buffer.from(word.text, 'hex').toString('latin1');
}

/** The word, if it is a regular expression. */
export function regexOf(walk: Walk, word: Word): string | undefined {
  const regex = parseRegex(word.text, false);
  return isProblem(regex) ? walk.error(word, `'${walk.keyword}' : regex '${word.text}' is invalid (${regex.problem})`) : word.text;
}

export function formatOf(walk: Walk, option: string): LogFormat | undefined {
  const word = argument(walk, option, 'a string');
  return word === undefined ? undefined : walk.logFormat(word);
}

export function expressionOf(walk: Walk, option: string): SampleExpression | undefined {
  const word = argument(walk, option, 'an expression');
  return word === undefined ? undefined : walk.expression(word);
}

export function commentOf(walk: Walk): string | undefined {
  return argument(walk, 'comment', 'a string')?.text;
}

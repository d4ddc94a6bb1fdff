import type { Cursor } from '../../config/cursor.js';
import type { LogFormat } from '../../config/model.js';
import type { Word } from '../../config/source.js';
import { isProblem, parseRegex } from '../compile/regex.js';

/** The next word before `if`/`unless`, or an error in HAProxy's words: "expects exactly 2 arguments". */
export function wanted(cursor: Cursor, expects: string): Word | undefined {
  const word = cursor.done() ? undefined : cursor.next();
  return word === undefined || word.text === '' ? cursor.error(word ?? cursor.keywordSpan, expects) : word;
}

/** A header's name in lower case; anything that could not stand in a message is refused. */
export function wantedName(cursor: Cursor, expects: string): string | undefined {
  const word = wanted(cursor, expects);
  if (word === undefined) return undefined;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(word.text)) {
    return cursor.error(word, `'${word.text}' is not a header name`, "Names are made of letters, digits and !#$%&'*+-.^_`|~.");
  }
  return word.text.toLowerCase();
}

/** A log-format string for a header, a method or a target: its literal parts hold no control characters. */
export function wantedFormat(cursor: Cursor, expects: string): LogFormat | undefined {
  const word = wanted(cursor, expects);
  const format = word === undefined ? undefined : cursor.logFormat(word);
  if (format === undefined) return undefined;
  const control = format.items.some((item) => item.kind === 'text' && /[\0\r\n]/.test(item.text));
  return control ? cursor.error(word!, 'line ends and NUL are not allowed here', 'Remove them: they would end the header.') : format;
}

/** A regular expression as text that parseRegex() takes. */
export function wantedRegex(cursor: Cursor, expects: string): string | undefined {
  const word = wanted(cursor, expects);
  if (word === undefined) return undefined;
  const regex = parseRegex(word.text, false);
  return isProblem(regex) ? cursor.error(word, `regex '${word.text}' is invalid (${regex.problem})`) : word.text;
}

/** The expression of a text that wantedRegex() took. */
export function regexOf(text: string, flags = ''): RegExp {
  const regex = parseRegex(text, false, flags);
  return isProblem(regex) ? /(?!)/ : regex;
}

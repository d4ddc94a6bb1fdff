import { createToken, Lexer } from './chevrotain.js';
import type { IToken } from './chevrotain.js';

/**
 * The tokens of the configuration language. A word is one token, raw: quotes, escapes and variables are resolved later, line by
 * line (variables.ts), because `setenv` changes what later lines mean. Every character belongs to some token, so lexing cannot fail.
 */

/**
 * Unquoted runs, escapes and both kinds of quotes, in any mixture. The inner loops are unrolled: no input makes this pattern
 * backtrack more than once over a quoted part.
 */
const WORD = /(?:[^ \t\v\f\r\n\0#"'\\]+|\\[^\r\n\0]?|"[^"\\\r\n\0]*(?:\\[^\r\n\0][^"\\\r\n\0]*)*"|'[^'\r\n\0]*')+/;

/** Characters that can start a word; lets the lexer dispatch on the first character. */
const WORD_START: number[] = [];
for (let code = 1; code < 256; code++) {
  if (!' \t\v\f\r\n#'.includes(String.fromCharCode(code))) WORD_START.push(code);
}

export const WordToken = createToken({ name: 'Word', pattern: WORD, line_breaks: false, start_chars_hint: WORD_START });
export const EndOfLine = createToken({ name: 'EndOfLine', pattern: /\n/, line_breaks: true, label: 'end of line' });
/** What can't be a word: the three kinds below. */
export const Misfit = createToken({ name: 'Misfit', pattern: Lexer.NA });
/** A quote without its partner, up to the end of the line. */
export const OpenQuote = createToken({ name: 'OpenQuote', pattern: /["'][^\r\n\0]*/, line_breaks: false, categories: Misfit });
/** HAProxy ends the line at a NUL byte. */
export const Nul = createToken({ name: 'Nul', pattern: /\0[^\n]*/, line_breaks: false, categories: Misfit });
/** HAProxy ends the line at a carriage return, too: text behind it (in the same line) is lost. */
export const StrayReturn = createToken({
  name: 'StrayReturn', pattern: /\r+[^\r\n][^\n]*/, line_breaks: false, start_chars_hint: ['\r'], categories: Misfit,
});
const Blank = createToken({ name: 'Blank', pattern: /[ \t\v\f]+/, group: Lexer.SKIPPED, line_breaks: false });
const Return = createToken({ name: 'Return', pattern: /\r+/, group: Lexer.SKIPPED, line_breaks: false });
const Comment = createToken({ name: 'Comment', pattern: /#[^\r\n\0]*/, group: Lexer.SKIPPED, line_breaks: false });

export const TOKENS = [Blank, EndOfLine, WordToken, Comment, StrayReturn, Return, OpenQuote, Nul, Misfit];

const lexer = new Lexer(TOKENS, { positionTracking: 'onlyOffset', ensureOptimizations: true, safeMode: false });

/** The tokens of a text; blanks and comments are left out. `endOffset` is the last character, as Chevrotain has it. */
export function tokenize(text: string): IToken[] {
  return lexer.tokenize(text).tokens;
}

import { isProblem, parseRegex } from '../regex.js';
import type { Match } from './method.js';

/** A regular expression anywhere in the text. */
export const reg: Match = {
  on: 'str',
  compile(patterns, ignoreCase) {
    const expressions = patterns.map((pattern) => parseRegex(pattern, ignoreCase)).filter((regex): regex is RegExp => !isProblem(regex));
    if (expressions.length === 1) {
      const only = expressions[0]!;
      return (value) => only.test(value as string);
    }
    return (value) => expressions.some((regex) => regex.test(value as string));
  },
};

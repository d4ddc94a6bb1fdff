import { RegexList } from './regex_list.js';
import type { Match } from './method.js';

/** A regular expression anywhere in the text. */
export const reg: Match = {
  on: 'str',
  compile(patterns, ignoreCase) {
    const list = new RegexList(patterns, ignoreCase);
    return (value) => list.first(value as string) >= 0;
  },
};

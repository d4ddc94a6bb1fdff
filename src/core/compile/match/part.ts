import { withCase, type Match } from './method.js';

/** The pattern without delimiters at its ends. */
function bare(pattern: string, delimiters: string): string {
  let from = 0;
  let to = pattern.length;
  while (from < to && delimiters.includes(pattern[from]!)) from++;
  while (to > from && delimiters.includes(pattern[to - 1]!)) to--;
  return pattern.slice(from, to);
}

/** True if the part stands in the text between delimiters or its ends. */
function holds(text: string, part: string, delimiters: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const after = at + part.length;
    const opens = at === 0 || delimiters.includes(text[at - 1]!);
    if (opens && (after === text.length || delimiters.includes(text[after]!))) return true;
  }
  return false;
}

function between(delimiters: string): Match {
  return {
    on: 'str',
    compile: withCase((patterns) => {
      const parts = patterns.map((pattern) => bare(pattern, delimiters)).filter((part) => part !== '');
      return (text) => parts.some((part) => holds(text, part, delimiters));
    }),
  };
}

/** A part between slashes. */
export const dir = between('/?');

/** A part between the delimiters of a URL: `/`, `?`, `.`, `:`. */
export const dom = between('/?.:');

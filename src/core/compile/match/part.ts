import { Automaton } from './automaton.js';
import { FEW, withCase, type Match } from './method.js';

/** The pattern without delimiters at its ends. */
function bare(pattern: string, delimiters: string): string {
  let from = 0;
  let to = pattern.length;
  while (from < to && delimiters.includes(pattern[from]!)) from++;
  while (to > from && delimiters.includes(pattern[to - 1]!)) to--;
  return pattern.slice(from, to);
}

/** True if the text from `from` to `to` stands between delimiters or its ends. */
function stands(text: string, from: number, to: number, delimiters: string): boolean {
  return (from === 0 || delimiters.includes(text[from - 1]!)) && (to === text.length || delimiters.includes(text[to]!));
}

/** True if the part stands in the text between delimiters or its ends. */
function holds(text: string, part: string, delimiters: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) if (stands(text, at, at + part.length, delimiters)) return true;
  return false;
}

/** Finds the place in the list of the first pattern that stands in a text between delimiters, -1 if none does; one pass, whatever their number. */
export function firstPart(patterns: readonly string[], delimiters: string): (text: string) => number {
  const parts = patterns.map((pattern) => bare(pattern, delimiters));
  const automaton = new Automaton(parts);
  return (text) => {
    let found = -1;
    automaton.each(text, (part, end) => {
      if ((found === -1 || part < found) && stands(text, end - parts[part]!.length, end, delimiters)) found = part;
    });
    return found;
  };
}

/** What ends a part of a path. */
export const DIR_DELIMITERS = '/?';
/** What ends a part of a URL or a host name. */
export const DOM_DELIMITERS = '/?.:';

function between(delimiters: string): Match {
  return {
    on: 'str',
    compile: withCase((patterns) => {
      if (patterns.length > FEW) {
        const find = firstPart(patterns, delimiters);
        return (text) => find(text) >= 0;
      }
      const parts = patterns.map((pattern) => bare(pattern, delimiters)).filter((part) => part !== '');
      return (text) => parts.some((part) => holds(text, part, delimiters));
    }),
  };
}

/** A part between slashes. */
export const dir = between(DIR_DELIMITERS);

/** A part between the delimiters of a URL: `/`, `?`, `.`, `:`. */
export const dom = between(DOM_DELIMITERS);

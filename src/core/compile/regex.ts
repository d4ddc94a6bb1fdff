/**
 * HAProxy's regular expressions (PCRE) as JavaScript ones, matched on latin1 text. What differs in writing and is in use is
 * translated; what JavaScript has no word for is refused when the configuration is read.
 */
import { isLinear, LinearRegExp, WatchedRegExp } from './regex_guard.js';
import { folded, hasLoops, requiredText, unrolled } from './regex_source.js';

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\t-\\r ', blank: ' \\t', xdigit: '0-9A-Fa-f',
  punct: '!-\\/:-@\\[-`{-~', cntrl: '\\x00-\\x1f\\x7f', print: '\\x20-\\x7e', graph: '\\x21-\\x7e', word: '\\w',
};

/** Escapes that JavaScript has no, or another, meaning for. */
const ESCAPES: Readonly<Record<string, string>> = {
  A: '^', z: '$', Z: '(?=\\n?$)', a: '\\x07', e: '\\x1b', h: '[ \\t]', H: '[^ \\t]', N: '[^\\n]', s: '[\\t-\\r ]', S: '[^\\t-\\r ]', v: '[\\n-\\r\\x85]',
  V: '[^\\n-\\r\\x85]', R: '(?:\\r\\n|[\\n-\\r\\x85])',
};
/** The same within a class. */
const CLASS_ESCAPES: Readonly<Record<string, string>> = {
  a: '\\x07', e: '\\x1b', h: ' \\t', s: '\\t-\\r ', S: '\\x00-\\x08\\x0e-\\x1f!-\\xff', v: '\\n-\\r\\x85',
};
const KEPT = /^(?:[dDwWbBnrtf0-9xck]|[^A-Za-z0-9])/;

export interface RegexProblem {
  readonly problem: string;
}

/** What a pattern says: its translation and the flags at its start. */
interface Translation {
  readonly source: string;
  readonly flags: ReadonlySet<string>;
}

function translation(text: string, ignoreCase: boolean, flags: string): Translation | RegexProblem {
  const inline = /^\(\?([ims]+)\)/.exec(text);
  const set = new Set([...flags, ...(inline?.[1] ?? ''), ...(ignoreCase ? 'i' : '')]);
  const source = translate(inline === null ? text : text.slice(inline[0].length), set.has('s'));
  return typeof source === 'string' ? { source, flags: set } : source;
}

/** The expression, or what is wrong with it. Its time is bounded (regex_guard.ts). */
export function parseRegex(text: string, ignoreCase: boolean, flags = ''): RegExp | RegexProblem {
  const translated = translation(text, ignoreCase, flags);
  if ('problem' in translated) return translated;
  const { source } = translated;
  const all = [...translated.flags].join('');
  try {
    // For its errors, in the words of the pattern as it was written.
    const plain = new RegExp(source, all);
    return bounded(plain);
  } catch (error) {
    return { problem: (error as Error).message.replace(/^Invalid regular expression: /, '') };
  }
}

function bounded(plain: RegExp): RegExp {
  const flags = plain.flags.replace('i', '');
  const source = plain.ignoreCase ? folded(plain.source) : plain.source;
  if (source === null) return new WatchedRegExp(plain.source, plain.flags);
  const linear = isLinear(source, flags) ? source : unrolled(source);
  if (linear === null || !isLinear(linear, flags)) return new WatchedRegExp(source, flags);
  return flags.includes('m') || hasLoops(linear) ? new LinearRegExp(linear, flags) : new RegExp(linear, flags);
}

/** A text without which the pattern can't match, null if none is known; in lower case if the case is ignored. */
export function literalOf(text: string, ignoreCase: boolean): { readonly text: string; readonly ignoreCase: boolean } | null {
  const translated = translation(text, ignoreCase, '');
  const literal = 'problem' in translated ? null : requiredText(translated.source);
  return literal === null ? null : { text: literal, ignoreCase: (translated as Translation).flags.has('i') };
}

export function isProblem(regex: RegExp | RegexProblem): regex is RegexProblem {
  return !(regex instanceof RegExp);
}

/** One piece of a pattern, and how far it reaches. */
interface Piece {
  readonly source: string;
  readonly end: number;
}

function translate(text: string, dotAll: boolean): string | RegexProblem {
  let out = '';
  for (let i = 0; i < text.length;) {
    const piece = translatePiece(text, i, dotAll);
    if ('problem' in piece) return piece;
    out += piece.source;
    i = piece.end;
  }
  return out;
}

const GROUP = /\(\?(?![:=!<])|\(\?<(?![=!A-Za-z_])|\(\?[PR|#>]/y;

function translatePiece(text: string, i: number, dotAll: boolean): Piece | RegexProblem {
  const char = text[i]!;
  if (char === '\\') return translateEscape(text, i);
  if (char === '[') {
    const end = classEnd(text, i);
    return end < 0 ? { problem: 'missing terminating ] for character class' } : { source: translateClass(text.slice(i, end)), end };
  }
  GROUP.lastIndex = i;
  if (GROUP.test(text)) {
    const named = /^\(\?P<(\w+)>/.exec(text.slice(i));
    if (named === null) return { problem: `'${text.slice(i, i + 3)}' groups are not supported` };
    return { source: `(?<${named[1]}>`, end: i + named[0].length };
  }
  if (char === '+' && /[*+?}]/.test(text[i - 1] ?? '') && text[i - 2] !== '\\') return { problem: 'possessive quantifiers are not supported' };
  // PCRE's dot stops at a line feed only.
  return { source: char === '.' && !dotAll ? '[^\\n]' : char, end: i + 1 };
}

function translateEscape(text: string, i: number): Piece | RegexProblem {
  const next = text[i + 1];
  if (next === undefined) return { problem: '\\ at end of pattern' };
  if (next === 'Q') {
    const close = text.indexOf('\\E', i + 2);
    const literal = text.slice(i + 2, close < 0 ? text.length : close);
    return { source: literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), end: close < 0 ? text.length : close + 2 };
  }
  const braced = /^\\x\{([0-9a-fA-F]{1,2})\}/.exec(text.slice(i, i + 6));
  if (braced !== null) return { source: `\\x${braced[1]!.padStart(2, '0')}`, end: i + braced[0].length };
  const source = ESCAPES[next] ?? (KEPT.test(next) ? `\\${next}` : null);
  return source === null ? { problem: `the escape \\${next} is not supported` } : { source, end: i + 2 };
}

/** Index after the `]` that ends the class at `start`, -1 if there is none. */
function classEnd(text: string, start: number): number {
  let i = start + 1;
  if (text[i] === '^') i++;
  if (text[i] === ']') i++;
  for (; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text.startsWith('[:', i)) {
      const close = text.indexOf(':]', i);
      if (close > 0) i = close + 1;
    } else if (text[i] === ']') return i + 1;
  }
  return -1;
}

function translateClass(text: string): string {
  const body = text.slice(1, -1);
  const negated = body.startsWith('^');
  const rest = (negated ? body.slice(1) : body)
    .replace(/\\([^])|\[:(\w+):\]/g, (all, escape: string | undefined, name: string | undefined) =>
      (name === undefined ? (CLASS_ESCAPES[escape!] ?? all) : (CLASSES[name] ?? all)))
    .replace(/^\]/, '\\]');
  return `[${negated ? '^' : ''}${rest}]`;
}

/** Replaces \0..\9 of a template with the groups of a match; other escapes give the character itself. */
export function expandGroups(template: string, match: RegExpExecArray | readonly (string | undefined)[]): string {
  let out = '';
  for (let i = 0; i < template.length; i++) {
    const char = template[i]!;
    if (char !== '\\' || i + 1 === template.length) {
      out += char;
      continue;
    }
    const next = template[++i]!;
    if (next >= '0' && next <= '9') out += match[Number(next)] ?? '';
    else if (next === 'x' && /^[0-9a-fA-F]{2}/.test(template.slice(i + 1))) {
      out += String.fromCharCode(parseInt(template.slice(i + 1, i + 3), 16));
      i += 2;
    } else out += next;
  }
  return out;
}

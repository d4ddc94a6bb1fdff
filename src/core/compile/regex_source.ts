/** Rewrites of JavaScript's regular expressions as text. What they take has been accepted by `new RegExp`. */

export type TokenKind = 'open' | 'close' | 'bar' | 'atom' | 'assertion' | 'reference' | 'quantifier';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['open', /\((?:\?(?::|=|!|<=|<!|<[A-Za-z_]\w*>))?/y],
  ['close', /\)/y],
  ['bar', /\|/y],
  ['assertion', /\^|\$|\\[bB]/y],
  ['reference', /\\(?:[1-9][0-9]*|k<\w+>)/y],
  ['quantifier', /(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??/y],
  ['atom', /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]|[^])|\[(?:\\[^]|[^\]\\])*\]|[^]/y],
];

export function tokens(source: string): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < source.length;) {
    for (const [kind, rule] of RULES) {
      rule.lastIndex = at;
      const found = rule.exec(source);
      if (found === null) continue;
      out.push({ kind, text: found[0] });
      at += found[0].length;
      break;
    }
  }
  return out;
}

export function isCapture(opener: string): boolean {
  return opener === '(' || /^\(\?<\w/.test(opener);
}

const LETTER = /[A-Za-z]/;
const other = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) ^ 32);
const CLASS_ITEM = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]|[^])|[^]/y;

/** The character that an atom or class item stands for, null if it stands for several. */
export function charOf(item: string): string | null {
  if (item.length === 1) return item;
  if (/^\\[xu]/.test(item)) return String.fromCharCode(parseInt(item.slice(2), 16));
  return /^\\[^A-Za-z0-9]$/.test(item) ? item[1]! : null;
}

function foldedClass(text: string): string {
  const items: string[] = [];
  CLASS_ITEM.lastIndex = text.startsWith('[^') ? 2 : 1;
  while (CLASS_ITEM.lastIndex < text.length - 1) items.push(CLASS_ITEM.exec(text)![0]);
  let added = '';
  for (let i = 0; i < items.length; i++) {
    const low = charOf(items[i]!);
    const high = items[i + 1] === '-' && i + 2 < items.length ? charOf(items[i + 2]!) : null;
    if (low !== null && high !== null) {
      added += foldedRange(low, high);
      i += 2;
    } else if (low !== null && LETTER.test(low)) added += other(low);
  }
  // A hyphen at the end would make a range with what is added.
  const body = items[items.length - 1] === '-' ? `${text.slice(0, -2)}\\-` : text.slice(0, -1);
  return `${body}${added}]`;
}

/** The letters of the other case of those in a range. */
function foldedRange(low: string, high: string): string {
  let out = '';
  for (const [first, last] of [['A', 'Z'], ['a', 'z']] as const) {
    const from = low > first ? low : first;
    const to = high < last ? high : last;
    if (from <= to) out += `${other(from)}-${other(to)}`;
  }
  return out;
}

/** The same expression for whatever case of ASCII letters, without the flag i; null if it has a reference to a group. */
export function folded(source: string): string | null {
  let out = '';
  for (const { kind, text } of tokens(source)) {
    if (kind === 'reference') return null;
    const char = kind === 'atom' ? charOf(text) : null;
    if (char !== null && LETTER.test(char)) out += `[${char}${other(char)}]`;
    else out += kind === 'atom' && text.startsWith('[') ? foldedClass(text) : text;
  }
  return out;
}

/** Longer expressions than this are not written out: the time of the linear engine grows with them. */
const LONGEST = 1000;

interface Unit {
  readonly text: string;
  readonly captures: boolean;
}

const join = (units: readonly Unit[]): string => units.map((unit) => unit.text).join('');

/** `x{2,4}` as `xx(?:x(?:x)?)?`, for an engine that counts only to 16; null if that can't be done. */
export function unrolled(source: string): string | null {
  const open: { opener: string; units: Unit[] }[] = [{ opener: '', units: [] }];
  for (const { kind, text } of tokens(source)) {
    const group = open[open.length - 1]!;
    if (kind === 'open') open.push({ opener: text, units: [] });
    else if (kind === 'close') {
      open.pop();
      const captures = isCapture(group.opener) || group.units.some((unit) => unit.captures);
      open[open.length - 1]!.units.push({ text: `${group.opener}${join(group.units)})`, captures });
    } else if (kind === 'quantifier') {
      const unit = group.units.pop();
      const written = unit === undefined ? null : repeated(unit, text);
      if (written === null) return null;
      group.units.push({ text: written, captures: unit!.captures });
    } else group.units.push({ text, captures: false });
  }
  const whole = join(open[0]!.units);
  return whole.length > LONGEST ? null : whole;
}

function repeated({ text, captures }: Unit, quantifier: string): string | null {
  const counts = /^\{([0-9]+)(,?)([0-9]*)\}(\??)$/.exec(quantifier);
  if (counts === null) return text + quantifier;
  const lazy = counts[4]!;
  const least = Number(counts[1]);
  const most = counts[2] === '' ? least : counts[3] === '' ? Infinity : Number(counts[3]);
  const copies = most === Infinity ? least : most;
  if (captures || copies * text.length > LONGEST) return null;
  const more = most === Infinity ? `${text}*${lazy}` : `(?:${text}`.repeat(most - least) + `)?${lazy}`.repeat(most - least);
  return `(?:${text.repeat(least)}${more})`;
}

/** True if backtracking may take the square of a text's length: a loop that is tried at many places. */
export function hasLoops(source: string): boolean {
  const list = tokens(source);
  const loops = list.filter(({ kind, text }) => kind === 'quantifier' && /^(?:[*+]|\{[0-9]+,\})/.test(text)).length;
  const anchored = list[0]?.text === '^' && !list.some(({ kind }) => kind === 'bar');
  return loops > 1 || (loops === 1 && !anchored);
}

/** A literal shorter than this rules out little. */
const SHORTEST = 2;

/** The longest text that must stand in whatever the expression matches; null if none is found. */
export function requiredText(source: string): string | null {
  let best = '';
  let run = '';
  let depth = 0;
  const list = tokens(source);
  const ends = (): void => {
    if (run.length > best.length) best = run;
    run = '';
  };
  for (let i = 0; i < list.length; i++) {
    const { kind, text } = list[i]!;
    if (kind === 'bar' && depth === 0) return null;
    if (kind === 'open') depth++;
    if (kind === 'close') depth--;
    const char = kind === 'atom' && depth === 0 ? charOf(text) : null;
    const next = list[i + 1];
    const counted = next?.kind === 'quantifier' ? next.text : null;
    if (char !== null && (counted === null || !/^(?:[*?]|\{0)/.test(counted))) run += char;
    if (char === null || counted !== null) ends();
  }
  ends();
  return best.length >= SHORTEST ? best : null;
}

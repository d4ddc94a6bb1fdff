import type { Source, Word } from './source.js';

/** What is wrong with a raw word; offsets are absolute in the source. */
export interface WordProblem {
  readonly summary: string;
  readonly advice: string | null;
  readonly start: number;
  readonly end: number;
}

/** Answers a variable by name; pseudo-variables come with their dot (`.LINE`). */
export type Lookup = (name: string, offset: number) => string | undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n', r: '\r', t: '\t', ' ': ' ', '\t': '\t', '\v': '\v', '\f': '\f', '#': '#', '\\': '\\', '"': '"', "'": "'", $: '$',
};
const SPECIAL = /["'\\]/;
const VARIABLE = /\$(?:\{(\.?[A-Za-z_][A-Za-z0-9_]*)(\[\*\])?(?:-([^}"]*))?\}|(\.?[A-Za-z_][A-Za-z0-9_]*))/y;
const PSEUDO = new Set(['.FILE', '.LINE', '.SECTION']);
const HEX = /^[0-9a-fA-F]{2}$/;

/** One raw word on its way: quotes and escapes go, variables come in, and `${LIST[*]}` may make several words of it. */
class Unquoting {
  readonly #out: Word[];
  readonly #source: number;
  readonly #start: number;
  readonly #end: number;
  #text = '';
  #offsets: number[] = [];
  #produced = false;
  #breakPending = false;
  #lastEnd: number;

  constructor(source: number, start: number, end: number, out: Word[]) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#lastEnd = end;
    this.#out = out;
  }

  /** One character that stands for `length` characters of the source. */
  add(char: string, offset: number, length = 1): void {
    if (this.#breakPending && this.#text !== '') this.#flush();
    this.#breakPending = false;
    this.#text += char;
    this.#offsets.push(offset);
    this.#lastEnd = offset + length;
  }

  /** The value of a variable; `split` makes blanks in it end the word. */
  addValue(value: string, offset: number, length: number, split: boolean): void {
    for (const char of value) {
      if (split && (char === ' ' || char === '\t')) this.#breakPending = true;
      else this.add(char, offset, length);
    }
  }

  finish(): void {
    if (this.#text !== '' || !this.#produced) this.#flush();
  }

  #flush(): void {
    this.#offsets.push(this.#lastEnd);
    this.#out.push({
      text: this.#text, span: { source: this.#source, start: this.#start, end: this.#end }, offsets: this.#offsets,
    });
    this.#text = '';
    this.#offsets = [];
    this.#produced = true;
  }
}

/** Appends what the raw word at `start` stands for to `out`; the problem that makes it meaningless, or null. */
export function unquote(source: Source, raw: string, start: number, lookup: Lookup, out: Word[]): WordProblem | null {
  if (!SPECIAL.test(raw)) {
    out.push({ text: raw, span: { source: source.index, start, end: start + raw.length }, offsets: null });
    return null;
  }
  const unquoting = new Unquoting(source.index, start, start + raw.length, out);
  let weak = false;
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] as string;
    if (char === '"') {
      weak = !weak;
    } else if (char === "'" && !weak) {
      for (i++; i < raw.length && raw[i] !== "'"; i++) unquoting.add(raw[i] as string, start + i);
    } else if (char === '\\') {
      const next = raw[i + 1] ?? '';
      if (next === 'x') {
        const digits = raw.slice(i + 2, i + 4);
        if (!HEX.test(digits)) return invalidHex(start + i, start + Math.min(raw.length, i + 4));
        unquoting.add(String.fromCharCode(parseInt(digits, 16)), start + i, 4);
        i += 3;
      } else {
        const escaped = ESCAPES[next];
        unquoting.add(escaped ?? '\\', start + i, escaped === undefined ? 1 : 2);
        if (escaped !== undefined) i++;
      }
    } else if (char === '$' && weak) {
      VARIABLE.lastIndex = i;
      const match = VARIABLE.exec(raw);
      const name = match?.[1] ?? match?.[4] ?? '';
      if (match === null || (name.startsWith('.') && !PSEUDO.has(name))) return invalidVariable(raw, i, start);
      unquoting.addValue(lookup(name, start + i) ?? match[3] ?? '', start + i, match[0].length, match[2] !== undefined);
      i += match[0].length - 1;
    } else {
      unquoting.add(char, start + i);
    }
  }
  unquoting.finish();
  return null;
}

function invalidHex(start: number, end: number): WordProblem {
  return {
    summary: 'truncated or invalid hexadecimal sequence',
    advice: 'Write two hexadecimal digits after \\x, or \\\\x for a backslash followed by an x.', start, end,
  };
}

function invalidVariable(raw: string, at: number, start: number): WordProblem {
  const name = raw[at + 1] === '{' ? at + 2 : at + 1;
  if (/^(?:\.(?:FILE|LINE|SECTION)\b|[A-Za-z_])/.test(raw.slice(name, name + 16))) {
    return {
      summary: 'unmatched brace in environment variable name', advice: "End the name of the variable with '}'.",
      start: start + at, end: start + raw.length,
    };
  }
  return {
    summary: 'forbidden first char in environment variable name', advice: "Write '\\$' for a dollar sign between double quotes.",
    start: start + at, end: start + Math.min(raw.length, name + 1),
  };
}

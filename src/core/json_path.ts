/**
 * Values in JSON texts by a path such as `$.a.b[2]`, without a tree of the text. Bad JSON is noticed only on the way to the value,
 * and of equal names the first one counts, as in HAProxy's reader.
 */

/** A name or a number of an element. */
type Step = string | number;
export type JsonPath = readonly Step[];

/** Steps of a path; `\.` and `\[` in names stand for themselves. undefined if it is none. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (text[0] !== '$') return undefined;
  const steps: Step[] = [];
  for (let at = 1; at < text.length;) {
    const index = /^\[([0-9]+)\]/.exec(text.slice(at));
    const name = /^\.((?:\\.|[^.[\\])*)/.exec(text.slice(at));
    if (index !== null) steps.push(Number(index[1]));
    else if (name !== null) steps.push(name[1]!.replace(/\\(.)/g, '$1'));
    else return undefined;
    at += (index ?? name)![0].length;
  }
  return steps;
}

export type JsonKind = 'string' | 'number' | 'true' | 'false' | 'null' | 'array' | 'object';

export interface JsonToken {
  readonly kind: JsonKind;
  /** As it stands in the text, quotes and brackets included. */
  readonly raw: string;
}

const BLANKS = /[ \t\r\n]*/y;
const SCALAR = /"(?:[^"\\]|\\[^])*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

/** Deep enough for what people write, and bounded. */
const MAX_DEPTH = 64;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  /** The value at the path from here on. */
  find(path: JsonPath, step: number): JsonToken | undefined {
    this.blanks();
    if (step === path.length) return this.token();
    const wanted = path[step]!;
    const open = this.text[this.at];
    if (open !== (typeof wanted === 'string' ? '{' : '[')) return undefined;
    return this.member(open === '{' ? '}' : ']', wanted) ? this.find(path, step + 1) : undefined;
  }

  /** Moves to the wanted member of the object or array that opens here; false if it has none. */
  private member(close: string, wanted: Step): boolean {
    this.at++;
    for (let number = 0; ; number++) {
      this.blanks();
      if (this.text[this.at] === close) return false;
      const key = close === '}' ? this.key() : number;
      if (key === undefined) return false;
      if (key === wanted) return true;
      if (!this.skip(0)) return false;
      this.blanks();
      if (this.text[this.at] !== ',') return false;
      this.at++;
    }
  }

  /** The name of a member as it is written, and the colon. */
  private key(): string | undefined {
    const raw = this.scalar();
    if (raw === undefined || raw[0] !== '"') return undefined;
    this.blanks();
    if (this.text[this.at++] !== ':') return undefined;
    return raw.slice(1, -1);
  }

  private token(): JsonToken | undefined {
    const from = this.at;
    const first = this.text[from];
    if (!this.skip(0)) return undefined;
    const raw = this.text.slice(from, this.at);
    const kind: JsonKind = first === '{' ? 'object' : first === '[' ? 'array' : first === '"' ? 'string'
      : raw === 'true' || raw === 'false' || raw === 'null' ? raw : 'number';
    return { kind, raw };
  }

  /** Moves behind the value that starts here; false if there is none. */
  private skip(depth: number): boolean {
    this.blanks();
    const open = this.text[this.at];
    if (open !== '{' && open !== '[') return this.scalar() !== undefined;
    if (depth === MAX_DEPTH) return false;
    const close = open === '{' ? '}' : ']';
    this.at++;
    this.blanks();
    if (this.text[this.at] === close) {
      this.at++;
      return true;
    }
    for (;;) {
      this.blanks();
      if (open === '{' && this.key() === undefined) return false;
      if (!this.skip(depth + 1)) return false;
      this.blanks();
      const next = this.text[this.at++];
      if (next === close) return true;
      if (next !== ',') return false;
    }
  }

  private blanks(): void {
    BLANKS.lastIndex = this.at;
    BLANKS.test(this.text);
    this.at = BLANKS.lastIndex;
  }

  private scalar(): string | undefined {
    SCALAR.lastIndex = this.at;
    const found = SCALAR.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

/** The value at a path, undefined if there is none. */
export function findJson(text: string, path: JsonPath): JsonToken | undefined {
  return new Reader(text).find(path, 0);
}

const UNESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/' };

/** The bytes of a string token. \u0000 to \u00ff are single bytes, as HAProxy has them; others are UTF-8. undefined after a bad escape. */
export function jsonString(raw: string): string | undefined {
  let good = true;
  const text = raw.slice(1, -1).replace(/\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|([^]))/g, (all, code?: string, low?: string, plain?: string) => {
    if (code === undefined) {
      const char = UNESCAPED[plain!];
      if (char === undefined) good = false;
      return char ?? '';
    }
    if (low === undefined && code.startsWith('00')) return String.fromCharCode(parseInt(code, 16));
    const units = [...all.matchAll(/u(.{4})/g)].map((found) => parseInt(found[1]!, 16));
    return Buffer.from(String.fromCharCode(...units), 'utf8').toString('latin1');
  });
  return good ? text : undefined;
}

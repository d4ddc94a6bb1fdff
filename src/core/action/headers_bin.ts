/** Headers in the binary form of req.hdrs_bin: add-headers-bin, set-headers-bin, del-headers-bin (manual, section 4.3). */
import type { Cursor } from '../../config/cursor.js';
import type { RuleFamily, SampleExpression } from '../../config/model.js';
import { VERDICT_CONTINUE } from '../abi.js';
import { lowered } from '../latin1.js';
import type { ActionRow, CompileEnv } from '../row.js';
import { headerName, type Tx } from '../tx.js';
import { MATCHES, removeAll, removeMatching, type NameMatch } from './header.js';
import { rewritten } from './rewrite.js';
import { wanted } from './words.js';

const FAMILIES: readonly RuleFamily[] = ['http-request', 'http-response', 'http-after-response'];
/** What may not stand in a name or a value: it would end the header. */
const BREAKS = /[\0\r\n]/;

/** Reads strings, each behind its length as a variable-size integer (HAProxy's SPOE). */
class Strings {
  private at = 0;

  constructor(private readonly bytes: string) {}

  /** The next string; undefined at the end, or if the rest is no string. */
  next(): string | undefined {
    let length = this.byte();
    if (length >= 240) {
      for (let shift = 4, byte = 128; byte >= 128 && shift < 32; shift += 7) {
        byte = this.byte();
        length += byte * 2 ** shift;
      }
    }
    const start = this.at;
    if (Number.isNaN(length) || start + length > this.bytes.length) return undefined;
    this.at += length;
    return this.bytes.slice(start, this.at);
  }

  /** NaN behind the end. */
  private byte(): number {
    return this.bytes.charCodeAt(this.at++);
  }
}

interface Bin {
  readonly value: SampleExpression;
  readonly prefix: string;
}

function parseExpression(cursor: Cursor): SampleExpression | undefined {
  const word = wanted(cursor, 'missing fetch method');
  return word === undefined ? undefined : cursor.expression(word);
}

/** The bytes that the sample gives. */
function bytesOf(value: SampleExpression, env: CompileEnv): (tx: Tx) => string | undefined {
  const read = env.typed(value, 'bin');
  return (tx) => {
    const sample = read(tx);
    return typeof sample === 'object' && 'bin' in sample ? sample.bin : undefined;
  };
}

function adding(name: 'add-headers-bin' | 'set-headers-bin', doc: string): ActionRow<Bin> {
  return {
    name, families: FAMILIES, final: false, doc,
    parse(cursor) {
      const value = parseExpression(cursor);
      if (value === undefined) return undefined;
      if (cursor.done() || cursor.peek()?.text !== 'prefix') return { value, prefix: '' };
      cursor.next();
      const prefix = wanted(cursor, "missing argument for 'prefix'");
      return prefix === undefined ? undefined : { value, prefix: prefix.text.toLowerCase() };
    },
    compile({ value, prefix }, env) {
      const read = bytesOf(value, env);
      const done = rewritten(env);
      const replace = name === 'set-headers-bin';
      return (tx) => {
        const bytes = read(tx);
        return bytes === undefined ? VERDICT_CONTINUE : done(tx, addAll(tx, new Strings(bytes), prefix, replace));
      };
    },
  };
}

/** Adds pairs of names and values up to the empty name; with `replace` the headers of each name go before its first is added. */
function addAll(tx: Tx, strings: Strings, prefix: string, replace: boolean): boolean {
  const replaced = new Set<string>();
  for (let name = strings.next(); name !== undefined && name !== ''; name = strings.next()) {
    const value = strings.next();
    if (value === undefined || BREAKS.test(name) || name.includes(':') || BREAKS.test(value)) return false;
    const lower = lowered(name);
    if (!lower.startsWith(prefix)) continue;
    if (replace && !replaced.has(lower) && !removeAll(tx, headerName(lower))) return false;
    replaced.add(lower);
    if (!tx.addHeader(name, value)) return false;
  }
  return true;
}

const METHODS = ['str', 'beg', 'end', 'sub'] as const;

const delHeadersBin: ActionRow<{ readonly value: SampleExpression; readonly method: NameMatch }> = {
  name: 'del-headers-bin', families: FAMILIES, final: false, doc: 'removes the headers that a binary list of names holds',
  parse(cursor) {
    const value = parseExpression(cursor);
    if (value === undefined) return undefined;
    if (cursor.done() || cursor.peek()?.text !== '-m') return { value, method: 'str' };
    cursor.next();
    const word = wanted(cursor, '-m flag expects exactly 1 argument');
    if (word === undefined) return undefined;
    const method = METHODS.find((known) => known === word.text);
    return method === undefined
      ? cursor.error(word, `-m with unsupported matching method '${word.text}'`, `Use one of ${METHODS.join(', ')}.`)
      : { value, method };
  },
  compile({ value, method }, env) {
    const read = bytesOf(value, env);
    const done = rewritten(env);
    return (tx) => {
      const strings = new Strings(read(tx) ?? '');
      let ok = true;
      for (let name = strings.next(); name !== undefined && name !== '' && ok; name = strings.next()) ok = removeMatching(tx, MATCHES[method](name));
      return done(tx, ok);
    };
  },
};

export const binaryHeaderActions: readonly ActionRow[] = [
  adding('add-headers-bin', 'adds the headers of a binary list'), adding('set-headers-bin', 'sets the headers of a binary list'), delHeadersBin,
] as ActionRow[];

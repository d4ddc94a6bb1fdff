import type { LogFormat, LogFormatItem } from '../../config/model.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import { aliases, hexOf } from './alias.js';
import { compileSample } from './sample.js';
import { toStr, toText } from './cast.js';
import type { Encoding } from './env.js';

type Part = string | ((tx: Tx) => string);

// Everything that may not stand in a header field; a tab may.
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;
const ALL_FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/g;

/** Control characters as %XX. */
export function encodeHttp(text: string): string {
  if (!FORBIDDEN.test(text)) return text;
  return text.replace(ALL_FORBIDDEN, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

const escaped = (text: string): string => text.replace(/["\\\]]/g, '\\$&');

/** What the flags of an item do to its text: E escapes, Q quotes. */
function decorated(flags: ReadonlySet<string>, quotes: boolean): ((text: string) => string) | null {
  const escapes = flags.has('E');
  const quoted = quotes && flags.has('Q');
  if (!escapes && !quoted) return null;
  return (text) => {
    const inner = escapes ? escaped(text) : text;
    return quoted ? `"${inner}"` : inner;
  };
}

function samplePart(item: LogFormatItem & { kind: 'sample' }, encoding: Encoding, env: CompileEnv): Part {
  const { fetch, constant } = compileSample(item.sample, env);
  // In header fields and replies HAProxy does not quote samples, whatever the flags say.
  const decorate = decorated(new Set(item.flags.split(',')), encoding === 'raw');
  const encode = encoding === 'http' ? encodeHttp : null;
  const make = (tx: Tx): string => {
    const value = fetch(tx);
    if (value === undefined) return decorate === null ? '' : decorate('');
    const text = encode === null ? toStr(value) : encode(toStr(value));
    return decorate === null ? text : decorate(text);
  };
  return constant === null ? make : make(undefined as unknown as Tx);
}

function aliasPart(item: LogFormatItem & { kind: 'alias' }, encoding: Encoding, env: CompileEnv): Part {
  const alias = aliases[item.alias];
  if (alias === undefined) throw new Error(`log-format alias '%${item.alias}' has no meaning here`);
  const flags = new Set(item.flags.split(','));
  const read = alias.compile(env);
  const decorate = alias.text ? decorated(flags, true) : null;
  const hexadecimal = flags.has('X');
  return (tx) => {
    const value = read(tx);
    const text = hexadecimal ? (hexOf(value) ?? toText(value)) : toText(value);
    const safe = encoding === 'http' ? encodeHttp(text) : text;
    return decorate === null ? safe : decorate(safe);
  };
}

function partOf(item: LogFormatItem, encoding: Encoding, env: CompileEnv): Part {
  switch (item.kind) {
    case 'text': return item.text;
    case 'sample': return samplePart(item, encoding, env);
    case 'alias': return aliasPart(item, encoding, env);
  }
}

/** Text in one piece where neighbours are constant. */
function merged(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out[out.length - 1];
    if (typeof part === 'string' && typeof last === 'string') out[out.length - 1] = last + part;
    else out.push(part);
  }
  return out;
}

/** Compiles a log-format string. */
export function compileLogFormat(format: LogFormat, encoding: Encoding, env: CompileEnv): (tx: Tx) => string {
  const parts = merged(format.items.map((item) => partOf(item, encoding, env)));
  if (parts.length === 0) return () => '';
  if (parts.length === 1) {
    const only = parts[0]!;
    return typeof only === 'string' ? () => only : only;
  }
  return (tx) => {
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : part(tx);
    return text;
  };
}

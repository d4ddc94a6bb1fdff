import type { LogFormat, LogFormatAlias, LogFormatItem, LogFormatSample } from '../../config/model.js';
import type { CompileEnv, Fetch, Value } from '../row.js';
import type { Tx } from '../tx.js';
import { aliases } from './alias.js';
import type { Alias } from './alias_row.js';
import { isIp, toStr, toText } from './cast.js';
import type { Encoding } from './env.js';
import { compileObject, encodedValue } from './log_object.js';
import { compileSample } from './sample.js';

/** A part of a log-format string: the same for every request, or made for each. */
type Part = string | ((tx: Tx) => string);

// Everything that may not stand in a header field; a tab may.
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;
const ALL_FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/g;

/** Control characters as %XX. */
export function encodeHttp(text: string): string {
  if (!FORBIDDEN.test(text)) return text;
  return text.replace(ALL_FORBIDDEN, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

const escaped = (text: string): string => (/["\\\]]/.test(text) ? text.replace(/["\\\]]/g, '\\$&') : text);

/** What the flags make of an item's text: E escapes, Q quotes. */
function decorated(flags: ReadonlySet<string>, quotes: boolean): ((text: string) => string) | null {
  const escapes = flags.has('E');
  const quoted = quotes && flags.has('Q');
  if (!escapes && !quoted) return null;
  return (text) => {
    const inner = escapes ? escaped(text) : text;
    return quoted ? `"${inner}"` : inner;
  };
}

/** A missing item is a dash in logs, where empty fields would be lost, and nothing elsewhere. */
function missing(flags: ReadonlySet<string>, quotes: boolean, encoding: Encoding): string {
  return quotes && flags.has('Q') ? '""' : encoding === 'log' ? '-' : '';
}

export const flagsOf = (item: { readonly flags: string }): ReadonlySet<string> => new Set(item.flags.split(','));

/** Text from a value that may be missing. */
function written(fetch: Fetch, toText: (value: Value) => string, decorate: ((text: string) => string) | null, none: string): (tx: Tx) => string {
  if (decorate === null) {
    return (tx) => {
      const value = fetch(tx);
      return value === undefined ? none : toText(value);
    };
  }
  return (tx) => {
    const value = fetch(tx);
    return value === undefined ? none : decorate(toText(value));
  };
}

function samplePart(item: LogFormatSample, encoding: Encoding, binary: boolean, env: CompileEnv): Part {
  const { fetch, constant } = compileSample(item.sample, env);
  const flags = flagsOf(item);
  // In header fields and replies haproxy does not quote samples, whatever the flags say.
  const quotes = encoding !== 'http';
  const whole = binary ? toText : toStr;
  const write = encoding === 'http' ? (value: Value) => encodeHttp(whole(value)) : whole;
  const make = written(fetch, write, decorated(flags, quotes), missing(flags, quotes, encoding));
  return constant === null ? make : make(undefined as unknown as Tx);
}

/** Four digits of each number of 16 bits, made when it is first wanted. */
const FOUR = new Array<string>(0x10000);
const four = (value: number): string => (FOUR[value] ??= value.toString(16).toUpperCase().padStart(4, '0'));

function hexNumber(value: number, digits: number): string {
  if (digits === 4 && value >= 0 && value < 0x10000) return four(value);
  // With a full first digit nothing is to be left out in front.
  if (digits === 4 && value >= 0x10000000 && value <= 0xffffffff) return four(value >>> 16) + four(value & 0xffff);
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** Addresses come again and again: the digits of the last one with the same lower bits are kept. */
const KEPT = 1024;
const keptAddress = new Int32Array(KEPT);
const keptDigits = new Array<string>(KEPT).fill('00000000');

function hexAddress(bytes: Uint8Array): string {
  const high = (bytes[0]! << 8) | bytes[1]!;
  const low = (bytes[2]! << 8) | bytes[3]!;
  if (bytes.length > 4) return Buffer.from(bytes).toString('hex').toUpperCase();
  const address = (high << 16) | low;
  const slot = (high ^ low) & (KEPT - 1);
  if (keptAddress[slot] === address) return keptDigits[slot]!;
  keptAddress[slot] = address;
  return (keptDigits[slot] = four(high) + four(low));
}

/** What the flag X makes of addresses and numbers; the last number is remembered: dates and ports of listeners seldom change. */
function hexWriter(digits: number): (value: Value) => string {
  let last = -1;
  let text = '';
  return (value) => {
    if (value === last) return text;
    if (typeof value !== 'number') return isIp(value) ? hexAddress(value.bytes) : toText(value);
    last = value;
    return (text = hexNumber(value, digits));
  };
}

/** How an alias's value is written before quotes and escapes. */
export function aliasText({ digits, width = 0 }: Alias, flags: ReadonlySet<string>): (value: Value) => string {
  if (digits > 0 && flags.has('X')) return hexWriter(digits);
  return width === 0 ? toText : (value) => String(value).padStart(width, '0');
}

export function aliasOf(name: string): Alias {
  const alias = aliases[name];
  if (alias === undefined) throw new Error(`log-format alias '%${name}' has no meaning here`);
  return alias;
}

function aliasPart(item: LogFormatAlias, encoding: Encoding, env: CompileEnv): Part {
  const alias = aliasOf(item.alias);
  const flags = flagsOf(item);
  // Addresses in hexadecimal stand without quotes.
  const decorate = decorated(flags, alias.quoted && !(alias.digits > 0 && flags.has('X')));
  const none = missing(flags, true, encoding);
  if (alias.list !== undefined) {
    const read = alias.list(env);
    // Each part is a field of its own: an empty one shows, whatever is written.
    const empty = flags.has('Q') ? '""' : '-';
    return (tx) => read(tx).map((text) => (text === '' ? empty : decorate === null ? text : decorate(text))).join(' ');
  }
  // Captures of a side without slots are nothing at all, quotes included.
  const own = decorate === null ? null : (text: string): string => (text === '' ? '' : decorate(text));
  const write = aliasText(alias, flags);
  const safe = encoding === 'http' ? (value: Value) => encodeHttp(write(value)) : write;
  return written(alias.compile(env), safe, alias.captures === true ? own : decorate, none);
}

function partOf(item: LogFormatItem, encoding: Encoding, binary: boolean, env: CompileEnv): Part {
  if (item.kind === 'text') return item.text;
  const flags = flagsOf(item);
  if (flags.has('json') || flags.has('cbor')) return encodedValue(item, flags.has('json') ? 'json' : 'cbor', binary, env);
  return item.kind === 'sample' ? samplePart(item, encoding, binary, env) : aliasPart(item, encoding, env);
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

/** In lines of logs blanks separate fields: behind an item that printed nothing there is none. */
function separated(parts: readonly Part[]): (tx: Tx) => string {
  const steps = parts.map((part) => (typeof part !== 'string'
    ? { read: part, text: '', bare: '', ends: false }
    : { read: null, text: part, bare: part.startsWith(' ') ? part.slice(1) : part, ends: part.endsWith(' ') }));
  return (tx) => {
    let line = '';
    let open = true;
    for (const { read, text, bare, ends } of steps) {
      const more = read !== null ? read(tx) : open ? bare : text;
      if (more === '') continue;
      line += more;
      open = ends;
    }
    return line;
  };
}

/** Compiles a log-format string. The result is latin1, one char a byte. */
export function compileLogFormat(format: LogFormat, encoding: Encoding, env: CompileEnv): (tx: Tx) => string {
  const binary = format.binary === true;
  if (format.encoding != null) return compileObject(format, format.encoding, env);
  const parts = merged(format.items.map((item) => partOf(item, encoding, binary, env)));
  if (encoding === 'log') return separated(parts);
  const makers = parts.map((part) => (typeof part === 'string' ? () => part : part));
  const [first, second, third] = makers;
  switch (parts.length) {
    case 0: return () => '';
    case 1: return first!;
    case 2: return (tx) => first!(tx) + second!(tx);
    case 3: return (tx) => first!(tx) + second!(tx) + third!(tx);
    default: return (tx) => {
      let text = '';
      for (const part of parts) text += typeof part === 'string' ? part : part(tx);
      return text;
    };
  }
}

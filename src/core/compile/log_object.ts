/** Log-format strings and items as JSON (RFC 8259) and CBOR (RFC 8949); only named items are members of an object. */
import type { LogEncoding, LogFormat, LogFormatAlias, LogFormatSample } from '../../config/model.js';
import type { CompileEnv, Fetch, Value } from '../row.js';
import type { Tx } from '../tx.js';
import { castFor, isBin, isIp, toStr, toText } from './cast.js';
import { aliasOf, aliasText, flagsOf } from './log_format.js';
import { compileSample } from './sample.js';
import { cborArray, cborBytes, cborInt, cborText, jsonText, CBOR_FALSE, CBOR_MAP, CBOR_END, CBOR_NULL, CBOR_TRUE } from './log_value.js';

/** What an item gives before it is encoded. */
type Plain = Value | readonly string[] | undefined;
type Item = LogFormatSample | LogFormatAlias;

const isList = (value: Plain): value is readonly string[] => Array.isArray(value);

function jsonValue(value: Plain): string {
  if (value === undefined) return 'null';
  if (isList(value)) return `[${value.map(jsonText).join(', ')}]`;
  switch (typeof value) {
    case 'number': case 'bigint': case 'boolean': return String(value);
    default: return jsonText(toText(value));
  }
}

function cborValue(value: Plain): string {
  if (value === undefined) return CBOR_NULL;
  if (isList(value)) return cborArray(value.map(cborText));
  switch (typeof value) {
    case 'number': case 'bigint': return cborInt(value);
    case 'boolean': return value ? CBOR_TRUE : CBOR_FALSE;
    default: return isBin(value) ? cborBytes(value.bin) : cborText(toText(value));
  }
}

const CASTS = { sint: 'int', bool: 'bool' } as const;

/** The item's value as its type hint has it: `str` of anything is text, what can't be cast is null. */
function hinted(fetch: (tx: Tx) => Plain, type: Item['type']): (tx: Tx) => Plain {
  if (type == null) return fetch;
  if (type === 'str') {
    return (tx) => {
      const value = fetch(tx);
      return value === undefined || isList(value) ? value : toStr(value);
    };
  }
  return (tx) => {
    const value = fetch(tx);
    if (value === undefined || isList(value)) return undefined;
    const cast = castFor(isIp(value) ? 'addr' : 'str', CASTS[type])!;
    return cast(isBin(value) ? toStr(value) : value);
  };
}

function reader(item: Item, binary: boolean, env: CompileEnv): (tx: Tx) => Plain {
  if (item.kind === 'sample') {
    const { fetch } = compileSample(item.sample, env);
    return hinted(binary ? fetch : (tx) => textOfBytes(fetch(tx)), item.type);
  }
  const alias = aliasOf(item.alias);
  if (alias.list !== undefined) return hinted(alias.list(env), item.type);
  const fetch = alias.compile(env);
  return hinted(flagsOf(item).has('X') && alias.digits > 0 ? hexadecimal(fetch, aliasText(alias, flagsOf(item))) : unsigned(fetch), item.type);
}

/** Without the flag bin, bytes are text up to the first NUL, as everywhere. */
const textOfBytes = (value: Value | undefined): Value | undefined => (value !== undefined && isBin(value) ? toStr(value) : value);

const hexadecimal = (fetch: Fetch, write: (value: Value) => string): Fetch => (tx) => {
  const value = fetch(tx);
  return value === undefined ? undefined : write(value);
};

/** The '+' of a number that grows on, or of a redispatch, is no part of an encoded number. */
const unsigned = (fetch: Fetch): Fetch => (tx) => {
  const value = fetch(tx);
  return typeof value === 'string' && /^\+[0-9]+$/.test(value) ? Number(value) : value;
};

/** CBOR is shown in hexadecimal unless the format is binary. */
const shown = (bytes: string, binary: boolean): string => (binary ? bytes : Buffer.from(bytes, 'latin1').toString('hex').toUpperCase());

/** One item alone, without its name. */
export function encodedValue(item: Item, encoding: LogEncoding, binary: boolean, env: CompileEnv): (tx: Tx) => string {
  const read = reader(item, binary, env);
  return encoding === 'json' ? (tx) => jsonValue(read(tx)) : (tx) => shown(cborValue(read(tx)), binary);
}

/** The whole string: an object of the named items; text and other items are left out. */
export function compileObject(format: LogFormat, encoding: LogEncoding, env: CompileEnv): (tx: Tx) => string {
  const binary = format.binary === true;
  const named = format.items.filter((item): item is Item => item.kind !== 'text' && item.name != null);
  const members = named.map((item, i) => {
    const key = encoding === 'cbor' ? cborText(item.name!) : `${i === 0 ? '' : ', '}${jsonText(item.name!)}: `;
    return { key, read: reader(item, binary, env) };
  });
  const encode = encoding === 'json' ? jsonValue : cborValue;
  const [open, close] = encoding === 'json' ? ['{', '}'] : [CBOR_MAP, CBOR_END];
  const make = (tx: Tx): string => {
    let text = open!;
    for (const { key, read } of members) text += key + encode(read(tx));
    return text + close!;
  };
  return encoding === 'json' ? make : (tx) => shown(make(tx), binary);
}

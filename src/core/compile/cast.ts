/**
 * Implicit conversions between sample types: one table, used wherever a sample meets a converter, a match or a text.
 * Semantics: HAProxy, where a failed conversion means "no sample".
 */
import { decimalInt, INT64_MAX, INT64_MIN, isInt, saturated } from '../int64.js';
import type { Int } from '../int64.js';
import { embeddedIpv4, formatIp, ipv4Bytes, ipv4Number, mapToIpv6, parseIp, parseIpv4, parseIpv6 } from '../ip.js';
import type { Bin, Ip, SampleType, Value } from '../row.js';

export type Cast = (value: Value) => Value | undefined;

/** An integer at the start of a text, as strtoll stops: no digits give 0; an empty text is no sample. */
export function leadingInt(text: string): Int | undefined {
  if (text === '') return undefined;
  const found = /^[+-]?[0-9]+/.exec(text);
  return found === null ? 0 : decimalInt(found[0]);
}

/** Keeps a result within the signed 64-bit range, as HAProxy's saturating arithmetic. */
export function clampInt(value: number): Int {
  if (Number.isSafeInteger(value)) return value;
  return value === Infinity ? INT64_MAX : value === -Infinity ? INT64_MIN : saturated(BigInt(value));
}

export function isIp(value: Value): value is Ip {
  return typeof value === 'object' && 'family' in value;
}

export function isBin(value: Value): value is Bin {
  return typeof value === 'object' && 'bin' in value;
}

/** The type of a value at run time. */
export function typeOf(value: Value): SampleType {
  switch (typeof value) {
    case 'string': return 'str';
    case 'number': case 'bigint': return 'int';
    case 'boolean': return 'bool';
    default: return 'family' in value ? (value.family === 4 ? 'ipv4' : 'ipv6') : 'bin';
  }
}

export function toText(value: Value): string {
  switch (typeof value) {
    case 'string': return value;
    case 'number': case 'bigint': return String(value);
    case 'boolean': return value ? '1' : '0';
    default: return 'family' in value ? formatIp(value) : value.bin;
  }
}

/** Text of a sample where a string is wanted: bytes end at the first NUL. */
export function toStr(value: Value): string {
  const text = toText(value);
  const end = typeof value === 'object' && 'bin' in value ? text.indexOf('\0') : -1;
  return end < 0 ? text : text.slice(0, end);
}

function toInt(value: Value): Int | undefined {
  switch (typeof value) {
    case 'number': case 'bigint': return value;
    case 'boolean': return value ? 1 : 0;
    case 'string': return leadingInt(value);
    default: return 'family' in value && value.family === 4 ? ipv4Number(value.bytes) : undefined;
  }
}

function toBool(value: Value): boolean | undefined {
  const number = toInt(value);
  return number === undefined ? undefined : number !== 0;
}

/** Bytes of a sample: integers as eight bytes in network order, addresses in network order. */
function toBin(value: Value): Bin | undefined {
  switch (typeof value) {
    case 'string': return { bin: value };
    case 'number': case 'bigint': return { bin: int64Bytes(value) };
    case 'boolean': return { bin: int64Bytes(value ? 1 : 0) };
    default: return 'family' in value ? { bin: String.fromCharCode(...value.bytes) } : value;
  }
}

export function int64Bytes(value: Int): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes.toString('latin1');
}

const lowerHalf = (value: Int): number => (typeof value === 'number' ? value >>> 0 : Number(BigInt.asUintN(32, value)));

function toIpv4(value: Value): Ip | undefined {
  if (isInt(value)) return { family: 4, bytes: ipv4Bytes(lowerHalf(value)) };
  const bytes = isIp(value) ? (value.family === 4 ? value.bytes : embeddedIpv4(value.bytes)) : parseIpv4(toText(value));
  return bytes === undefined ? undefined : { family: 4, bytes };
}

function toIpv6(value: Value): Ip | undefined {
  if (isIp(value)) return value.family === 6 ? value : { family: 6, bytes: mapToIpv6(value.bytes) };
  if (isInt(value)) return { family: 6, bytes: mapToIpv6(ipv4Bytes(lowerHalf(value))) };
  const bytes = parseIpv6(toText(value));
  return bytes === undefined ? undefined : { family: 6, bytes };
}

function toAddr(value: Value): Ip | undefined {
  if (isIp(value)) return value;
  return isInt(value) ? toIpv4(value) : parseIp(toText(value));
}

type Target = Exclude<SampleType, 'any'>;

const casts: { readonly [to in Target]: { readonly from: readonly SampleType[]; readonly cast: Cast } } = {
  bool: { from: ['int', 'str'], cast: toBool },
  int: { from: ['bool', 'ipv4', 'ipv6', 'addr', 'str'], cast: toInt },
  ipv4: { from: ['int', 'ipv6', 'addr', 'str'], cast: toIpv4 },
  ipv6: { from: ['int', 'ipv4', 'addr', 'str'], cast: toIpv6 },
  addr: { from: ['ipv4', 'ipv6', 'int', 'str'], cast: toAddr },
  str: { from: ['bool', 'int', 'ipv4', 'ipv6', 'addr', 'bin', 'meth'], cast: toStr },
  bin: { from: ['bool', 'int', 'ipv4', 'ipv6', 'addr', 'str', 'meth'], cast: toBin },
  meth: { from: ['str', 'bin'], cast: toText },
};

/** Whether HAProxy has a conversion between the two types at all: what the parser checks. */
export function canCast(from: SampleType, to: SampleType): boolean {
  return from === to || from === 'any' || to === 'any' || casts[to].from.includes(from);
}

/** The nearest number of an integer, for what reckons with numbers. */
export const toNumber: Cast = (value) => (typeof value === 'bigint' ? Number(value) : value);

/** The conversion, null if the value stays as it is, undefined if there is none. */
export function castFor(from: SampleType, to: SampleType): Cast | null | undefined {
  if (from === to || to === 'any' || (to === 'str' && from === 'meth')) return null;
  if (to === 'addr' && (from === 'ipv4' || from === 'ipv6')) return null;
  return canCast(from, to) ? casts[to].cast : undefined;
}

/** Values as JSON and CBOR; bytes are latin1 strings, one char a byte. */
import type { Int } from '../int64.js';

/** Bytes that are no UTF-8 become the characters of their codes. */
function utf8(bytes: string): string {
  const decoded = Buffer.from(bytes, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? Buffer.from(bytes, 'utf8').toString('latin1') : bytes;
}

// Quotes, backslashes, control characters.
const SPECIAL = /["\\\x00-\x1f\x7f]/;
const ALL_SPECIAL = /["\\\x00-\x1f\x7f]/g;
const SHORT: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (char: string): string => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A JSON string. */
export function jsonText(text: string): string {
  const safe = SPECIAL.test(text) ? text.replace(ALL_SPECIAL, escape) : text;
  return `"${/[\x80-\xff]/.test(safe) ? utf8(safe) : safe}"`;
}

export const CBOR_NULL = '\xf6';
export const CBOR_TRUE = '\xf5';
export const CBOR_FALSE = '\xf4';
/** A map whose length is not said, up to CBOR_END. */
export const CBOR_MAP = '\xbf';
export const CBOR_END = '\xff';

/** Major types (RFC 8949, section 3.1). */
const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;

const head = Buffer.alloc(9);

function cborHead(major: number, argument: bigint | number): string {
  const start = major << 5;
  if (argument < 24) return String.fromCharCode(start | Number(argument));
  const size = argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x100000000 ? 4 : 8;
  head[0] = start | (24 + Math.log2(size));
  if (size === 8) head.writeBigUInt64BE(BigInt(argument), 1);
  else head.writeUIntBE(Number(argument), 1, size);
  return head.toString('latin1', 0, 1 + size);
}

export function cborInt(value: Int): string {
  if (value >= 0) return cborHead(UNSIGNED, value);
  return cborHead(NEGATIVE, typeof value === 'bigint' ? -1n - value : -1 - value);
}

/** A text string, in UTF-8 whatever the bytes were. */
export function cborText(text: string): string {
  const bytes = /[\x80-\xff]/.test(text) ? utf8(text) : text;
  return cborHead(TEXT, bytes.length) + bytes;
}

export function cborBytes(bytes: string): string {
  return cborHead(BYTES, bytes.length) + bytes;
}

export function cborArray(items: readonly string[]): string {
  return cborHead(ARRAY, items.length) + items.join('');
}

/** The 32-bit hashes of HAProxy's converters and balancing (manual: hash-type). Inputs are latin1 strings, one char a byte. */

/** Close to three quarters of 2^32: spreads the result over the whole range. */
const SPREAD = 3221225473 | 0;

/** Full avalanche of a 32-bit integer (manual: hash-type avalanche; the mix is Bob Jenkins'). */
export function avalanche(value: number): number {
  let a = value | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, SPREAD) >>> 0;
}

export function sdbm(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (text.charCodeAt(i) + (hash << 6) + (hash << 16) - hash) | 0;
  return hash >>> 0;
}

export function djb2(text: string): number {
  let hash = 5381;
  for (let i = 0; i < text.length; i++) hash = ((hash << 5) + hash + text.charCodeAt(i)) | 0;
  return hash >>> 0;
}

const rotate = (value: number, by: number): number => (by === 0 ? value : (value << by) | (value >>> (32 - by)));

/** wt6: two words that are rotated by amounts taken from their own bits. */
export function wt6(text: string): number {
  let left = 0xa53c965a | 0;
  let right = 0x5ca6953a | 0;
  let leftTurn = 6;
  let rightTurn = 18;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    const mixed = ~(left ^ byte);
    left = rotate(~(byte + right), leftTurn);
    right = rotate(mixed, rightTurn);
    const bits = ((left >>> 16) ^ right) & 0xffff;
    leftTurn = bits & 0x1f;
    rightTurn = bits >>> 11;
  }
  return (left ^ right) >>> 0;
}

function crcTable(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_unused, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

function crc(table: Uint32Array, text: string): number {
  let sum = -1;
  for (let i = 0; i < text.length; i++) sum = table[(sum ^ text.charCodeAt(i)) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

const IEEE = crcTable(0xedb88320);
const CASTAGNOLI = crcTable(0x82f63b78);

/** CRC-32 of Ethernet, gzip and PNG. */
export const crc32 = (text: string): number => crc(IEEE, text);

/** CRC-32C of iSCSI and SSE 4.2. */
export const crc32c = (text: string): number => crc(CASTAGNOLI, text);

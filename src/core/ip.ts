import type { Ip } from './row.js';

const IPV4_PART = /^(0|[1-9][0-9]{0,2})$/;

/** Four bytes of a dotted IPv4 address, undefined if it is none. */
export function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const part = parts[i]!;
    if (!IPV4_PART.test(part) || Number(part) > 255) return undefined;
    bytes[i] = Number(part);
  }
  return bytes;
}

/** Sixteen bytes of an IPv6 address (RFC 4291, with an embedded IPv4 tail), undefined if it is none. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const bytes = new Uint8Array(16);
  all.forEach((group, i) => {
    bytes[2 * i] = group >> 8;
    bytes[2 * i + 1] = group & 255;
  });
  return bytes;
}

/** 16-bit groups of one side of a `::`; an IPv4 address may stand for the last two. */
function groups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const out: number[] = [];
  const parts = text.split(':');
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (mayEndInIpv4 && i === parts.length - 1 && part.includes('.')) {
      const v4 = parseIpv4(part);
      if (v4 === undefined) return undefined;
      out.push((v4[0]! << 8) | v4[1]!, (v4[2]! << 8) | v4[3]!);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(parseInt(part, 16));
    else return undefined;
  }
  return out;
}

/** An IPv4 or IPv6 address as text, undefined if it is none. */
export function parseIp(text: string): Ip | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return { family: 4, bytes: v4 };
  const v6 = text.includes(':') ? parseIpv6(text) : undefined;
  return v6 === undefined ? undefined : { family: 6, bytes: v6 };
}

/** Text of an address; IPv6 as RFC 5952 wants it (what inet_ntop gives). */
export function formatIp(ip: Ip): string {
  const b = ip.bytes;
  if (ip.family === 4) return formatIpv4(b);
  const words: number[] = [];
  for (let i = 0; i < 16; i += 2) words.push((b[i]! << 8) | b[i + 1]!);
  const zeros = longestZeros(words);
  if (zeros.start === 0 && (zeros.length === 6 || (zeros.length === 5 && words[5] === 0xffff))) {
    return `${zeros.length === 6 ? '::' : '::ffff:'}${b[12]}.${b[13]}.${b[14]}.${b[15]}`;
  }
  const hex = words.map((word) => word.toString(16));
  if (zeros.length < 2) return hex.join(':');
  return `${hex.slice(0, zeros.start).join(':')}::${hex.slice(zeros.start + zeros.length).join(':')}`;
}

/** Addresses come again and again: the text of the last one with the same lower bits is kept. */
const KEPT = 1024;
const keptAddress = new Int32Array(KEPT);
const keptText = new Array<string>(KEPT).fill('0.0.0.0');

function formatIpv4(b: Uint8Array): string {
  const address = (b[0]! << 24) | (b[1]! << 16) | (b[2]! << 8) | b[3]!;
  const slot = (address ^ (address >>> 12)) & (KEPT - 1);
  if (keptAddress[slot] === address) return keptText[slot]!;
  keptAddress[slot] = address;
  return (keptText[slot] = `${b[0]}.${b[1]}.${b[2]}.${b[3]}`);
}

function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 0 };
  for (let i = 0; i < words.length; i++) {
    let end = i;
    while (end < words.length && words[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
    if (end > i) i = end;
  }
  return best;
}

/** An IPv4 address as a number, 0..2^32-1. */
export function ipv4Number(bytes: Uint8Array): number {
  return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
}

/** The four bytes of a 32-bit number. */
export function ipv4Bytes(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** `::ffff:a.b.c.d` of an IPv4 address. */
export function mapToIpv6(bytes: Uint8Array): Uint8Array {
  const mapped = new Uint8Array(16);
  mapped[10] = mapped[11] = 255;
  mapped.set(bytes.subarray(0, 4), 12);
  return mapped;
}

/** The IPv4 address inside `::ffff:V4`, `::V4` or `2002:V4::`, undefined if there is none. */
export function embeddedIpv4(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] === 0x20 && bytes[1] === 0x02) return bytes.subarray(2, 6);
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return undefined;
  const mark = (bytes[10]! << 8) | bytes[11]!;
  return mark === 0xffff || mark === 0 ? bytes.subarray(12, 16) : undefined;
}

/** True if the first `prefix` bits are equal. */
export function sameNetwork(a: Uint8Array, b: ArrayLike<number>, prefix: number): boolean {
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false;
  const rest = prefix & 7;
  return rest === 0 || ((a[whole]! ^ b[whole]!) & (0xff00 >> rest) & 0xff) === 0;
}

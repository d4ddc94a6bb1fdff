/**
 * crypt(3) for the hashes that userlists hold: $1$ (MD5), $5$ (SHA-256) and $6$ (SHA-512; Drepper, "Unix crypt using SHA-256 and
 * SHA-512"), and DES. Passwords are latin1, one char a byte.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { cryptDes, isDesHash } from './crypt_des.js';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DEFAULT_ROUNDS = 5000;
const MIN_ROUNDS = 1000;
const MAX_ROUNDS = 999_999_999;

type Bytes = Uint8Array;

function digest(algorithm: string, ...parts: readonly Bytes[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The first `length` bytes of a block repeated. */
function repeated(block: Bytes, length: number): Bytes {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += block.length) out.set(block.subarray(0, length - at), at);
  return out;
}

/** Three bytes as four letters, the low bits first. */
function letters(high: number, middle: number, low: number, count: number): string {
  let value = (high << 16) | (middle << 8) | low;
  let out = '';
  for (let i = 0; i < count; i++) {
    out += ALPHABET[value & 63]!;
    value >>>= 6;
  }
  return out;
}

/** In which order the bytes of a digest are written: triples, the last one perhaps with bytes left out (-1). */
function encoded(bytes: Bytes, order: readonly (readonly [number, number, number])[]): string {
  const at = (index: number): number => (index < 0 ? 0 : bytes[index]!);
  return order.map(([high, middle, low]) => letters(at(high), at(middle), at(low), high >= 0 ? 4 : middle >= 0 ? 3 : 2)).join('');
}

/** Triples that turn around from one to the next, as both SHA variants have them. */
function turning(third: number, count: number, step: (triple: [number, number, number]) => [number, number, number]): [number, number, number][] {
  const out: [number, number, number][] = [];
  let triple: [number, number, number] = [0, third, 2 * third];
  for (let i = 0; i < count; i++) {
    out.push(triple);
    triple = step(triple);
  }
  return out;
}

const ORDER_256: readonly (readonly [number, number, number])[] = [...turning(10, 10, ([a, b, c]) => [c + 1, a + 1, b + 1]), [-1, 31, 30]];
const ORDER_512: readonly (readonly [number, number, number])[] = [...turning(21, 21, ([a, b, c]) => [b + 1, c + 1, a + 1]), [-1, -1, 63]];
const ORDER_MD5: readonly (readonly [number, number, number])[] = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [-1, -1, 11]];

/** What the digest of password, salt and password feeds into the second one, bit by bit of the password's length. */
function first(algorithm: string, password: Bytes, salt: Bytes): Buffer {
  const alternate = digest(algorithm, password, salt, password);
  const parts: Bytes[] = [password, salt, repeated(alternate, password.length)];
  for (let bits = password.length; bits > 0; bits >>>= 1) parts.push((bits & 1) !== 0 ? alternate : password);
  return digest(algorithm, ...parts);
}

function shaRounds(algorithm: string, password: Bytes, salt: Bytes, rounds: number): Buffer {
  let now = first(algorithm, password, salt);
  const p = repeated(digest(algorithm, ...new Array<Bytes>(password.length).fill(password)), password.length);
  const s = repeated(digest(algorithm, ...new Array<Bytes>(16 + now[0]!).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const odd = (round & 1) !== 0;
    const parts: Bytes[] = [odd ? p : now];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    parts.push(odd ? now : p);
    now = digest(algorithm, ...parts);
  }
  return now;
}

function sha(algorithm: 'sha256' | 'sha512', password: Bytes, settings: string): string | undefined {
  const found = /^(\$[56]\$)(?:rounds=([0-9]+)\$)?([^$]{0,16})/.exec(settings);
  if (found === null) return undefined;
  const rounds = found[2] === undefined ? DEFAULT_ROUNDS : Math.min(MAX_ROUNDS, Math.max(MIN_ROUNDS, Number(found[2])));
  const salt = Buffer.from(found[3]!, 'latin1');
  const bytes = shaRounds(algorithm, password, salt, rounds);
  const told = found[2] === undefined ? '' : `rounds=${rounds}$`;
  return `${found[1]}${told}${found[3]}$${encoded(bytes, algorithm === 'sha256' ? ORDER_256 : ORDER_512)}`;
}

function md5(password: Bytes, settings: string): string | undefined {
  const found = /^\$1\$([^$]{0,8})/.exec(settings);
  if (found === null) return undefined;
  const salt = Buffer.from(found[1]!, 'latin1');
  const magic = Buffer.from('$1$', 'latin1');
  const parts: Bytes[] = [password, magic, salt, repeated(digest('md5', password, salt, password), password.length)];
  for (let bits = password.length; bits > 0; bits >>>= 1) parts.push((bits & 1) !== 0 ? new Uint8Array(1) : password.subarray(0, 1));
  let now = digest('md5', ...parts);
  for (let round = 0; round < 1000; round++) {
    const odd = (round & 1) !== 0;
    const mixed: Bytes[] = [odd ? password : now];
    if (round % 3 !== 0) mixed.push(salt);
    if (round % 7 !== 0) mixed.push(password);
    mixed.push(odd ? now : password);
    now = digest('md5', ...mixed);
  }
  return `$1$${found[1]}$${encoded(now, ORDER_MD5)}`;
}

/** The hash of a password with the settings (method, rounds, salt) of another hash; undefined for a method that is not known. */
export function crypt(password: string, settings: string): string | undefined {
  const bytes = Buffer.from(password, 'latin1');
  if (settings.startsWith('$6$')) return sha('sha512', bytes, settings);
  if (settings.startsWith('$5$')) return sha('sha256', bytes, settings);
  return isDesHash(settings) ? cryptDes(password, settings) : md5(bytes, settings);
}

/** True if crypt() knows the method of a hash. */
export function isKnownHash(hash: string): boolean {
  return /^\$[156]\$/.test(hash) || isDesHash(hash);
}

/** Compares without telling by its time how much is equal. */
export function sameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a, 'latin1').digest();
  return timingSafeEqual(left, createHash('sha256').update(b, 'latin1').digest());
}

/**
 * Dates in persistence cookies: `value|last|first`, each five characters of base64 for a count of four seconds since 1970 (found out
 * from what HAProxy 2.6 sends).
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LENGTH = 5;
const STEP = 4;
/** Dates that are further ahead are not trusted, seconds (manual: cookie, maxidle). */
const FUTURE = 86_400;

const VALUES = new Int8Array(256).fill(-1);
[...ALPHABET].forEach((char, value) => (VALUES[char.charCodeAt(0)] = value));

/** Rounded up to the next step. */
export function encodeDate(seconds: number): string {
  let text = '';
  let value = Math.ceil(seconds / STEP);
  for (let i = 0; i < LENGTH; i++) {
    text = ALPHABET[value % 64]! + text;
    value = Math.floor(value / 64);
  }
  return text;
}

/** Seconds since 1970 of the date at that place of a text; 0 if there is none. */
export function decodeDate(text: string, at: number): number {
  let value = 0;
  for (let i = at; i < at + LENGTH; i++) {
    const digit = i < text.length ? VALUES[text.charCodeAt(i) & 255]! : -1;
    if (digit < 0) return 0;
    value = value * 64 + digit;
  }
  return value * STEP;
}

/** True if a date is older than `limit` seconds, or too far ahead. */
export function isOver(date: number, limit: number, now: number): boolean {
  return now - date > limit || date - now > FUTURE;
}

/** True if a cookie that was dated so would get a later date now. */
export function isStale(date: number, now: number): boolean {
  return date < Math.ceil(now / STEP) * STEP;
}

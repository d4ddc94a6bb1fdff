/**
 * Integers of samples have 64 bits and a sign, as HAProxy's. They are numbers as long as a number holds them exactly, and bigints
 * beyond that: one representation for each value, so that `===` compares.
 */
export type Int = number | bigint;

export const INT64_MAX = 2n ** 63n - 1n;
export const INT64_MIN = -(2n ** 63n);

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The integer of a bigint; what doesn't fit into 64 bits becomes the nearest that does. */
export function saturated(value: bigint): Int {
  if (value >= -SAFE && value <= SAFE) return Number(value);
  return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : value;
}

/** The lower 64 bits of a bigint as a signed integer. */
export function wrapped(value: bigint): Int {
  return saturated(BigInt.asIntN(64, value));
}

/** The decimal integer of a text of digits with or without a sign. */
export function decimalInt(text: string): Int {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number + 0 : saturated(BigInt(text.replace(/^\+/, '')));
}

export function isInt(value: unknown): value is Int {
  return typeof value === 'number' || typeof value === 'bigint';
}

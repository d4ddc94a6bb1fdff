/** Times and sizes with units (manual, 2.5 and 2.6), in HAProxy's words when they are wrong. */

export type TimeUnit = 'us' | 'ms' | 's' | 'm' | 'h' | 'd';

/** What is wrong with a value; the caller adds which argument of which keyword it was. */
export interface UnitProblem {
  readonly problem: string;
  readonly advice: string;
  /** Index of the character to blame. */
  readonly at: number;
}

/** Milliseconds per unit. */
const TIME_UNITS: Readonly<Record<TimeUnit, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** HAProxy keeps times in a signed 32-bit number of milliseconds. */
export const MAX_TIME = 2147483647;

const TIME_ADVICE = 'Write a whole number with one of the units us, ms, s, m, h, d.';
const SIZE_ADVICE = 'Write a whole number of bytes, or one with a unit k, m or g.';

/** A time in milliseconds, rounded up to a whole one; a number without unit is in `unit`. */
export function parseTime(text: string, unit: TimeUnit = 'ms'): number | UnitProblem {
  const digits = /^[0-9]*/.exec(text)?.[0] ?? '';
  const suffix = text.slice(digits.length);
  if (digits === '') return unexpected(text, 0, TIME_ADVICE);
  const known = Object.keys(TIME_UNITS).filter((name) => suffix.startsWith(name));
  const found = suffix === '' ? unit : (known.sort((a, b) => b.length - a.length)[0] as TimeUnit | undefined);
  if (found === undefined) return unexpected(text, digits.length, TIME_ADVICE);
  if (suffix.length > found.length && suffix !== '') return unexpected(text, digits.length + found.length, TIME_ADVICE);
  const time = Math.ceil(Number(digits) * TIME_UNITS[found]);
  if (time <= MAX_TIME) return time;
  return { problem: 'timer overflow', advice: `The maximum value is ${MAX_TIME} ms, about 24.8 days.`, at: 0 };
}

/** A size in bytes. Units are of any case. */
export function parseSize(text: string): number | UnitProblem {
  const digits = /^[0-9]*/.exec(text)?.[0] ?? '';
  if (digits === '') return unexpected(text, 0, SIZE_ADVICE);
  const suffix = text.slice(digits.length).toLowerCase();
  const factor = Object.hasOwn(SIZE_UNITS, suffix) ? SIZE_UNITS[suffix] : undefined;
  if (factor === undefined) return unexpected(text, digits.length + (suffix.length > 1 && (suffix[0] ?? '') in SIZE_UNITS ? 1 : 0), SIZE_ADVICE);
  const size = Number(digits) * factor;
  return Number.isSafeInteger(size) ? size : { problem: 'size overflow', advice: 'Write a smaller size.', at: 0 };
}

function unexpected(text: string, at: number, advice: string): UnitProblem {
  const char = text[at];
  return { problem: char === undefined ? 'missing number' : `unexpected character '${char}'`, advice, at };
}

import type { Match } from './method.js';

/** Sorted ranges that don't touch: `starts[i]..ends[i]`. */
interface Ranges {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

function merge(patterns: readonly string[]): Ranges {
  const parsed = patterns
    .map((pattern): [number, number] => {
      const [low = '', high = ''] = pattern.split(':');
      return [low === '' ? -Infinity : Number(low), high === '' ? Infinity : Number(high)];
    })
    .filter(([low, high]) => low <= high)
    .sort((a, b) => a[0] - b[0]);
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [low, high] of parsed) {
    const last = ends.length - 1;
    if (last >= 0 && low <= ends[last]! + 1) ends[last] = Math.max(ends[last]!, high);
    else {
      starts.push(low);
      ends.push(high);
    }
  }
  return { starts, ends };
}

/** True if a number lies in one of the ranges `min:max`: a binary search, whatever their number. */
export function inRanges(patterns: readonly string[]): (value: number) => boolean {
  const { starts, ends } = merge(patterns);
  if (starts.length === 0) return () => false;
  if (starts.length === 1) {
    const low = starts[0]!;
    const high = ends[0]!;
    return (value) => value >= low && value <= high;
  }
  return (value) => {
    let from = 0;
    let to = starts.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (starts[middle]! <= value) from = middle + 1;
      else to = middle;
    }
    return from > 0 && value <= ends[from - 1]!;
  };
}

export const int: Match = {
  on: 'int',
  compile(patterns) {
    const test = inRanges(patterns);
    return (value) => test(value as number);
  },
};

/** The length of the sample in bytes. */
export const len: Match = {
  on: 'str',
  compile(patterns) {
    const test = inRanges(patterns);
    return (value) => test((value as string).length);
  },
};

import type { Bin } from '../../row.js';
import { FEW, withCase, type Match } from './method.js';

/** The whole text: a hash look-up. */
export const str: Match = {
  on: 'str',
  compile: withCase((patterns) => {
    if (patterns.length === 1) {
      const only = patterns[0]!;
      return (text) => text === only;
    }
    const set = new Set(patterns);
    return (text) => set.has(text);
  }),
};

/** Bytes given in hexadecimal. */
export const bin: Match = {
  on: 'bin',
  compile(patterns) {
    const set = new Set(patterns.map((hex) => Buffer.from(hex, 'hex').toString('latin1')));
    return (value) => set.has((value as Bin).bin);
  },
};

/** Patterns by their length: one look-up for each length in use. */
function byLength(patterns: readonly string[]): { readonly length: number; readonly set: Set<string> }[] {
  const lengths = new Map<number, Set<string>>();
  for (const pattern of patterns) {
    const set = lengths.get(pattern.length) ?? new Set<string>();
    lengths.set(pattern.length, set.add(pattern));
  }
  return [...lengths].map(([length, set]) => ({ length, set })).sort((a, b) => a.length - b.length);
}

/** The start of the text. */
export const beg: Match = {
  on: 'str',
  compile: withCase((patterns) => {
    if (patterns.length <= FEW) {
      return (text) => {
        for (let i = 0; i < patterns.length; i++) if (text.startsWith(patterns[i]!)) return true;
        return false;
      };
    }
    const lengths = byLength(patterns);
    return (text) => {
      for (const { length, set } of lengths) {
        if (length > text.length) return false;
        if (set.has(text.slice(0, length))) return true;
      }
      return false;
    };
  }),
};

/** The end of the text. */
export const end: Match = {
  on: 'str',
  compile: withCase((patterns) => {
    if (patterns.length <= FEW) {
      return (text) => {
        for (let i = 0; i < patterns.length; i++) if (text.endsWith(patterns[i]!)) return true;
        return false;
      };
    }
    const lengths = byLength(patterns);
    return (text) => {
      for (const { length, set } of lengths) {
        if (length > text.length) return false;
        if (set.has(text.slice(text.length - length))) return true;
      }
      return false;
    };
  }),
};

/** Any part of the text. */
export const sub: Match = { on: 'str', compile: withCase((patterns) => (text) => patterns.some((pattern) => text.includes(pattern))) };

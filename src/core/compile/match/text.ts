import type { Bin } from '../../row.js';
import { Automaton } from './automaton.js';
import { FEW, withCase, type Match } from './method.js';
import { Trie } from './trie.js';

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
    const trie = new Trie(patterns);
    return (text) => trie.longest(text) >= 0;
  }),
};

/** Finds the place in the list of the first pattern that a text ends with, -1 if there is none: one way through a tree. */
export function firstEnd(patterns: readonly string[]): (text: string) => number {
  const trie = new Trie(patterns.map((pattern) => [...pattern].reverse().join('')));
  return (text) => {
    let found = trie.pattern[0]!;
    let node = 0;
    for (let i = text.length - 1; i >= 0; i--) {
      node = trie.step(node, text.charCodeAt(i));
      if (node < 0) break;
      const pattern = trie.pattern[node]!;
      if (pattern !== -1 && (found === -1 || pattern < found)) found = pattern;
    }
    return found;
  };
}

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
    const find = firstEnd(patterns);
    return (text) => find(text) >= 0;
  }),
};

/** Any part of the text. */
export const sub: Match = {
  on: 'str',
  compile: withCase((patterns) => {
    if (patterns.length <= FEW) return (text) => patterns.some((pattern) => text.includes(pattern));
    const automaton = new Automaton(patterns);
    return (text) => automaton.first(text) >= 0;
  }),
};

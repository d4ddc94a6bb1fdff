import type { Ip, SampleType, Value } from '../../row.js';
import { Automaton } from './automaton.js';
import { narrowest } from './network.js';
import { DIR_DELIMITERS, DOM_DELIMITERS, firstPart } from './part.js';
import { firstRange } from './range.js';
import { RegexList } from './regex_list.js';
import { firstEnd } from './text.js';
import { Trie } from './trie.js';

/** Finds the pattern that a value matches: its place in the list, -1 if none does. */
export type Find = (value: Value) => number;

/** A matching method of maps: which of many patterns. Patterns come in the normal form of src/config/pattern.ts. */
export interface Finder {
  readonly on: SampleType;
  compile(patterns: readonly string[]): Find;
}

const onText = (make: (patterns: readonly string[]) => (text: string) => number): Finder => ({
  on: 'str',
  compile: (patterns) => make(patterns) as Find,
});

function firstEqual(patterns: readonly string[]): (text: string) => number {
  const places = new Map<string, number>();
  patterns.forEach((pattern, number) => {
    if (!places.has(pattern)) places.set(pattern, number);
  });
  return (text) => places.get(text) ?? -1;
}

function longestStart(patterns: readonly string[]): (text: string) => number {
  const trie = new Trie(patterns);
  return (text) => trie.longest(text);
}

function firstInside(patterns: readonly string[]): (text: string) => number {
  const automaton = new Automaton(patterns);
  return (text) => automaton.first(text);
}

function firstRegex(patterns: readonly string[]): (text: string) => number {
  const list = new RegexList(patterns, false);
  return (text) => list.first(text);
}

/** By the name of the method. Strings, starts and addresses: the finest match wins; the others: the first in the list. */
export const finders: Readonly<Record<string, Finder>> = {
  str: onText(firstEqual),
  beg: onText(longestStart),
  end: onText(firstEnd),
  sub: onText(firstInside),
  dir: onText((patterns) => firstPart(patterns, DIR_DELIMITERS)),
  dom: onText((patterns) => firstPart(patterns, DOM_DELIMITERS)),
  reg: onText(firstRegex),
  int: { on: 'int', compile: (patterns) => firstRange(patterns) as Find },
  ip: {
    on: 'addr',
    compile(patterns) {
      const find = narrowest(patterns);
      return (value) => find(value as Ip);
    },
  },
};

/** Makers for the common shapes of keyword rows, so that a family's file is a table. */
import type { ProxyDraft } from '../draft.js';
import type { Walk } from '../walk.js';
import { fromLatin1 } from '../utf8.js';
import type { Argument, KeywordRow, ProxyRow, Side } from './row.js';

type Prefixes = NonNullable<KeywordRow<unknown>['prefixes']>;
export const NO: Prefixes = ['no'];
export const NO_DEFAULT: Prefixes = ['no', 'default'];

/** A keyword without arguments; `set` sees the prefix. */
export function flag<T>(name: string, doc: string, set: (target: T, prefix: Walk['prefix']) => void, prefixes?: Prefixes): KeywordRow<T> {
  return {
    name,
    args: [],
    doc,
    support: 'yes',
    ...(prefixes === undefined ? {} : { prefixes }),
    parse: (walk, target) => set(target, walk.prefix),
  };
}

/** A keyword with one whole number within bounds. */
export function integer<T>(
  name: string,
  arg: string,
  [min, max]: readonly [number, number],
  doc: string,
  set: (target: T, value: number) => void,
): KeywordRow<T> {
  return {
    name,
    args: [{ name: arg, type: 'int', min, max }],
    doc,
    support: 'yes',
    parse(walk, target) {
      const value = walk.int('an integer argument', min, max);
      if (value !== undefined) set(target, value);
    },
  };
}

/** A keyword with one time, in milliseconds unless a unit follows. */
export function time<T>(name: string, arg: string, doc: string, set: (target: T, ms: number, walk: Walk) => void): KeywordRow<T> {
  return {
    name,
    args: [{ name: arg, type: 'time' }],
    doc,
    support: 'yes',
    parse(walk, target) {
      const value = walk.time('a time (in milliseconds unless a unit follows)');
      if (value !== undefined) set(target, value, walk);
    },
  };
}

/** A keyword with one word; `what` completes "'pidfile' expects ...". */
export function text<T>(
  name: string,
  arg: string,
  what: string,
  doc: string,
  set: (target: T, value: string, walk: Walk) => void,
): KeywordRow<T> {
  return {
    name,
    args: [{ name: arg, type: 'text' }],
    doc,
    support: 'yes',
    parse(walk, target) {
      const word = walk.need(what);
      if (word !== undefined) set(target, fromLatin1(word.text), walk);
    },
  };
}

/** A keyword with one word out of a list. */
export function choice<T, V extends string>(
  name: string,
  values: readonly V[],
  doc: string,
  set: (target: T, value: V, walk: Walk) => void,
): KeywordRow<T> {
  return {
    name,
    args: [{ name: 'value', type: 'enum', values }],
    doc,
    support: 'yes',
    parse(walk, target) {
      const value = walk.oneOf(values);
      if (value !== undefined) set(target, value, walk);
    },
  };
}

const ANYTHING: readonly Argument[] = [{ name: 'arguments', type: 'rest', optional: true }];

/** Known to HAProxy, without effect here and harmless: accepted and listed at notice level. `why` follows "has no effect: ". */
export function inert<T>(name: string, why: string, prefixes: Prefixes = NO_DEFAULT): KeywordRow<T> {
  return {
    name,
    args: ANYTHING,
    doc: `Accepted without effect: ${why}.`,
    support: 'inert',
    prefixes,
    parse(walk) {
      walk.report({
        severity: 'notice',
        summary: `'${walk.keyword}' has no effect: ${why}`,
        advice: null,
        span: walk.keywordSpan,
        related: [],
      });
      walk.skip();
    },
  };
}

/** Known to HAProxy and able to change what happens to traffic: refused. */
export function unsupported<T>(name: string): KeywordRow<T> {
  return {
    name,
    args: ANYTHING,
    doc: 'Known to HAProxy, refused here: not supported yet.',
    support: 'unsupported',
    prefixes: NO_DEFAULT,
    parse: (walk) => refuse(walk, walk.keyword),
  };
}

/** HAProxy refuses it, too, and says what to write instead. */
export function removed<T>(name: string, message: string): KeywordRow<T> {
  return {
    name,
    args: ANYTHING,
    doc: `Refused: ${message}.`,
    support: 'removed',
    prefixes: NO_DEFAULT,
    parse(walk) {
      walk.error(walk.keywordSpan, message);
    },
  };
}

/** The error of everything that HAProxy knows and tsproxy does not do yet. */
export function refuse(walk: Walk, what: string, at = walk.keywordSpan): undefined {
  return walk.error(at, `'${what}' is not supported yet`, 'It would change what happens to traffic, so it is refused rather than ignored.');
}

/** Turns a row into a row of proxy sections. */
export function on(
  side: Side,
  row: KeywordRow<ProxyDraft>,
  defaults: ProxyRow['defaults'] = 'yes',
  more: Partial<ProxyRow> = {},
): ProxyRow {
  return { ...row, side, defaults, ...more };
}

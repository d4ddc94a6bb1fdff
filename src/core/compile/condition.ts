import type { AclTest, Condition } from '../../config/model.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import { matches } from './match/index.js';
import { compileEach, compileTyped } from './sample.js';
import { isPure } from './string_table.js';

export type Test = (tx: Tx) => boolean;
/** A condition, or what it always is. */
export type Folded = Test | boolean;

function compileTest(test: AclTest, env: CompileEnv): Folded {
  const match = matches[test.method];
  if (match === undefined) throw new Error(`unknown matching method '${test.method}'`);
  const { constant } = compileTyped(test.sample, match.on, env);
  if (constant !== null && test.files.length === 0) return constant.value !== undefined && match.compile(test.patterns, test.ignoreCase)(constant.value);
  return compileEach(test.sample, match.on, env.patterns.matcher(test, match).matches, env);
}

/** Compiles conditions; a test that several rules share is compiled once. */
export class ConditionCompiler {
  private readonly tests = new Map<AclTest, Folded>();
  /** The same for named ACLs of several lines. */
  private readonly alternatives = new Map<Condition, Folded>();

  constructor(private readonly env: CompileEnv) {}

  fold(condition: Condition): Folded {
    switch (condition.kind) {
      case 'test': return this.test(condition.test);
      case 'not': return negated(this.fold(condition.term));
      case 'all': return all(condition.terms.map((term) => this.fold(term)));
      case 'any': return this.any(condition);
    }
  }

  private any(condition: Condition & { readonly kind: 'all' | 'any' }): Folded {
    let compiled = this.alternatives.get(condition);
    if (compiled === undefined) {
      compiled = any(alike(condition.terms).map((term) => this.fold(term)));
      this.alternatives.set(condition, compiled);
    }
    return compiled;
  }

  test(test: AclTest): Folded {
    let compiled = this.tests.get(test);
    if (compiled === undefined) {
      compiled = compileTest(test, this.env);
      this.tests.set(test, compiled);
    }
    return compiled;
  }
}

/** Longer lists stay tests of their own, which all rules share. */
const FEW_PATTERNS = 16;

/**
 * Alternatives that look at one sample by one method are one test of all their patterns, wherever they stand: none of them leaves
 * anything behind that tells how often it was asked.
 */
function alike(terms: readonly Condition[]): readonly Condition[] {
  const flat = terms.flatMap((term) => (term.kind === 'any' ? term.terms : [term]));
  if (!flat.every(isPure)) return terms;
  const groups = new Map<string, AclTest[]>();
  const others: Condition[] = [];
  for (const term of flat) {
    if (term.kind !== 'test' || term.test.files.length > 0 || term.test.patterns.length > FEW_PATTERNS) others.push(term);
    else {
      const { sample, method, ignoreCase } = term.test;
      const key = `${method} ${ignoreCase} ${sample.text}`;
      groups.set(key, [...(groups.get(key) ?? []), term.test]);
    }
  }
  return [...[...groups.values()].map((tests): Condition => ({ kind: 'test', test: union(tests) })), ...others];
}

/** One test of the patterns of several. */
function union(tests: readonly AclTest[]): AclTest {
  const [first] = tests as [AclTest, ...AclTest[]];
  if (tests.length === 1) return first;
  const special: (readonly [string, number])[] = [];
  let at = 0;
  for (const test of tests) {
    for (const [text, place] of test.special) special.push([text, place + at]);
    at += test.patterns.length;
  }
  return { ...first, patterns: tests.flatMap(({ patterns }) => patterns), files: tests.flatMap(({ files }) => files), lists: [...new Set(tests.flatMap(({ lists }) => lists))], special };
}

function negated(term: Folded): Folded {
  return typeof term === 'boolean' ? !term : (tx) => !term(tx);
}

const isTest = (term: Folded): term is Test => typeof term !== 'boolean';

function all(terms: readonly Folded[]): Folded {
  if (terms.includes(false) || terms.length === 0) return terms.length === 0;
  const tests = terms.filter(isTest);
  if (tests.length === 0) return true;
  if (tests.length === 1) return tests[0]!;
  const [a, b, c] = tests as [Test, Test, Test?];
  if (tests.length === 2) return (tx) => a(tx) && b(tx);
  if (tests.length === 3) return (tx) => a(tx) && b(tx) && c!(tx);
  return (tx) => {
    for (const test of tests) if (!test(tx)) return false;
    return true;
  };
}

function any(terms: readonly Folded[]): Folded {
  if (terms.includes(true)) return true;
  const tests = terms.filter(isTest);
  if (tests.length === 0) return false;
  if (tests.length === 1) return tests[0]!;
  const [a, b] = tests as [Test, Test];
  if (tests.length === 2) return (tx) => a(tx) || b(tx);
  return (tx) => {
    for (const test of tests) if (test(tx)) return true;
    return false;
  };
}

/** What is known of a condition about bytes that may still come. */
export const FAILS = 0;
export const MISSES = 1;
export const PASSES = 2;
export type Judge = (tx: Tx) => typeof FAILS | typeof MISSES | typeof PASSES;

const always = (result: ReturnType<Judge>): Judge => () => result;

/** A test that fails for want of bytes may still pass, and so may its negation: the three values of Kleene's logic. */
export function judgeOf(condition: Condition, compiler: ConditionCompiler): Judge {
  switch (condition.kind) {
    case 'test': return judgeTest(compiler.test(condition.test));
    case 'not': {
      const term = judgeOf(condition.term, compiler);
      return (tx) => (PASSES - term(tx)) as ReturnType<Judge>;
    }
    case 'all': return walk(condition.terms.map((term) => judgeOf(term, compiler)), PASSES, FAILS);
    case 'any': return walk(condition.terms.map((term) => judgeOf(term, compiler)), FAILS, PASSES);
  }
}

function judgeTest(test: Folded): Judge {
  if (typeof test === 'boolean') return always(test ? PASSES : FAILS);
  return (tx) => {
    tx.mayChange = false;
    if (test(tx)) return PASSES;
    return tx.mayChange ? MISSES : FAILS;
  };
}

/** From `neutral` on towards `end`, where the rest is of no matter. */
function walk(terms: readonly Judge[], neutral: typeof FAILS | typeof PASSES, end: typeof FAILS | typeof PASSES): Judge {
  if (terms.length === 1) return terms[0]!;
  return (tx) => {
    let result: ReturnType<Judge> = neutral;
    for (const term of terms) {
      const next = term(tx);
      if (next === end) return end;
      if (next === MISSES) result = MISSES;
    }
    return result;
  };
}

export function asTest(folded: Folded): Test {
  return typeof folded === 'boolean' ? () => folded : folded;
}

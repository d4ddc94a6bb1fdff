import type { AclTest, Condition } from '../../config/model.js';
import { lowered } from '../latin1.js';
import type { CompileEnv } from '../row.js';
import { changesEntries } from '../stick/measure.js';
import type { Tx } from '../tx.js';
import { compileEach } from './sample.js';

/** From so many rules on the same sample on, one look-up stands for all of them. */
export const MANY = 4;

/**
 * Samples that give the same however often they are asked, as long as no rule acts, and that leave nothing behind: what a thousand rules
 * compare may be asked once for them all.
 */
const STEADY = new Set(`hdr req.hdr req.fhdr res.hdr res.fhdr shdr cook req.cook scook res.cook path pathq url base base32 query url_param urlp method meth
  req.ver res.ver status src src_port dst dst_port fc_src fc_dst fe_name fe_id be_name so_id so_name var str req.ssl_sni ssl_fc_sni ssl_fc_alpn
  capture.req.uri capture.req.method capture.req.hdr capture.res.hdr`.trim().split(/\s+/));

/** Converters whose evaluation leaves something behind. */
const LEAVES_TRACES: ReadonlySet<string> = new Set(['set-var', 'set-var-fmt', 'unset-var', 'debug']);

/** True if nothing tells how often the condition was evaluated. */
export function isPure(condition: Condition | null): boolean {
  if (condition === null) return true;
  if (condition.kind === 'not') return isPure(condition.term);
  if (condition.kind !== 'test') return condition.terms.every(isPure);
  const { fetch, converters } = condition.test.sample;
  return !changesEntries(fetch) && converters.every(({ name }) => !LEAVES_TRACES.has(name) && !changesEntries(name));
}

/** A condition that compares one sample with whole strings, and nothing else. */
export interface Comparison {
  readonly tests: readonly AclTest[];
  /** The same for all conditions that compare the same sample in the same way. */
  readonly key: string;
}

/** null: the condition is another one. */
export function comparisonOf(condition: Condition | null): Comparison | null {
  const tests = testsOf(condition);
  const [first] = tests ?? [];
  if (tests === null || first === undefined) return null;
  const key = keyOf(first);
  return STEADY.has(first.sample.fetch) && isPure(condition) && tests.every((test) => test.method === 'str' && keyOf(test) === key) ? { tests, key } : null;
}

const keyOf = ({ ignoreCase, sample }: AclTest): string => `${ignoreCase} ${sample.text}`;

/** The alternatives of a condition that is nothing but tests. */
function testsOf(condition: Condition | null): AclTest[] | null {
  if (condition === null || condition.kind === 'not') return null;
  if (condition.kind === 'test') return [condition.test];
  if (condition.kind === 'all' && condition.terms.length > 1) return null;
  const alternatives = condition.terms.map(testsOf);
  return alternatives.includes(null) ? null : (alternatives as AclTest[][]).flat();
}

/** A comparison with its place among the rules. */
export interface Placed {
  readonly comparison: Comparison;
  readonly at: number;
}

/**
 * One look-up for rules that compare the same sample: the place of the first one at `from` or behind it whose condition holds for
 * a value of the sample; `none` if there is none.
 */
export function firstHolding(rules: readonly Placed[], none: number, env: CompileEnv): (tx: Tx, from: number) => number {
  const { sample, ignoreCase } = rules[0]!.comparison.tests[0]!;
  let places = new Map<string, number[]>();
  let changed = false;
  let stale = true;
  const change = (): void => void (changed = stale = true);
  const listener = { added: change, removed: change, changed: change, replaced: change };
  for (const list of new Set(rules.flatMap(({ comparison }) => comparison.tests.flatMap((test) => test.lists)))) env.patterns.all[list]?.listen(listener);
  const patternsOf = (test: AclTest): readonly string[] =>
    (changed ? test.lists.flatMap((list) => [...(env.patterns.all[list]?.entries() ?? [])].map(({ key }) => key)) : test.patterns);
  const fill = (): void => {
    stale = false;
    places = new Map();
    for (const { comparison, at } of rules) {
      for (const pattern of comparison.tests.flatMap(patternsOf)) {
        const key = ignoreCase ? lowered(pattern) : pattern;
        const same = places.get(key);
        if (same === undefined) places.set(key, [at]);
        else if (same[same.length - 1] !== at) same.push(at);
      }
    }
  };
  let first = none;
  let start = 0;
  const walk = compileEach(sample, 'str', (value) => {
    const found = places.get(ignoreCase ? lowered(value as string) : (value as string));
    if (found !== undefined) first = Math.min(first, found.find((at) => at >= start) ?? none);
    return false;
  }, env);
  return (tx, from) => {
    if (stale) fill();
    first = none;
    start = from;
    walk(tx);
    return first;
  };
}

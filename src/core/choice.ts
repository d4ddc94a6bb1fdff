import type { AclTest, Condition, Model, Proxy, SampleExpression, UseBackend } from '../config/model.js';
import type { Environment } from './compile/environment.js';
import { compileEach } from './compile/sample.js';
import { lowered } from './latin1.js';
import { changesEntries } from './stick/measure.js';
import type { Tx } from './tx.js';

/** The backend of a session: a proxy index, -1 if there is none. */
export type Choice = (tx: Tx) => number;

/** Backends that are switched to only under a `force-be-switch` of the frontend (manual: be-unpublished, disabled). */
function isClosed(proxy: Proxy): boolean {
  return proxy.unpublished || proxy.disabled;
}

/** Whether a backend may be switched to; null: every one may. */
type Published = ((backend: number, tx: Tx) => boolean) | null;

function compilePublished(frontend: Proxy, env: Environment): Published {
  const { proxies } = env.model;
  if (!proxies.some((proxy) => proxy.isBackend && isClosed(proxy))) return null;
  const force = frontend.forceSwitch.map((condition) => env.condition(condition));
  return (backend, tx) => !isClosed(proxies[backend]!) || force.some((test) => test(tx));
}

/** Where a frontend may lead: by fixed names, or anywhere if a name is made at run time. */
export function reachableBackends(model: Model, frontend: Proxy): readonly number[] {
  if (frontend.useBackend.some((rule) => typeof rule.backend !== 'number')) {
    return model.proxies.filter((proxy) => proxy.isBackend).map((proxy) => proxy.index);
  }
  const fixed = frontend.useBackend.map((rule) => rule.backend as number);
  return [...new Set([...fixed, ...defaultOf(frontend)])];
}

function defaultOf(frontend: Proxy): number[] {
  if (frontend.defaultBackend !== null) return [frontend.defaultBackend];
  return frontend.isBackend ? [frontend.index] : [];
}

/** What a rule chooses. */
type Rule = (tx: Tx) => number;
/** None of a rule's backends. */
const NONE = -2;

/** From so many rules on the same sample on, one look-up stands for all of them, wherever they stand. */
const MANY = 4;

/** Rules that compare one sample with whole strings, and nothing else. */
interface Comparison {
  readonly sample: SampleExpression;
  readonly ignoreCase: boolean;
  readonly patterns: readonly string[];
  readonly backend: number;
}

/** The test of a condition that is nothing but one. */
function onlyTest(condition: Condition | null): AclTest | null {
  if (condition === null || condition.kind === 'not') return null;
  if (condition.kind === 'test') return condition.test;
  return condition.terms.length === 1 ? onlyTest(condition.terms[0]!) : null;
}

/** A rule whose backend may be passed over stands alone: the next rule on the same value counts then. */
function comparisonOf({ backend, condition }: UseBackend, proxies: readonly Proxy[]): Comparison | null {
  const test = onlyTest(condition);
  if (test === null || test.method !== 'str' || typeof backend !== 'number' || isClosed(proxies[backend]!)) return null;
  return { sample: test.sample, ignoreCase: test.ignoreCase, patterns: test.patterns, backend };
}

/** Converters whose evaluation leaves something behind: conditions with them are evaluated one by one, in their order. */
const LEAVES_TRACES: ReadonlySet<string> = new Set(['set-var', 'set-var-fmt', 'unset-var', 'debug']);

function isPure(condition: Condition | null): boolean {
  if (condition === null) return true;
  if (condition.kind === 'not') return isPure(condition.term);
  if (condition.kind !== 'test') return condition.terms.every(isPure);
  const { fetch, converters } = condition.test.sample;
  return !changesEntries(fetch) && converters.every(({ name }) => !LEAVES_TRACES.has(name) && !changesEntries(name));
}

/** A comparison with its place among the rules. */
type Placed = Comparison & { readonly at: number };

/** One look-up for all comparisons of one sample: among all its values the place of the rule that comes first; `none` without one. */
function lookUp(rules: readonly Placed[], none: number, env: Environment): (tx: Tx) => number {
  const { sample, ignoreCase } = rules[0]!;
  const places = new Map<string, number>();
  for (const { patterns, at } of rules) {
    for (const pattern of patterns) {
      const key = ignoreCase ? lowered(pattern) : pattern;
      if (!places.has(key)) places.set(key, at);
    }
  }
  let best = none;
  const walk = compileEach(sample, 'str', (value) => {
    const found = places.get(ignoreCase ? lowered(value as string) : (value as string));
    if (found !== undefined && found < best) best = found;
    return false;
  }, env);
  return (tx) => {
    best = none;
    walk(tx);
    return best;
  };
}

/** Look-ups for the comparisons, one for each sample that enough of them share; the other rules by their places. */
function grouped(rules: readonly UseBackend[], env: Environment): { readonly lookUps: readonly ((tx: Tx) => number)[]; readonly alone: readonly number[] } {
  const alone = new Set(rules.keys());
  if (!rules.every(({ condition }) => isPure(condition))) return { lookUps: [], alone: [...alone] };
  const bySample = new Map<string, Placed[]>();
  rules.forEach((rule, at) => {
    const comparison = comparisonOf(rule, env.model.proxies);
    if (comparison === null) return;
    const key = `${comparison.ignoreCase} ${comparison.sample.text}`;
    const group = bySample.get(key);
    if (group === undefined) bySample.set(key, [{ ...comparison, at }]);
    else group.push({ ...comparison, at });
  });
  const large = [...bySample.values()].filter((group) => group.length >= MANY);
  for (const group of large) for (const { at } of group) alone.delete(at);
  return { lookUps: large.map((group) => lookUp(group, rules.length, env)), alone: [...alone] };
}

/** Null: a rule that never applies. */
function single({ backend, condition }: UseBackend, fallback: number, env: Environment): Rule | null {
  const when = condition === null ? true : env.fold(condition);
  if (when === false) return null;
  // A name that names no backend ends the rules.
  const target = typeof backend === 'number' ? () => backend : named(env.logFormat(backend, 'raw'), env.backendNames(), fallback);
  return when === true ? target : (tx) => (when(tx) ? target(tx) : NONE);
}

function named(make: (tx: Tx) => string, names: ReadonlyMap<string, number>, fallback: number): Rule {
  return (tx) => names.get(make(tx)) ?? fallback;
}

/**
 * use_backend rules in their order, then default_backend, then the section itself if it is a `listen` (manual: use_backend).
 */
export function compileChoice(frontend: Proxy, env: Environment): Choice {
  const fallback = defaultOf(frontend)[0] ?? -1;
  const { useBackend } = frontend;
  const { lookUps, alone } = grouped(useBackend, env);
  const rules = alone.flatMap((at) => {
    const rule = single(useBackend[at]!, fallback, env);
    return rule === null ? [] : [{ at, rule }];
  });
  const published = compilePublished(frontend, env);
  const own = frontend.isBackend ? frontend.index : -1;
  const isOpen = (backend: number, tx: Tx): boolean => published === null || backend < 0 || backend === own || published(backend, tx);
  if (rules.length === 0 && lookUps.length === 0 && published === null) return () => fallback;
  return (tx) => {
    // The place of the first rule that a look-up finds; a rule that stands alone counts if it comes before it.
    let first = useBackend.length;
    for (let i = 0; i < lookUps.length; i++) first = Math.min(first, lookUps[i]!(tx));
    for (let i = 0; i < rules.length && rules[i]!.at < first; i++) {
      const backend = rules[i]!.rule(tx);
      if (backend !== NONE && isOpen(backend, tx)) return backend;
    }
    if (first < useBackend.length) return useBackend[first]!.backend as number;
    return isOpen(fallback, tx) ? fallback : own;
  };
}

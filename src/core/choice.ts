import type { AclTest, Condition, Model, Proxy, SampleExpression, UseBackend } from '../config/model.js';
import type { Environment } from './compile/environment.js';
import { compileEach } from './compile/sample.js';
import { lowered } from './latin1.js';
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

/** What a rule, or a run of rules, chooses. */
type Rule = (tx: Tx) => number;
/** None of a rule's backends. */
const NONE = -2;

/** From so many rules on the same sample on, one look-up stands for all of them. */
const RUN = 4;

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

/** The rules from `start` on that compare the same sample in the same way. */
function runFrom(rules: readonly UseBackend[], start: number, proxies: readonly Proxy[]): Comparison[] {
  const run: Comparison[] = [];
  for (let i = start; i < rules.length; i++) {
    const next = comparisonOf(rules[i]!, proxies);
    const first = run[0];
    if (next === null || (first !== undefined && (next.sample.text !== first.sample.text || next.ignoreCase !== first.ignoreCase))) break;
    run.push(next);
  }
  return run;
}

/** One look-up for a run of rules: among all values of the sample the rule that comes first decides. */
function lookUp(run: readonly Comparison[], env: Environment): Rule {
  const { sample, ignoreCase } = run[0]!;
  const order = new Map<string, number>();
  run.forEach(({ patterns }, i) => {
    for (const pattern of patterns) {
      const key = ignoreCase ? lowered(pattern) : pattern;
      if (!order.has(key)) order.set(key, i);
    }
  });
  const backends = run.map((comparison) => comparison.backend);
  let best = run.length;
  const walk = compileEach(sample, 'str', (value) => {
    const found = order.get(ignoreCase ? lowered(value as string) : (value as string));
    if (found !== undefined && found < best) best = found;
    return false;
  }, env);
  return (tx) => {
    best = run.length;
    walk(tx);
    return best < run.length ? backends[best]! : NONE;
  };
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
  const rules: Rule[] = [];
  for (let i = 0; i < frontend.useBackend.length;) {
    const run = runFrom(frontend.useBackend, i, env.model.proxies);
    if (run.length >= RUN) {
      rules.push(lookUp(run, env));
      i += run.length;
      continue;
    }
    const rule = single(frontend.useBackend[i++]!, fallback, env);
    if (rule !== null) rules.push(rule);
  }
  const published = compilePublished(frontend, env);
  const own = frontend.isBackend ? frontend.index : -1;
  const isOpen = (backend: number, tx: Tx): boolean => published === null || backend < 0 || backend === own || published(backend, tx);
  if (rules.length === 0 && published === null) return () => fallback;
  return (tx) => {
    for (let i = 0; i < rules.length; i++) {
      const backend = rules[i]!(tx);
      if (backend !== NONE && isOpen(backend, tx)) return backend;
    }
    return isOpen(fallback, tx) ? fallback : own;
  };
}

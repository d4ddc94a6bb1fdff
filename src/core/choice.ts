import type { LogFormat, Model, Proxy, UseBackend } from '../config/model.js';
import type { Environment } from './compile/environment.js';
import { comparisonOf, firstHolding, isPure, MANY, type Comparison, type Placed } from './compile/string_table.js';
import { PS_CLOSED } from './abi.js';
import { proxyCell } from './cells.js';
import type { Tx } from './tx.js';

/** The backend of a session: a proxy index, -1 if there is none. */
export type Choice = (tx: Tx) => number;

/** Whether rules may choose a backend: published and enabled, or under a `force-be-switch` of the frontend (manual: be-unpublished). */
type Published = (backend: number, tx: Tx) => boolean;

function compilePublished(frontend: Proxy, env: Environment): Published {
  const { state } = env;
  const force = frontend.forceSwitch.map((each) => env.condition(each));
  return (backend, tx) => state[proxyCell(backend, PS_CLOSED)] === 0 || force.some((test) => test(tx));
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

const comparisonIn = ({ backend, condition }: UseBackend): Comparison | null => (typeof backend === 'number' ? comparisonOf(condition) : null);

type LookUp = (tx: Tx, from: number) => number;

/** Look-ups for the comparisons, one for each sample that enough of them share, wherever they stand; the other rules by their places. */
function grouped(rules: readonly UseBackend[], env: Environment): { readonly lookUps: readonly LookUp[]; readonly alone: readonly number[] } {
  const alone = new Set(rules.keys());
  if (!rules.every(({ condition }) => isPure(condition))) return { lookUps: [], alone: [...alone] };
  const bySample = new Map<string, Placed[]>();
  rules.forEach((rule, at) => {
    const comparison = comparisonIn(rule);
    if (comparison === null) return;
    const group = bySample.get(comparison.key);
    if (group === undefined) bySample.set(comparison.key, [{ comparison, at }]);
    else group.push({ comparison, at });
  });
  const large = [...bySample.values()].filter((group) => group.length >= MANY);
  for (const group of large) for (const { at } of group) alone.delete(at);
  return { lookUps: large.map((group) => firstHolding(group, rules.length, env)), alone: [...alone] };
}

/** Null: a rule that never applies. */
function single({ backend, condition }: UseBackend, fallback: number, env: Environment): Rule | null {
  const when = condition === null ? true : env.fold(condition);
  if (when === false) return null;
  // A name that names no backend ends the rules.
  const target = typeof backend === 'number' ? () => backend : named(env, backend, fallback);
  return when === true ? target : (tx) => (when(tx) ? target(tx) : NONE);
}

function named(env: Environment, name: LogFormat, fallback: number): Rule {
  const make = env.logFormat(name, 'raw');
  const { proxies } = env.model;
  const names = env.backendNames();
  return (tx) => {
    const found = names.get(make(tx));
    // One that was deleted has no name any more.
    return found !== undefined && proxies[found]!.isBackend ? found : fallback;
  };
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
  const isOpen = (backend: number, tx: Tx): boolean => backend < 0 || backend === own || published(backend, tx);
  const end = (tx: Tx): number => (isOpen(fallback, tx) ? fallback : own);
  if (rules.length === 0 && lookUps.length === 0) return end;
  return (tx) => {
    let next = 0;
    for (let from = 0; from < useBackend.length; ) {
      // The place of the next rule that a look-up finds; a rule that stands alone counts if it comes before it.
      let first = useBackend.length;
      for (let i = 0; i < lookUps.length; i++) first = Math.min(first, lookUps[i]!(tx, from));
      for (; next < rules.length && rules[next]!.at < first; next++) {
        const backend = rules[next]!.rule(tx);
        if (backend !== NONE && isOpen(backend, tx)) return backend;
      }
      if (first === useBackend.length) break;
      const backend = useBackend[first]!.backend as number;
      if (isOpen(backend, tx)) return backend;
      from = first + 1;
    }
    return end(tx);
  };
}

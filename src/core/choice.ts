import type { Model, Proxy } from '../config/model.js';
import type { Environment } from './compile/environment.js';
import type { Tx } from './tx.js';

/** The backend of a session: a proxy index, -1 if there is none. */
export type Choice = (tx: Tx) => number;

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

type Rule = { readonly when: ((tx: Tx) => boolean) | null; readonly backend: number | ((tx: Tx) => number) };

/**
 * use_backend rules in their order, then default_backend, then the section itself if it is a `listen`. A name that is made at run
 * time and names no backend ends the rules: the default applies (manual: use_backend).
 */
export function compileChoice(frontend: Proxy, env: Environment): Choice {
  const fallback = defaultOf(frontend)[0] ?? -1;
  const names = new Map(env.model.proxies.filter((proxy) => proxy.isBackend).map((proxy) => [proxy.name, proxy.index]));
  const rules: Rule[] = [];
  for (const { backend, condition } of frontend.useBackend) {
    const when = condition === null ? true : env.fold(condition);
    if (when === false) continue;
    rules.push({ when: when === true ? null : when, backend: typeof backend === 'number' ? backend : named(env.logFormat(backend, 'raw'), names, fallback) });
  }
  if (rules.length === 0) return () => fallback;
  return (tx) => {
    for (let i = 0; i < rules.length; i++) {
      const { when, backend } = rules[i]!;
      if (when === null || when(tx)) return typeof backend === 'number' ? backend : backend(tx);
    }
    return fallback;
  };
}

function named(make: (tx: Tx) => string, names: ReadonlyMap<string, number>, fallback: number): (tx: Tx) => number {
  return (tx) => names.get(make(tx)) ?? fallback;
}

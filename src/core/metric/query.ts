import type { Scope } from './row.js';

/** What a scrape asks for, by the arguments of HAProxy's exporter. */
export interface MetricQuery {
  readonly scopes: ReadonlySet<Scope>;
  /** `no-maint`: servers in maintenance are left out. */
  readonly noMaint: boolean;
  /** `desc-labels`: descriptions of proxies are labels of what is theirs. */
  readonly descriptions: boolean;
  /** `metrics=`: whether the family of that name is wanted. */
  wants(name: string): boolean;
}

const ALL: readonly Scope[] = ['process', 'worker', 'frontend', 'listener', 'backend', 'server', 'resolver', 'sticktable'];

/** `process` is ours, `global` HAProxy's name for the same. */
const SCOPES: Readonly<Record<string, readonly Scope[]>> = {
  '*': ALL, global: ['process', 'worker'], process: ['process', 'worker'],
  frontend: ['frontend'], backend: ['backend'], server: ['server'], resolver: ['resolver'], sticktable: ['sticktable'], listener: ['listener'],
};

/**
 * Reads `scope=` (several add up in their order, an empty one drops those before), `metrics=` (names to include, or with a minus to
 * leave out, comma-separated) and `no-maint`. null for a scope that doesn't exist.
 */
export function parseQuery(query: string): MetricQuery | null {
  const parameters = new URLSearchParams(query);
  let scopes = new Set<Scope>(parameters.has('scope') ? [] : ALL);
  const included = new Set<string>();
  const excluded = new Set<string>();
  for (const [key, value] of parameters) {
    if (key === 'scope') {
      if (value === '') scopes = new Set();
      else if (!Object.hasOwn(SCOPES, value)) return null;
      else for (const scope of SCOPES[value]!) scopes.add(scope);
    } else if (key === 'metrics') {
      for (const name of value.split(',')) {
        if (name.startsWith('-')) excluded.add(name.slice(1));
        else if (name !== '') included.add(name);
      }
    }
  }
  return {
    scopes,
    noMaint: parameters.has('no-maint'),
    descriptions: parameters.has('desc-labels'),
    wants: (name) => !excluded.has(name) && (included.size === 0 || included.has(name)),
  };
}

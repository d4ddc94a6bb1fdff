/** The statistics page of a proxy (manual: stats enable and its companions). */
import type { Span } from './diagnostic.js';
import type { Condition, Rule, User } from './model.js';

export interface StatisticsPage {
  /** What path and query of its requests begin with. */
  readonly uri: string;
  readonly realm: string;
  /** `stats auth`; empty = nobody is asked for a password. */
  readonly users: readonly User[];
  /** Seconds after which browsers ask again; 0 = they don't. */
  readonly refresh: number;
  /** Names of the proxies that are shown; empty = all. */
  readonly scope: readonly string[];
  /** `stats admin`: any of them allows changes. */
  readonly admin: readonly Condition[];
  /** `stats http-request` in their order: actions allow, deny and auth. */
  readonly rules: readonly Rule[];
  readonly showVersion: boolean;
  readonly showLegends: boolean;
  readonly showModules: boolean;
  /** Name of the node ('' = of the machine) and description; null = not shown. */
  readonly node: string | null;
  readonly description: string | null;
  /** The first line about it. */
  readonly span: Span;
}

/** The same while it is read: node and description may be left to the global section (''). */
export type StatisticsPageDraft = { -readonly [K in keyof StatisticsPage]: StatisticsPage[K] };

export const DEFAULT_URI = '/haproxy?stats';
export const DEFAULT_REALM = 'HAProxy Statistics';

export function newStatisticsPage(span: Span): StatisticsPageDraft {
  return {
    uri: DEFAULT_URI, realm: DEFAULT_REALM, users: [], refresh: 0, scope: [], admin: [], rules: [],
    showVersion: false, showLegends: false, showModules: false, node: null, description: null, span,
  };
}

/** The page as the Model has it. `name`: of the proxy, which a scope of `.` stands for. */
export function statisticsPageOf(draft: StatisticsPageDraft | null, name: string, global: { readonly node: string | null; readonly description: string | null }): StatisticsPage | null {
  if (draft === null) return null;
  return {
    ...draft,
    scope: draft.scope.map((one) => (one === '.' ? name : one)),
    node: draft.node === '' ? (global.node ?? '') : draft.node,
    description: draft.description === '' ? global.description : draft.description,
  };
}

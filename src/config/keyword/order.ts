import type { ProxyDraft } from '../draft.js';
import type { RuleFamily } from '../model.js';
import type { Walk } from '../walk.js';

/** The order in which a proxy's rules are evaluated, whatever their order in the file. */
const ORDER = ['tcp-request connection', 'tcp-request session', 'tcp-request content', 'http-request', 'redirect', 'use_backend'] as const;
type Ranked = (typeof ORDER)[number];

/** Warns of a rule below one that is evaluated after it, as HAProxy does. */
export function rank(walk: Walk, proxy: ProxyDraft, kind: RuleFamily | 'redirect' | 'use_backend'): void {
  const mine = ORDER.indexOf(kind as Ranked);
  if (mine === -1) return;
  if (mine >= proxy.lastRank) {
    proxy.lastRank = mine;
    return;
  }
  const later = ORDER[proxy.lastRank] ?? '';
  walk.warn(
    walk.keywordSpan,
    `a '${kind}' rule placed after a '${later}' rule will still be processed before`,
    'Move it up, so that the file shows the order.',
  );
}

import { actions } from '../../core/action/index.js';
import type { ActionRow } from '../../core/row.js';
import type { RuleFamily } from '../model.js';

/** Letters of the rule families in KNOWN. */
const LETTERS: Readonly<Record<RuleFamily, string>> = {
  'tcp-request connection': 'c',
  'tcp-request session': 's',
  'tcp-request content': 't',
  'tcp-response content': 'r',
  'http-request': 'q',
  'http-response': 'p',
  'http-after-response': 'a',
};

/** HAProxy's actions (2.6 and 3.x) with the families that have them (manual, section 4.3). */
const KNOWN = `
  accept:cstr add-acl:qp add-header:qpa add-headers-bin:qpa allow:qpa attach-srv:s auth:q cache-store:p cache-use:q
  capture:tqpa close:r del-acl:qp del-header:qpa del-headers-bin:qpa del-map:qpa deny:qp disable-l7-retry:q do-log:cstrqpa
  do-resolve:tq early-hint:q expect-netscaler-cip:c expect-proxy:c normalize-uri:q ot-group:trqpa pause:qp redirect:qp
  reject:cstrq replace-header:qpa replace-path:q replace-pathq:q replace-uri:q replace-value:qpa return:qp sc-add-gpc:cstrqpa
  sc-inc-gpc:cstrqpa sc-inc-gpc0:cstrqpa sc-inc-gpc1:cstrqpa sc-set-gpt:cstrqpa sc-set-gpt0:cstrqpa send-spoe-group:trqp
  set-bandwidth-limit:trqp set-bc-mark:tq set-bc-tos:tq set-dst:cstq set-dst-port:cstq set-fc-mark:cstrqp set-fc-tos:cstrqp
  set-header:qpa set-headers-bin:qpa set-log-level:trqpa set-map:qpa set-mark:cstrqp set-method:q set-nice:trqp set-path:q
  set-pathq:q set-priority-class:tq set-priority-offset:tq set-query:q set-retries:tq set-src:cstq set-src-port:cstq
  set-status:pa set-timeout:qp set-tos:cstrqp set-uri:q set-var:cstrqpa set-var-fmt:cstrqpa silent-drop:cstrqp strict-mode:qpa
  switch-mode:t tarpit:q track-sc:cstqp unset-var:cstrqpa use-service:tq
  wait-for-body:qp wait-for-handshake:q
`
  .trim()
  .split(/\s+/)
  .map((entry): readonly [string, string] => [entry.slice(0, entry.indexOf(':')), entry.slice(entry.indexOf(':') + 1)]);

const known = new Map(KNOWN);
const rows = new Map<string, ActionRow>();
for (const row of actions) for (const family of row.families) rows.set(`${family} ${row.name}`, row);

/** The name of an action without what its word adds: `set-var(txn.x)` is set-var, `track-sc3` is track-sc. */
function baseName(word: string): string {
  const open = word.indexOf('(');
  if (open !== -1) return word.slice(0, open);
  return word.startsWith('track-sc') ? 'track-sc' : word;
}

/** The row of an action word in a family. */
export function findAction(family: RuleFamily, word: string): ActionRow | undefined {
  return rows.get(`${family} ${word}`) ?? rows.get(`${family} ${baseName(word)}`);
}

/** True for actions that HAProxy has in this family, Lua's own names included. */
export function isKnownAction(family: RuleFamily, word: string): boolean {
  return word.startsWith('lua.') || known.get(baseName(word))?.includes(LETTERS[family]) === true;
}

/** Names of the actions that work in a family. */
export function actionNames(family: RuleFamily): string[] {
  return actions.filter((row) => row.families.includes(family)).map((row) => row.name);
}

/** Names that HAProxy has in a family and that are missing here. */
export function missingActions(family: RuleFamily): string[] {
  return KNOWN.filter(([name, letters]) => letters.includes(LETTERS[family]) && findAction(family, name) === undefined).map(
    ([name]) => name,
  );
}

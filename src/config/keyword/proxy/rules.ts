import { parseRedirect } from '../../../core/action/redirect.js';
import type { RuleFamily } from '../../model.js';
import { parseAcl } from '../../acl.js';
import type { ProxyDraft } from '../../draft.js';
import { didYouMean } from '../../suggest.js';
import type { Walk } from '../../walk.js';
import { actionNames, findAction, isKnownAction } from '../actions.js';
import { aclScope, parseCondition } from '../condition.js';
import { on, refuse } from '../make.js';
import { rank } from '../order.js';
import type { ProxyRow, Side } from '../row.js';

interface FamilyRow {
  readonly family: RuleFamily;
  readonly side: Side;
  readonly doc: string;
}

const FAMILIES: readonly FamilyRow[] = [
  { family: 'tcp-request connection', side: 'frontend', doc: 'A rule for each accepted connection, before anything is read.' },
  { family: 'tcp-request session', side: 'frontend', doc: 'A rule for each session, after the handshakes.' },
  { family: 'tcp-request content', side: 'both', doc: 'A rule for the first bytes of a request.' },
  { family: 'tcp-response content', side: 'backend', doc: 'A rule for the first bytes of a response.' },
  { family: 'http-request', side: 'both', doc: 'A rule for each HTTP request.' },
  { family: 'http-response', side: 'both', doc: 'A rule for each HTTP response of a server.' },
  { family: 'http-after-response', side: 'both', doc: "A rule for each HTTP response, the proxy's own included." },
];

/** `<family> <action> [ { if | unless } <condition> ]`. */
function ruleRow({ family, side, doc }: FamilyRow): ProxyRow {
  const row: ProxyRow = {
    name: family,
    side,
    defaults: 'named',
    conditional: true,
    support: 'yes',
    doc,
    usage: '<action> [ { if | unless } <condition> ]',
    args: [{ name: 'action', type: 'rest' }],
    parse: (walk, target) => parseRule(walk, target, family),
  };
  // As HAProxy: tcp rules are refused where there is no such side.
  return family.startsWith('tcp-') ? { ...row, strict: true } : row;
}

function parseRule(walk: Walk, target: ProxyDraft, family: RuleFamily): void {
  const word = walk.next();
  if (word === undefined) {
    walk.error(walk.keywordSpan, `'${family}' expects an action`, `Actions are ${actionNames(family).join(', ')}.`);
    return;
  }
  const row = findAction(family, word.text);
  if (row === undefined) {
    if (isKnownAction(family, word.text)) refuse(walk, `${family} ${word.text}`, word.span);
    else
      walk.error(
        word,
        `'${family}' expects an action, but got '${word.text}'`,
        didYouMean(word.text, actionNames(family)) ?? `Actions are ${actionNames(family).join(', ')}.`,
      );
    return;
  }
  if (row.experimental === true && !walk.site.global.experimental) {
    walk.error(
      word,
      `'${row.name}' action is experimental, must be allowed via a global 'expose-experimental-directives'`,
      "Add 'expose-experimental-directives' to the global section above.",
    );
    return;
  }
  const rule = walk.as(family);
  rule.stopAtCondition();
  const data = row.parse(rule);
  const extra = rule.peek();
  if (extra !== undefined && !rule.failed) {
    rule.error(
      extra,
      `'${rule.keyword}' expects 'if', 'unless' or the end of the line, but got '${extra.text}'`,
      'Quote words that belong together; a condition starts with if or unless.',
    );
  }
  const condition = parseCondition(rule, family);
  walk.skip();
  if (data === undefined || condition === undefined || rule.failed) return;
  rank(walk, target, family);
  const rules = target.settings.rules[family];
  const last = rules[rules.length - 1];
  if (last !== undefined && last.condition === null && findAction(family, last.action)?.final === true && target.ownFamilies.has(family)) {
    walk.warn(
      walk.keywordSpan,
      `previous '${family}' action is final and has no condition attached, further entries are NOOP`,
      'Remove this rule, or give the one above a condition.',
    );
  }
  target.ownFamilies.add(family);
  rules.push({ action: row.name, data, condition, span: rule.keywordSpan });
}

const inspectDelay = (family: 'tcp-request' | 'tcp-response', field: 'request' | 'response'): ProxyRow =>
  on(
    field === 'request' ? 'both' : 'backend',
    {
      name: `${family} inspect-delay`,
      args: [{ name: 'time', type: 'time' }],
      support: 'yes',
      doc: `How long '${family} content' rules may wait for data.`,
      parse(walk, { settings }) {
        const value = walk.time('a time (in milliseconds unless a unit follows)');
        if (value !== undefined) settings.inspectDelay[field] = value;
      },
    },
    'named',
    { strict: true },
  );

/** HAProxy evaluates them behind the http-request rules, wherever they stand. */
const redirect: ProxyRow = on(
  'both',
  {
    name: 'redirect',
    args: [{ name: 'target', type: 'rest' }],
    usage: '{ location | prefix | scheme } <target> [ <option>... ] [ { if | unless } <condition> ]',
    support: 'yes',
    doc: "A redirection, after the http-request rules; see the action 'redirect'.",
    parse(walk, target) {
      const rule = walk.as('http-request');
      rule.stopAtCondition();
      const data = parseRedirect(rule);
      const condition = parseCondition(rule, 'http-request');
      walk.skip();
      if (data === undefined || condition === undefined || rule.failed) return;
      rank(walk, target, 'redirect');
      target.redirects.push({ action: 'redirect', data, condition, span: rule.keywordSpan });
    },
  },
  'no',
);

const acl: ProxyRow = on(
  'both',
  {
    name: 'acl',
    args: [
      { name: 'name', type: 'text' },
      { name: 'criterion', type: 'text' },
      { name: 'pattern', type: 'rest', optional: true },
    ],
    usage: '<name> <criterion> [ <flag>... ] [ <pattern>... ]',
    support: 'yes',
    doc: 'A named test for conditions; lines of one name are alternatives.',
    parse: (walk) => parseAcl(walk.rest(), walk.keywordSpan, aclScope(walk)),
  },
  'named',
);

export const ruleRows: readonly ProxyRow[] = [
  ...FAMILIES.map(ruleRow),
  redirect,
  inspectDelay('tcp-request', 'request'),
  inspectDelay('tcp-response', 'response'),
  acl,
];

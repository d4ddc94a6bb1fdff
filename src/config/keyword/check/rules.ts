/** `http-check` and `tcp-check` lines, of proxies and of healthcheck sections. */
import { setVar, setVarFormat, unsetVar } from '../../../core/action/variable.js';
import type { ActionRow } from '../../../core/row.js';
import { newCheckRules } from '../../check_draft.js';
import type { CheckDraft, CheckRulesDraft } from '../../check_draft.js';
import type { CheckRule } from '../../check_rules.js';
import { didYouMean } from '../../suggest.js';
import type { Walk } from '../../walk.js';
import type { Argument, KeywordRow } from '../row.js';
import { parseConnect } from './connect.js';
import { parseExpect } from './expect.js';
import { parseHttpSend, parseSend } from './send.js';
import { commentOf } from './words.js';

export type CheckFamily = 'http' | 'tcp';

/** The check of a section, and whether its rules are still those of the defaults section it came from. */
export interface CheckOwner {
  readonly check: CheckDraft;
  inherits(family: CheckFamily): boolean;
}

/** The rules that lines of this section write to: its first line of a family starts anew. */
export function ownRules({ check, inherits }: CheckOwner, family: CheckFamily, walk: Walk): CheckRulesDraft {
  if (inherits(family)) check[family] = newCheckRules(walk.keywordSpan);
  return check[family];
}

function add(walk: Walk, rules: CheckRulesDraft, rule: CheckRule | undefined): void {
  if (rule === undefined) return;
  const spoken = rule.kind === 'action' ? rule : { ...rule, comment: rule.comment ?? rules.comment };
  if (rule.kind !== 'action') rules.comment = null;
  const first = rules.rules.find(({ kind }) => kind !== 'action');
  if (rule.kind === 'connect' && first !== undefined && first.kind !== 'connect') {
    walk.error(
      walk.keywordSpan,
      `'${walk.keyword}' : first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a 'comment', when there is a 'connect' step in the tcp-check ruleset`,
      'Write a connect line in front of the others.',
    );
    return;
  }
  rules.rules.push(spoken);
}

interface LineRow {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly usage?: string;
  readonly doc: string;
  parse(walk: Walk, rules: CheckRulesDraft): void;
}

const REST: readonly Argument[] = [{ name: 'option', type: 'rest', optional: true }];
const CONNECT_USAGE = '[default] [port <expr>] [addr <ip>] [send-proxy] [via-socks4] [linger] [proto <name>] [comment <msg>]';
const EXPECT_USAGE = `[min-recv <int>] [comment <msg>] [ok-status <st>] [error-status <st>] [tout-status <st>] [on-success <fmt>] [on-error <fmt>]
  [status-code <expr>] [!] <match> <pattern>`.replace(/\s+/g, ' ');

const connect = (http: boolean): LineRow => ({
  name: 'connect', args: REST, usage: CONNECT_USAGE, doc: 'Opens a connection, to the server unless told otherwise.',
  parse: (walk, rules) => add(walk, rules, parseConnect(walk, rules.steps, http)),
});
const expect = (family: CheckFamily): LineRow => ({
  name: 'expect', args: [{ name: 'match', type: 'rest' }], usage: EXPECT_USAGE, doc: 'What the server has to answer.',
  parse: (walk, rules) => add(walk, rules, parseExpect(walk, rules.steps, family)),
});
const comment: LineRow = {
  name: 'comment', args: [{ name: 'text', type: 'text' }], doc: 'Words for messages about the rule below.',
  parse(walk, rules) {
    const text = commentOf(walk);
    if (text !== undefined) rules.comment = text;
  },
};
const send = (form: 'send' | 'send-lf' | 'send-binary' | 'send-binary-lf', what: string, doc: string): LineRow => ({
  name: form, args: [{ name: what, type: 'text' }, { name: 'comment', type: 'rest', optional: true }], usage: `<${what}> [comment <msg>]`, doc,
  parse: (walk, rules) => add(walk, rules, parseSend(walk, rules.steps, form)),
});

const LINES: Readonly<Record<CheckFamily, readonly LineRow[]>> = {
  http: [
    connect(true),
    {
      name: 'send', args: REST, usage: '[meth <method>] [uri <uri> | uri-lf <fmt>] [ver <version>] [hdr <name> <fmt>]... [body <string> | body-lf <fmt>] [comment <msg>]',
      doc: 'What is sent; the first one adds to the request of option httpchk.',
      parse: (walk, rules) => add(walk, rules, parseHttpSend(walk, rules.steps)),
    },
    expect('http'),
    comment,
    {
      name: 'send-state', args: [], doc: 'Tells the server how it is seen, in the header X-Haproxy-Server-State.',
      parse(_walk, rules) {
        rules.sendState = true;
      },
    },
    {
      name: 'disable-on-404', args: [], doc: 'A server that answers 404 gets no new sessions but those that persist.',
      parse(_walk, rules) {
        rules.disableOn404 = true;
      },
    },
  ],
  tcp: [
    connect(false),
    send('send', 'data', 'Sends text.'),
    send('send-lf', 'fmt', 'Sends a log-format string.'),
    send('send-binary', 'hexstring', 'Sends bytes, written as hexadecimal digits.'),
    send('send-binary-lf', 'hexfmt', 'Sends bytes, written as a log-format string that gives hexadecimal digits.'),
    expect('tcp'),
    comment,
  ],
};

const VARIABLES: readonly ActionRow<never>[] = [setVar, setVarFormat, unsetVar] as never;
/** Scopes of streams, of which there are none here. */
const OTHER_SCOPES = /\((?:txn|req|res)\./;

/** `set-var(<name>)` and the like, and what is nothing. */
function parseOther(walk: Walk, family: CheckFamily, ownedRules: () => CheckRulesDraft): void {
  const word = walk.next();
  const name = word === undefined ? '' : (word.text.split('(')[0] ?? '');
  const row = VARIABLES.find((action) => action.name === name);
  if (word === undefined || row === undefined) {
    const names = [...LINES[family].map((line) => line.name), 'set-var(*)', 'set-var-fmt(*)', 'unset-var(*)'];
    const summary = `'${walk.keyword}' only supports ${names.map((known) => `'${known}'`).join(', ')} but got '${word?.text ?? ''}'`;
    walk.error(word ?? walk.keywordSpan, summary, didYouMean(name, names) ?? undefined);
    return;
  }
  if (OTHER_SCOPES.test(word.text)) {
    walk.error(word, `'${walk.keyword} ${word.text}' : only the scopes 'proc', 'sess' and 'check' exist in health checks`, "Use 'check'.");
    return;
  }
  const rules = ownedRules();
  const inner = walk.from(walk.at - 1);
  const data = row.parse(inner);
  walk.follow(inner);
  if (data !== undefined) add(walk, rules, { kind: 'action', step: rules.steps, comment: null, action: row.name, data });
}

/** The rows of a kind of section; `owner` gives the check that a line writes to. */
export function checkRuleRows<Target>(owner: (target: Target) => CheckOwner): KeywordRow<Target>[] {
  return (['http', 'tcp'] as const).flatMap((family) => {
    const begin = (walk: Walk, target: Target): CheckRulesDraft => {
      const rules = ownRules(owner(target), family, walk);
      rules.steps++;
      return rules;
    };
    const lines = LINES[family].map((line): KeywordRow<Target> => ({
      ...line, name: `${family}-check ${line.name}`, support: 'yes', parse: (walk, target) => line.parse(walk, begin(walk, target)),
    }));
    const others: KeywordRow<Target> = {
      name: `${family}-check`, args: [{ name: 'action', type: 'rest' }], support: 'yes', doc: 'Sets and removes variables of a check.',
      usage: '{ set-var(<name>[,<cond>...]) <expr> | set-var-fmt(<name>[,<cond>...]) <fmt> | unset-var(<name>) }',
      parse: (walk, target) => parseOther(walk, family, () => begin(walk, target)),
    };
    return [...lines, others];
  });
}

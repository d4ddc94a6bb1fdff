/** The statistics page (manual: stats enable). */
import type { ProxyDraft } from '../../draft.js';
import { newStatisticsPage, type StatisticsPageDraft } from '../../statistics_page.js';
import { fromLatin1 } from '../../utf8.js';
import type { Walk } from '../../walk.js';
import { parseTime } from '../../units.js';
import { didYouMean } from '../../suggest.js';
import { findAction } from '../actions.js';
import { parseCondition } from '../condition.js';
import { on } from '../make.js';
import type { Argument, ProxyRow } from '../row.js';
import { needCondition } from './switching.js';

/** The page of the section that a line is about. As with HAProxy the first line in a section starts anew, whatever its defaults say. */
function pageOf(walk: Walk, target: ProxyDraft): StatisticsPageDraft {
  if (!target.seen.has('stats') || target.settings.stats === null) {
    target.seen.set('stats', walk.keywordSpan);
    target.settings.stats = newStatisticsPage(walk.keywordSpan);
  }
  return target.settings.stats;
}

/** HAProxy overlooks words behind those it reads. */
function overlook(walk: Walk): void {
  const extra = walk.peek();
  if (extra !== undefined) walk.warn(extra, `'${walk.keyword}' takes no argument '${extra.text}', it is ignored`, 'Remove it, or quote words that belong together.');
  walk.skip();
}

function line(name: string, args: readonly Argument[], doc: string, set: (page: StatisticsPageDraft, walk: Walk, target: ProxyDraft) => void): ProxyRow {
  return on('both', {
    name: `stats ${name}`, args, doc, support: 'yes',
    parse(walk, target) {
      set(pageOf(walk, target), walk, target);
      if (!walk.failed) overlook(walk);
    },
  });
}

const flag = (name: string, doc: string, set: (page: StatisticsPageDraft) => void): ProxyRow => line(name, [], doc, set);

const word = (name: string, argument: string, needs: string, doc: string, set: (page: StatisticsPageDraft, text: string) => void): ProxyRow =>
  line(name, [{ name: argument, type: 'text' }], doc, (page, walk) => {
    const given = walk.next();
    if (given === undefined || given.text === '') walk.error(walk.keywordSpan, `'${name}' needs ${needs}.`);
    else if (/[\0-\x1f\x7f]/.test(given.text)) walk.error(given, `'${walk.keyword}' : control characters are not allowed here`);
    else set(page, given.text);
  });

const refresh = line('refresh', [{ name: 'delay', type: 'time' }], 'Browsers ask for the page again after this time (seconds unless a unit follows).', (page, walk) => {
  const given = walk.need('a refresh interval');
  if (given === undefined) return;
  const ms = parseTime(given.text, 's');
  if (typeof ms === 'number') page.refresh = Math.floor(ms / 1000);
  else walk.error(given, `unexpected character in argument to stats refresh interval '${given.text}'`, 'Times are numbers with us, ms, s, m, h or d.');
});

const showNode = line('show-node', [{ name: 'name', type: 'text', optional: true }], "Shows a name of the node: the global section's unless one is given.", (page, walk) => {
  page.node = fromLatin1(walk.next()?.text ?? '');
});

const showDescription = line('show-desc', [{ name: 'text', type: 'rest', optional: true }], "Shows a description: the global section's unless one is given.", (page, walk) => {
  page.description = fromLatin1(walk.rest().map(({ text }) => text).join(' '));
  if (page.description === '' && walk.site.global.description === null)
    walk.warn(walk.keywordSpan, "'show-desc' requires a parameter or 'desc' to be set in the global section.", "Write the text, or 'description' in the global section.");
});

const auth = line('auth', [{ name: 'account', type: 'text' }], 'An account `user:password` for the page; the password stands as it is.', (page, walk) => {
  const given = walk.next();
  if (given === undefined || given.text === '') {
    walk.error(walk.keywordSpan, "'auth' needs a user:password account.");
    return;
  }
  const colon = given.text.indexOf(':');
  const name = colon < 0 ? given.text : given.text.slice(0, colon);
  const password = colon < 0 ? '' : given.text.slice(colon + 1);
  page.users = [...page.users, { name, password, insecure: true, groups: [] }];
});

const admin = on('both', {
  name: 'stats admin',
  args: [{ name: 'condition', type: 'rest' }],
  usage: '{ if | unless } <condition>',
  support: 'yes',
  doc: 'When the condition holds servers can be changed from the page.',
  parse(walk, target) {
    const page = pageOf(walk, target);
    if (!needCondition(walk)) return;
    const condition = parseCondition(walk, 'http-request');
    walk.skip();
    if (condition !== null && condition !== undefined) page.admin = [...page.admin, condition];
  },
}, 'no', { conditional: true });

const ACTIONS = ['allow', 'deny', 'auth'] as const;

const httpRequest = on('both', {
  name: 'stats http-request',
  args: [{ name: 'action', type: 'rest' }],
  usage: '{ allow | deny | auth [realm <realm>] } [ { if | unless } <condition> ]',
  support: 'yes',
  doc: 'Who may see the page: the first rule that applies counts.',
  parse(walk, target) {
    const page = pageOf(walk, target);
    const name = walk.next();
    const row = (ACTIONS as readonly string[]).includes(name?.text ?? '') ? findAction('http-request', name!.text) : undefined;
    if (row === undefined) {
      const got = name === undefined ? '' : `, but got '${name.text}'`;
      walk.error(name ?? walk.keywordSpan, `'${walk.keyword}' expects 'allow', 'deny' or 'auth'${got}`, (name && didYouMean(name.text, ACTIONS)) ?? undefined);
      return;
    }
    const rule = walk.as('http-request');
    rule.stopAtCondition();
    const data = row.parse(rule);
    const extra = rule.peek();
    if (extra !== undefined && !rule.failed)
      rule.error(extra, `'${walk.keyword} ${row.name}' expects either 'if' or 'unless' followed by a condition but found '${extra.text}'.`);
    const condition = parseCondition(rule, 'http-request');
    walk.skip();
    if (data === undefined || condition === undefined || rule.failed) return;
    page.rules = [...page.rules, { action: row.name, data, condition, span: rule.keywordSpan }];
  },
}, 'no', { conditional: true });

export const statsRows: readonly ProxyRow[] = [
  flag('enable', 'Serves the statistics page with its defaults.', () => undefined),
  word('uri', 'prefix', 'an URI prefix', 'What path and query of requests for the page begin with; /haproxy?stats unless set.', (page, text) => {
    page.uri = text;
  }),
  word('realm', 'realm', 'an realm name', 'What browsers call the page when they ask for a password.', (page, text) => {
    page.realm = text;
  }),
  word('scope', 'name', 'a proxy name', 'A proxy that is shown, `.` for this one; without such a line all are.', (page, text) => {
    page.scope = [...page.scope, text];
  }),
  auth, refresh, showNode, showDescription, admin, httpRequest,
  flag('hide-version', 'The version is not shown: the default.', (page) => {
    page.showVersion = false;
  }),
  flag('show-version', 'The version is shown.', (page) => {
    page.showVersion = true;
  }),
  flag('show-legends', 'Shows addresses, numbers, modes, cookies and algorithms.', (page) => {
    page.showLegends = true;
  }),
  flag('show-modules', 'Shows the figures of the engine, too.', (page) => {
    page.showModules = true;
  }),
];

/** The worker's part of a statistics page: which requests are for it, who may see it; the main thread makes it. */
import type { Proxy } from '../../config/model.js';
import type { StatisticsPage } from '../../config/statistics_page.js';
import { FACT_FLAGS, FACT_METHOD, FF_TRUNCATED, HM_GET, HM_HEAD, HM_POST, VERDICT_CONTINUE, VERDICT_ERROR, VERDICT_REPLY, VERDICT_YIELD } from '../abi.js';
import { authAction } from '../action/auth.js';
import { waitForBody } from '../action/wait.js';
import type { Environment } from '../compile/environment.js';
import { ends } from '../ending.js';
import { basic } from '../fetch/authorization.js';
import { compileRules, single, type RuleSet } from '../phase.js';
import { responseHead } from '../response.js';
import type { Act, CompileEnv } from '../row.js';
import { headerName, type Tx } from '../tx.js';
import { Users } from '../userlist.js';
import { verdict } from '../verdict.js';
import type { PageAnswer, PageQuestion } from './question.js';

const METHODS: readonly number[] = [HM_GET, HM_HEAD, HM_POST];
const [ORIGIN, REFERER, HOST] = ['origin', 'referer', 'host'].map(headerName) as [Uint8Array, Uint8Array, Uint8Array];

/** The longest wait for a form where no timeout says otherwise, ms. */
const FORM_MS = 30_000;

/** Where a request says that it comes from: `Origin`, else the site of `Referer`; undefined if it says nothing. */
function siteOf(tx: Tx): string | undefined {
  const from = tx.header(ORIGIN) ?? tx.header(REFERER);
  return from === undefined ? undefined : (/^https?:\/\/([^/?#]*)/i.exec(from)?.[1] ?? '');
}

/** A form that was sent from another site's page: the user of the browser may know nothing of it. */
function isForeign(tx: Tx): boolean {
  const site = siteOf(tx);
  return site !== undefined && site.toLowerCase() !== tx.header(HOST)?.toLowerCase();
}

/** `stats http-request` rules, then the accounts. VERDICT_CONTINUE lets the client see the page. */
function compileAccess({ rules, realm, users }: StatisticsPage, env: Environment): RuleSet {
  // A rule that names no realm of its own asks for that of the page.
  const named = rules.map((rule) => (rule.action === 'auth' && (rule.data as { realm: string | null }).realm === null ? { ...rule, data: { realm } } : rule));
  const set = compileRules(named, 'http-request', env);
  if (users.length === 0) return set;
  const known = new Users({ name: '', groups: [], users });
  const challenge = authAction.compile({ realm }, env);
  return (tx) => {
    const result = set === null ? VERDICT_CONTINUE : set(tx);
    if (result !== VERDICT_CONTINUE || tx.stopped !== null) return result;
    const pair = basic(tx);
    return pair !== undefined && known.authenticated(pair.user, pair.password) !== undefined ? VERDICT_CONTINUE : challenge(tx);
  };
}

/** Asks for the page and answers the parked session when it is there; the session may be gone by then. */
async function fetchPage(env: CompileEnv, session: number, question: PageQuestion): Promise<void> {
  const engine = env.engine();
  try {
    const { status, headers, body } = (await env.ask('statistics', question)) as PageAnswer;
    const bytes = Buffer.from(body, 'utf8');
    const head = responseHead(status, [['cache-control', 'no-cache'], ...headers, ['content-length', String(bytes.length)]]);
    const staged = engine.reply(session, Buffer.from(head, 'latin1'), bytes);
    engine.resume(session, staged ? VERDICT_REPLY : verdict(VERDICT_ERROR, 500));
  } catch {
    engine.resume(session, verdict(VERDICT_ERROR, 500));
  }
}

/** Answers with the page, after the form if one is posted. */
function compileAnswer({ index, timeouts }: Proxy, page: StatisticsPage, env: Environment): Act {
  const conditions = page.admin.map((condition) => env.condition(condition));
  const refuse = env.error(403);
  const wait = waitForBody({ ms: timeouts.httpRequest ?? timeouts.client ?? FORM_MS, atLeast: 0 }, env);
  return (tx) => {
    const posts = tx.facts[FACT_METHOD] === HM_POST;
    if (posts) {
      if (!tx.resumed && isForeign(tx)) {
        env.counters.denied(tx);
        ends(tx, 'P');
        return refuse(tx);
      }
      const result = wait(tx);
      if (result !== VERDICT_CONTINUE) return result;
    }
    env.counters.intercepted(tx);
    const cut = posts && (tx.facts[FACT_FLAGS]! & FF_TRUNCATED) !== 0;
    void fetchPage(env, tx.session, {
      proxy: index, target: tx.pathq() ?? '', admin: conditions.some((holds) => holds(tx)), form: posts ? tx.body() : null, cut,
    });
    return VERDICT_YIELD;
  };
}

/** The step that answers requests for the statistics page of a proxy; null if it has none. */
export function statisticsStep(proxy: Proxy, env: Environment): RuleSet {
  const page = proxy.stats;
  if (page === null) return null;
  const access = compileAccess(page, env);
  const answer = single(compileAnswer(proxy, page, env), page.span, env)!;
  return (tx) => {
    if (tx.stopped === null) {
      if (!METHODS.includes(tx.facts[FACT_METHOD]!) || tx.pathq()?.startsWith(page.uri) !== true) return VERDICT_CONTINUE;
    }
    const refused = access === null ? VERDICT_CONTINUE : access(tx);
    return refused === VERDICT_CONTINUE ? answer(tx) : refused;
  };
}

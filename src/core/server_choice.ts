/**
 * Which server: the one that a use-server rule names, that the client's cookie or RDP token names, that a stick table knows, or that the
 * algorithm chooses. On redispatch the algorithm alone chooses, unless persistence is forced.
 */
import { balancerRow } from '../backends/balance/index.js';
import type { Backends } from '../backends/backend.js';
import type { Proxy } from '../config/model.js';
import { FACT_FLAGS, FACT_METHOD, FF_REDISPATCH, HM_GET, HM_HEAD, VERDICT_ARG_NONE, VERDICT_CONTINUE, VERDICT_QUEUE, VERDICT_SERVER } from './abi.js';
import { answer } from './action/answer.js';
import type { CookiePersistence } from './cookie_persistence.js';
import { compileCookie } from './cookie_persistence.js';
import { compileForce, compilePersistence, type Persistence } from './persist.js';
import { compileRdpPersistence } from './rdp_persistence.js';
import { responseHead } from './response.js';
import type { CompileEnv } from './row.js';
import { compileStickMatch, compileStickStore } from './stick/choice.js';
import type { Tx } from './tx.js';
import { compileUseServer } from './use_server.js';
import { verdictArgument, verdictCode } from './verdict.js';

export interface ServerChoice {
  /** A verdict with a server, a queue, an error or a reply. */
  choose(tx: Tx): number;
  /** Of backends with a cookie line. */
  readonly cookie: CookiePersistence | null;
}

/** One way to a server: CONTINUE if it doesn't lead to one. */
type Way = (tx: Tx, persistence: Persistence) => number;

/** The choice for a backend. To be compiled once per backend: it tells the algorithm what to hash. */
export function compileServerChoice(backend: Proxy, backends: Backends, env: CompileEnv): ServerChoice {
  const { index } = backend;
  const row = balancerRow(backend.balance.algorithm);
  // An algorithm that needs HTTP takes turns in mode tcp (a warning has said so).
  if (row.key !== undefined && (row.mode !== 'http' || backend.mode === 'http')) backends.hashBy(index, row.key(backend, env));
  const cookie = compileCookie(backend, backends, env);
  const ways = waysOf(backend, cookie, backends, env);
  const persistence = compilePersistence(backend, env);
  const force = compileForce(backend, env);
  const balance = (tx: Tx): number => backends.assign(index, tx);
  // Forced persistence disables the redispatch (manual: force-persist).
  const again = force === null ? balance : (tx: Tx): number =>
    (tx.streamIfAny()?.serverForced === true ? backends.use(tx.server, tx, true) : balance(tx));
  const usual = ways.length === 0 && cookie === null ? balance : (tx: Tx): number => {
    if ((tx.facts[FACT_FLAGS]! & FF_REDISPATCH) !== 0) return again(tx);
    const now = persistence(tx);
    cookie?.read(tx, now);
    for (let i = 0; i < ways.length; i++) {
      const verdict = ways[i]!(tx, now);
      if (verdict === VERDICT_CONTINUE) continue;
      if (force?.(tx) === true) tx.stream().serverForced = true;
      return verdict;
    }
    return balance(tx);
  };
  const redirect = compileRedirects(backend, backends, env);
  return { cookie, choose: redirect === null ? usual : (tx) => redirect(tx, usual(tx)) };
}

function waysOf(backend: Proxy, cookie: CookiePersistence | null, backends: Backends, env: CompileEnv): readonly Way[] {
  const useServer = compileUseServer(backend, backends, env);
  const named: Way | null = useServer === null ? null : (tx, persistence) => {
    const verdict = useServer(tx, persistence === 'forced');
    if (verdict !== VERDICT_CONTINUE) cookie?.overruled(tx, verdict);
    return verdict;
  };
  const byCookie: Way | null = cookie === null ? null : (tx, persistence) => cookie.choose(tx, persistence);
  const steps = [compileStickStore(backend, env), named, byCookie, compileRdpPersistence(backend, backends, env), compileStickMatch(backend, backends, env)];
  return steps.filter((way) => way !== null);
}

/** `redir` of servers: GET and HEAD requests go elsewhere (manual: server, redir). null if no server has one. */
function compileRedirects(backend: Proxy, backends: Backends, env: CompileEnv): ((tx: Tx, verdict: number) => number) | null {
  const { servers } = env.model;
  if (backend.mode !== 'http' || !backend.servers.some((server) => servers[server]!.redir !== null)) return null;
  const send = answer(env);
  return (tx, verdict) => {
    const code = verdictCode(verdict);
    const server = verdictArgument(verdict);
    if ((code !== VERDICT_SERVER && code !== VERDICT_QUEUE) || server === VERDICT_ARG_NONE) return verdict;
    const method = tx.facts[FACT_METHOD];
    const prefix = servers[server]!.redir;
    if (prefix === null || (method !== HM_GET && method !== HM_HEAD)) return verdict;
    backends.giveBack(verdict, tx.session);
    return send(tx, responseHead(302, [['cache-control', 'no-cache'], ['content-length', '0'], ['location', prefix + (tx.pathq() ?? '/')]]), '');
  };
}

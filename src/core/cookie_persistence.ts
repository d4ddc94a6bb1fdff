/** The `cookie` line of a backend: its part in the choice of a server, and its edits of responses. */
import type { Backends } from '../backends/backend.js';
import { RequestCookie } from '../backends/cookie/request.js';
import { ResponseCookie } from '../backends/cookie/response.js';
import { cookieState, requestLetter } from '../backends/cookie/state.js';
import { CookieValues } from '../backends/cookie/values.js';
import type { CookiePolicy, Proxy } from '../config/model.js';
import { SRV_DRAIN, SRV_UP, SS_STATE, VERDICT_CONTINUE } from './abi.js';
import { rewritten } from './action/rewrite.js';
import { serverCell } from './cells.js';
import type { Persistence } from './persist.js';
import type { RuleSet } from './phase.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';
import { verdictArgument } from './verdict.js';

export interface CookiePersistence {
  /** Reads and edits the request, once; to be called before anything chooses. */
  read(tx: Tx, persistence: Persistence): void;
  /** A rule has named the server. */
  overruled(tx: Tx, verdict: number): void;
  /** A verdict with the server that the cookie names, CONTINUE without one. */
  choose(tx: Tx, persistence: Persistence): number;
  /** What becomes of the response's cookies. */
  readonly respond: RuleSet;
}

/** null for backends without the line, and in mode tcp. */
export function compileCookie(backend: Proxy, backends: Backends, env: CompileEnv): CookiePersistence | null {
  const { cookie: policy } = backend;
  if (policy === null || backend.mode !== 'http') return null;
  const { model, state } = env;
  const isServing = (server: number): boolean => {
    const now = Atomics.load(state, serverCell(model.proxies.length, server, SS_STATE));
    return now === SRV_UP || now === SRV_DRAIN;
  };
  const values = new CookieValues(model, backend, state);
  const request = new RequestCookie(policy, values, isServing);
  const response = new ResponseCookie(policy, values);
  const dated = policy.maxidle > 0 || policy.maxlife > 0;
  const told = isTold(policy);
  const seconds = (): number => (dated ? Math.floor(Date.now() / 1000) : 0);
  return {
    read(tx, persistence) {
      request.read(tx, persistence === 'forced', seconds());
      const stream = tx.stream();
      const { letter } = request;
      if (told) stream.cookieState = cookieState(persistence === 'ignored' && letter !== 'N' ? 'U' : letter, 'N');
      stream.cookieIgnored = persistence === 'ignored';
      stream.cookieServer = -1;
      stream.cookieLast = request.last;
      stream.cookieFirst = request.first;
    },
    overruled(tx, verdict) {
      const stream = tx.stream();
      stream.cookieServer = verdictArgument(verdict);
      if (told && request.letter !== 'N') stream.cookieState = cookieState('U', 'N');
    },
    choose(tx, persistence) {
      const { server } = request;
      if (server < 0 || persistence === 'ignored') return VERDICT_CONTINUE;
      const verdict = backends.use(server, tx, persistence === 'forced');
      if (verdict !== VERDICT_CONTINUE) tx.stream().cookieServer = server;
      return verdict;
    },
    respond: told ? responder(response, env) : null,
  };
}

/** A line without options only looks at requests: logs don't tell of it, as in HAProxy. */
function isTold({ name: _name, domains, attributes, ...options }: CookiePolicy): boolean {
  return domains.length > 0 || attributes.length > 0 || Object.values(options).some(Boolean);
}

function responder(response: ResponseCookie, env: CompileEnv): RuleSet {
  const done = rewritten(env);
  return (tx) => {
    const stream = tx.stream();
    if (stream.cookieIgnored || tx.server < 0) return VERDICT_CONTINUE;
    const letter = response.edit(tx, stream, stream.cookieServer === tx.server, Math.floor(Date.now() / 1000));
    if (letter === null) return done(tx, false);
    if (letter !== 'N') stream.cookieState = cookieState(requestLetter(stream.cookieState), letter);
    return VERDICT_CONTINUE;
  };
}

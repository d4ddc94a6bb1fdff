import type { Model, Proxy } from '../config/model.js';
import { FACT_FLAGS, FF_BODY_COMPLETE, FF_CLIENT_SHUT, FF_TRUNCATED, VERDICT_CONTINUE, VERDICT_MORE } from './abi.js';
import { waitForBody } from './action/wait.js';
import { bodyParameter, wantsBody } from '../backends/balance/url_param.js';
import { ends } from './ending.js';
import type { RuleSet } from './phase.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';
import { verdictCode } from './verdict.js';

/** The longest wait for a body where no timeout says otherwise, ms. */
const UNBOUNDED = 0xfffffe;

/**
 * option http-buffer-request: the step that holds requests back until the body is here, nothing more fits, or `timeout http-request`
 * is over; with `balance url_param … check_post` those whose body may hold the parameter.
 */
export function bufferStep(proxy: Proxy, env: CompileEnv): RuleSet {
  const { options, timeouts } = proxy;
  const always = options.flags.includes('http-buffer-request');
  const parameter = bodyParameter(proxy);
  if (!always && parameter === null) return null;
  const wait = waitForBody({ ms: timeouts.httpRequest ?? timeouts.client ?? UNBOUNDED, atLeast: 0 }, env);
  return (tx) => {
    if (tx.stopped !== null) return VERDICT_CONTINUE;
    const stream = tx.streamIfAny();
    if (!always && stream?.buffering !== true && !wantsBody(tx, parameter!)) return VERDICT_CONTINUE;
    if (isCut(tx)) return VERDICT_CONTINUE;   // for cutStep
    // Asked again for this very wait, and not for a rule behind it.
    tx.resumed = stream?.buffering === true;
    const result = wait(tx);
    tx.resumed = false;
    const holds = verdictCode(result) === VERDICT_MORE;
    if (holds || stream !== undefined) tx.stream().buffering = holds;
    return result;
  };
}

/** The client has shut its side within the body. */
function isCut(tx: Tx): boolean {
  const flags = tx.facts[FACT_FLAGS]!;
  return (flags & FF_CLIENT_SHUT) !== 0 && (flags & (FF_BODY_COMPLETE | FF_TRUNCATED)) === 0;
}

/** The step behind the choice of a backend that answers requests whose body was waited for and will never be complete; null if none is waited for. */
export function cutStep({ proxies }: Model, env: CompileEnv): RuleSet {
  const waits = proxies.map((proxy) => proxy.options.flags.includes('http-buffer-request') || bodyParameter(proxy) !== null);
  if (!waits.includes(true)) return null;
  const answer = env.error(400);
  return (tx) => {
    if (!isCut(tx) || !(waits[tx.frontend]! || waits[tx.backend]!)) return VERDICT_CONTINUE;
    ends(tx, 'C');
    return answer(tx);
  };
}

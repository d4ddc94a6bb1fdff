import type { Proxy } from '../config/model.js';
import { VERDICT_CONTINUE, VERDICT_MORE } from './abi.js';
import { waitForBody } from './action/wait.js';
import { bodyParameter, wantsBody } from '../backends/balance/url_param.js';
import type { RuleSet } from './phase.js';
import type { CompileEnv } from './row.js';
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
    // Asked again for this very wait, and not for a rule behind it.
    tx.resumed = stream?.buffering === true;
    const result = wait(tx);
    tx.resumed = false;
    const holds = verdictCode(result) === VERDICT_MORE;
    if (holds || stream !== undefined) tx.stream().buffering = holds;
    return result;
  };
}

import { VERDICT_CONTINUE } from './abi.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';

/**
 * Notes the request line as it came, for rules that ask for it in response phases (capture.req.uri and its like). Null if no rule
 * does: to be called once all rules are compiled, and to be run before the request's rules.
 */
export function requestLineStep(env: CompileEnv): ((tx: Tx) => number) | null {
  if (!env.keeps.has('request-line')) return null;
  return (tx) => {
    if (!tx.hasRequest()) return VERDICT_CONTINUE;
    const stream = tx.stream();
    stream.method = tx.method();
    stream.uri = tx.uri();
    stream.version = tx.version();
    return VERDICT_CONTINUE;
  };
}

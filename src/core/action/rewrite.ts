import { VERDICT_CONTINUE } from '../abi.js';
import { ends } from '../ending.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';

/** What follows a rewrite: on, or the error 500 if it failed and rewrites are strict (manual: strict-mode). */
export function rewritten(env: CompileEnv): (tx: Tx, ok: boolean) => number {
  const failed = env.error(500);
  return (tx, ok) => {
    if (ok) return VERDICT_CONTINUE;
    env.counters.rewriteFailed(tx);
    if (!tx.strict) return VERDICT_CONTINUE;
    env.counters.internalError(tx);
    ends(tx, 'P');
    return failed(tx);
  };
}

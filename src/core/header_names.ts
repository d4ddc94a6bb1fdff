import type { Proxy } from '../config/model.js';
import { VERDICT_CONTINUE } from './abi.js';
import { rewritten } from './action/rewrite.js';
import { ends } from './ending.js';
import type { RuleSet } from './phase.js';
import type { CompileEnv } from './row.js';

const UNUSUAL = /[^A-Za-z0-9-]/;

/** The step for header names with other characters than letters, digits and hyphens (manual: option http-restrict-req-hdr-names). */
export function headerNamesStep(policy: Proxy['headerNames'], env: CompileEnv): RuleSet {
  if (policy === 'preserve') return null;
  const forbidden = env.error(403);
  const done = rewritten(env);
  return (tx) => {
    for (let row = tx.nextHeader(null, 0); row >= 0;) {
      if (!UNUSUAL.test(tx.rowName(row))) row = tx.nextHeader(null, row + 1);
      else if (policy === 'reject') {
        env.counters.denied(tx);
        ends(tx, 'P');
        return forbidden(tx);
      } else {
        if (!tx.removeHeader(row)) return done(tx, false);
        row = tx.nextHeader(null, row);
      }
    }
    return VERDICT_CONTINUE;
  };
}

import type { Monitor } from '../config/model.js';
import { VERDICT_CONTINUE } from './abi.js';
import type { RuleSet } from './phase.js';
import type { CompileEnv } from './row.js';

/** Requests of monitors are not logged (manual: monitor-uri). */
const SILENT = -1;

/** The step that answers requests for monitor-uri with the error response 200, or 503 if a `monitor fail` holds; null without one. */
export function monitorStep({ uri, fail }: Monitor, env: CompileEnv): RuleSet {
  if (uri === null) return null;
  const whole = !uri.startsWith('/');
  const fails = fail.map((condition) => env.condition(condition));
  const good = env.error(200);
  const bad = env.error(503);
  return (tx) => {
    if ((whole ? tx.uri() : tx.pathq()) !== uri) return VERDICT_CONTINUE;
    env.counters.intercepted(tx);
    tx.stream().logLevel = SILENT;
    return (fails.some((test) => test(tx)) ? bad : good)(tx);
  };
}

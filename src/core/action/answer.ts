import { VERDICT_CLOSE, VERDICT_REPLY, VERDICT_RESPOND } from '../abi.js';
import { verdict } from '../verdict.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';

/** Answers with a response made for this request: staged with the engine, or the error 500 if it can't be. */
export function answer(env: CompileEnv): (tx: Tx, head: string, body: string) => number {
  const failed = env.error(500);
  return (tx, head, body) => {
    const staged = env.engine().reply(tx.session, Buffer.from(head, 'latin1'), Buffer.from(body, 'latin1'));
    if (staged) return VERDICT_REPLY;
    env.counters.internalError(tx);
    return failed(tx);
  };
}

/** The verdict that sends a response which is the same for every request; an empty one closes. */
export function cannedAnswer(env: CompileEnv, raw: string): number {
  if (raw === '') return VERDICT_CLOSE;
  return verdict(VERDICT_RESPOND, env.canned(raw));
}

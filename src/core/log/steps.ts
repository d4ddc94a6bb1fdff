/** Where the log of traffic hangs in the plan: beside what rules decide, after it or before it. */
import { PHASE_AFTER, PHASE_CONNECTED, PHASE_END, PHASE_SESSION, VERDICT_CONTINUE } from '../abi.js';
import type { RuleSet } from '../phase.js';
import type { Tx } from '../tx.js';
import type { Traffic } from './traffic.js';

type Handler = (tx: Tx) => number;

/** The steps of a request that has come, before any rule. */
export function requestSteps(traffic: Traffic): RuleSet {
  return (tx) => {
    traffic.step(tx, 'accept');
    traffic.step(tx, 'request');
    return VERDICT_CONTINUE;
  };
}

/** Decisions by phase with the log behind them; `traffic` null = nothing is logged. */
export function logged(handlers: readonly Handler[], traffic: Traffic | null): Handler[] {
  const all = [...handlers];
  if (traffic === null) return all;
  const behind = (phase: number, log: (tx: Tx) => void): void => {
    const decide = handlers[phase]!;
    all[phase] = (tx) => {
      const result = decide(tx);
      if (result === VERDICT_CONTINUE) log(tx);
      return result;
    };
  };
  behind(PHASE_SESSION, (tx) => traffic.accepted(tx));
  behind(PHASE_CONNECTED, (tx) => traffic.connected(tx));
  behind(PHASE_AFTER, (tx) => traffic.step(tx, 'response'));
  behind(PHASE_END, (tx) => traffic.ended(tx));
  return all;
}

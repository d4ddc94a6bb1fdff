import type { Rule, RuleFamily } from '../config/model.js';
import { lineAt } from '../config/source.js';
import { VERDICT_CONTINUE, VERDICT_MORE, VERDICT_YIELD } from './abi.js';
import { actions } from './action/index.js';
import type { Environment } from './compile/environment.js';
import { STOP, type Act, type ActionRow } from './row.js';
import type { Tx } from './tx.js';

/** One compiled rule: `when` null = always. */
interface Step {
  readonly when: ((tx: Tx) => boolean) | null;
  readonly act: Act;
  /** `file:line` of the rule. */
  readonly place: string;
}

const rows: ReadonlyMap<string, ActionRow> = new Map(actions.map((row) => [row.name, row]));

/** A rule set of one proxy, or another step: ready to run, null if it holds nothing that could ever apply. */
export type RuleSet = ((tx: Tx) => number) | null;

/** Steps one after the other: the first that decides ends the walk. */
export function sequence(steps: readonly RuleSet[]): RuleSet {
  const present = steps.filter((step): step is (tx: Tx) => number => step !== null);
  if (present.length <= 1) return present[0] ?? null;
  return (tx) => {
    for (let i = 0; i < present.length; i++) {
      const result = present[i]!(tx);
      if (result !== VERDICT_CONTINUE) return result;
    }
    return VERDICT_CONTINUE;
  };
}

function compileRule(rule: Rule, env: Environment): Step | null {
  const row = rows.get(rule.action);
  if (row === undefined) throw new Error(`unknown action '${rule.action}'`);
  const when = rule.condition === null ? true : env.fold(rule.condition);
  if (when === false) return null;
  return { when: when === true ? null : when, act: row.compile(rule.data, env), place: placeOf(rule, env) };
}

function placeOf({ span }: Rule, { model }: Environment): string {
  const source = model.sources[span.source];
  return source === undefined ? '' : `${source.name}:${lineAt(source.lineStarts, span.start)}`;
}

/** Leaves word of the rule that ended its set or waits, where a sample may ask for it; passes the verdict on. */
function noted(tx: Tx, { place }: Step, result: number, env: Environment): number {
  if (env.keeps.has('last-rule')) {
    const waits = result === VERDICT_MORE || result === VERDICT_YIELD;
    tx.stream()[waits ? 'waitingRule' : 'lastRule'] = place;
  }
  return result === STOP ? VERDICT_CONTINUE : result;
}

/** Rules that look at bytes which may still come: they wait when a condition fails for want of them. */
const WAITING: readonly RuleFamily[] = ['tcp-request content', 'tcp-response content'];

/**
 * Compiles a rule set. It gives VERDICT_CONTINUE if the message passes (after the last rule, or allow/accept), else the verdict of
 * the rule that decided; for content rules VERDICT_MORE if a condition can't be judged yet.
 */
export function compileRules(rules: readonly Rule[], family: RuleFamily, env: Environment): RuleSet {
  const steps = rules.map((rule) => compileRule(rule, env)).filter((step): step is Step => step !== null);
  if (steps.length === 0) return null;
  return WAITING.includes(family) ? waiting(steps, env) : plain(steps, env);
}

function plain(steps: readonly Step[], env: Environment): (tx: Tx) => number {
  return (tx) => {
    tx.strict = true;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      if (step.when !== null && !step.when(tx)) continue;
      const result = step.act(tx);
      if (result !== VERDICT_CONTINUE) return noted(tx, step, result, env);
    }
    return VERDICT_CONTINUE;
  };
}

function waiting(steps: readonly Step[], env: Environment): (tx: Tx) => number {
  return (tx) => {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      tx.mayChange = false;
      if (step.when !== null && !step.when(tx)) {
        if (tx.mayChange) return noted(tx, step, VERDICT_MORE, env);
        continue;
      }
      const result = step.act(tx);
      if (result !== VERDICT_CONTINUE) return noted(tx, step, result, env);
    }
    return VERDICT_CONTINUE;
  };
}

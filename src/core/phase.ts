import type { Rule, RuleFamily } from '../config/model.js';
import { lineAt } from '../config/source.js';
import { VERDICT_CONTINUE, VERDICT_MORE, VERDICT_PAUSE, VERDICT_YIELD } from './abi.js';
import { actions } from './action/index.js';
import { FAILS, MISSES, PASSES, type Judge } from './compile/condition.js';
import type { Environment } from './compile/environment.js';
import { comparisonOf, firstHolding, MANY, type Comparison } from './compile/string_table.js';
import { STOP, type Act, type ActionRow } from './row.js';
import type { Tx } from './tx.js';
import { verdictCode } from './verdict.js';

/** One compiled rule: `when` null = always. */
interface Step {
  readonly when: ((tx: Tx) => boolean) | null;
  /** The same in rule sets that wait for bytes. */
  readonly judge: Judge | null;
  readonly act: Act;
  /** What the condition is, if it only compares a sample with strings. */
  readonly comparison: Comparison | null;
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

/** A step that is not taken again by a message that its rules have held back. */
export function once(step: RuleSet): RuleSet {
  return step && ((tx) => (tx.stopped === null ? step(tx) : VERDICT_CONTINUE));
}

function compileRule(rule: Rule, env: Environment, waits: boolean): Step | null {
  const row = rows.get(rule.action);
  if (row === undefined) throw new Error(`unknown action '${rule.action}'`);
  const { condition } = rule;
  const whole = condition === null ? true : env.fold(condition);
  if (whole === false) return null;
  const when = whole === true ? null : whole;
  return { when, judge: waits && when !== null ? env.judge(condition!) : null, act: row.compile(rule.data, env), comparison: comparisonOf(condition), place: placeOf(rule, env) };
}

function placeOf({ span }: Pick<Rule, 'span'>, { model }: Environment): string {
  const source = model.sources[span.source];
  return source === undefined ? '' : `${source.name}:${lineAt(source.lineStarts, span.start)}`;
}

/** Rules that hold the message back. */
const HOLDING: readonly number[] = [VERDICT_MORE, VERDICT_PAUSE, VERDICT_YIELD];

/** Leaves word of the rule that ended its set or waits, where a sample may ask for it; passes the verdict on. */
function noted(tx: Tx, { place }: Step, result: number, env: Environment): number {
  if (env.keeps.has('last-rule')) {
    const waits = result !== STOP && HOLDING.includes(verdictCode(result));
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
  const steps = rules.map((rule) => compileRule(rule, env, WAITING.includes(family))).filter((step): step is Step => step !== null);
  return setOf(steps, WAITING.includes(family), env);
}

/** A rule set of one step of our own that may hold the message back as actions do; `span` is where its line stands. */
export function single(act: Act, span: Rule['span'], env: Environment): RuleSet {
  return setOf([{ when: null, judge: null, act, comparison: null, place: placeOf({ span }, env) }], false, env);
}

function setOf(steps: readonly Step[], waits: boolean, env: Environment): RuleSet {
  if (steps.length === 0) return null;
  const walk: Walk = waits ? waiting(steps, env) : plain(steps, env);
  const set = ++sets;
  return (tx) => (tx.stopped === null ? walk(tx, 0, set) : resume(tx, steps, walk, set, env));
}

/** Runs the rules from `first` on. */
type Walk = (tx: Tx, first: number, set: number) => number;

/** Rule sets made in this thread, to tell them apart. */
let sets = 0;

/** A message comes again: nothing happens in the sets before the one that has held it back, which goes on with that very rule. */
function resume(tx: Tx, steps: readonly Step[], walk: Walk, set: number, env: Environment): number {
  const { stopped } = tx;
  if (stopped?.set !== set) return VERDICT_CONTINUE;
  tx.stopped = null;
  const step = steps[stopped.rule]!;
  tx.resumed = true;
  const result = step.act(tx);
  tx.resumed = false;
  return result === VERDICT_CONTINUE ? walk(tx, stopped.rule + 1, set) : decided(tx, steps, stopped.rule, result, set, env);
}

/** What a rule's verdict is for its set. */
function decided(tx: Tx, steps: readonly Step[], rule: number, result: number, set: number, env: Environment): number {
  if (result !== STOP && HOLDING.includes(verdictCode(result))) tx.stream().stopped = { set, rule };
  return noted(tx, steps[rule]!, result, env);
}

/** Rules one behind the other that compare the same sample: their conditions are one look-up. */
interface Run {
  readonly end: number;
  /** The place of the first rule from `from` on that applies; `end` if none does. */
  next(tx: Tx, from: number): number;
}

/** By the place of a rule: the run that it belongs to, if any. */
function runsOf(steps: readonly Step[], env: Environment): (Run | null)[] {
  const runs = new Array<Run | null>(steps.length).fill(null);
  for (let start = 0; start < steps.length;) {
    const key = steps[start]!.comparison?.key;
    let end = start + 1;
    while (key !== undefined && steps[end]?.comparison?.key === key) end++;
    if (end - start >= MANY) {
      const placed = steps.slice(start, end).map(({ comparison }, i) => ({ comparison: comparison!, at: start + i }));
      runs.fill({ end, next: firstHolding(placed, end, env) }, start, end);
    }
    start = end;
  }
  return runs;
}

function plain(steps: readonly Step[], env: Environment): Walk {
  const runs = runsOf(steps, env);
  return (tx, first, set) => {
    tx.strict = true;
    for (let i = first; i < steps.length; i++) {
      const run = runs[i]!;
      if (run !== null) {
        i = run.next(tx, i);
        if (i === run.end) {
          i--;
          continue;
        }
      }
      const step = steps[i]!;
      if (run === null && step.when !== null && !step.when(tx)) continue;
      const result = step.act(tx);
      if (result !== VERDICT_CONTINUE) return decided(tx, steps, i, result, set, env);
    }
    return VERDICT_CONTINUE;
  };
}

function waiting(steps: readonly Step[], env: Environment): Walk {
  return (tx, first, set) => {
    for (let i = first; i < steps.length; i++) {
      const step = steps[i]!;
      const judged = step.judge === null ? PASSES : step.judge(tx);
      if (judged === MISSES) return noted(tx, step, VERDICT_MORE, env);
      if (judged === FAILS) continue;
      tx.mayChange = false;
      const result = step.act(tx);
      if (result !== VERDICT_CONTINUE) return decided(tx, steps, i, result, set, env);
    }
    return VERDICT_CONTINUE;
  };
}

import type { Value } from '../row.js';
import type { Tx } from '../tx.js';
import type { VariableName } from '../variable.js';

type Stores = (tx: Tx, variable: VariableName, value: Value) => boolean;

/** Conditions of set-var (manual: converter set-var): all must hold for the variable to be set. */
const CONDITIONS: Readonly<Record<string, Stores>> = {
  ifexists: exists,
  ifnotexists: (tx, variable) => !exists(tx, variable),
  ifset: (tx, variable) => tx.variables.has(variable),
  ifnotset: (tx, variable) => !tx.variables.has(variable),
  ifempty: (_tx, _variable, value) => isEmpty(value),
  ifnotempty: (_tx, _variable, value) => !isEmpty(value),
  ifgt: (tx, variable, value) => order(tx, variable, value, (stored, given) => stored > given),
  iflt: (tx, variable, value) => order(tx, variable, value, (stored, given) => stored < given),
};

/** A variable of the process exists, without a value, as soon as some line could set it. */
function exists(tx: Tx, variable: VariableName): boolean {
  return variable.scope === 'proc' || tx.variables.has(variable);
}

function isEmpty(value: Value): boolean {
  return value === '' || (typeof value === 'object' && 'bin' in value && value.bin === '');
}

/** Only integers are compared; anything else counts as true. */
function order(tx: Tx, variable: VariableName, value: Value, holds: (stored: number, given: number) => boolean): boolean {
  const stored = tx.variables.get(variable);
  return typeof stored !== 'number' || typeof value !== 'number' || holds(stored, value);
}

export function conditionProblem(name: string): string | null {
  return name in CONDITIONS ? null : `expects a condition (${Object.keys(CONDITIONS).join(', ')}), not '${name}'`;
}

/** Stores a value if the conditions hold; false if the scope does not exist in this phase. */
export function storeIf(variable: VariableName, conditions: readonly string[]): (tx: Tx, value: Value) => boolean {
  const tests = conditions.map((name) => CONDITIONS[name]!);
  return (tx, value) => {
    for (const test of tests) if (!test(tx, variable, value)) return true;
    return tx.variables.set(variable, value);
  };
}

export function clearVariable(variable: VariableName): (tx: Tx) => void {
  return (tx) => tx.variables.unset(variable);
}

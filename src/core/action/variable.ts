import type { Cursor } from '../../config/cursor.js';
import type { LogFormat, RuleFamily, SampleExpression } from '../../config/model.js';
import { VERDICT_CONTINUE } from '../abi.js';
import type { ActionRow } from '../row.js';
import { parseVariable, SCOPES, type VariableName } from '../variable.js';
import { clearVariable, conditionProblem, storeIf } from './set_var.js';

const FAMILIES: readonly RuleFamily[] = [
  'tcp-request connection', 'tcp-request session', 'tcp-request content', 'tcp-response content', 'http-request', 'http-response', 'http-after-response',
];

/** Rule sets that know nothing of a stream have only these scopes. */
const EARLY: readonly (RuleFamily | null)[] = ['tcp-request connection', 'tcp-request session'];

interface Named {
  readonly variable: VariableName;
  readonly conditions: readonly string[];
}

/** What stands in the parentheses of the action's name: a variable, and conditions after commas. */
function parseName(cursor: Cursor): Named | undefined {
  const action = cursor.keyword.slice(cursor.keyword.lastIndexOf(' ') + 1);
  const inside = /\((.*)\)$/.exec(action);
  if (inside === null) {
    return cursor.error(cursor.keywordSpan, `invalid or incomplete action '${action}'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'`);
  }
  const [name = '', ...conditions] = inside[1]!.split(',').map((part) => part.trim());
  const variable = parseVariable(name);
  if (variable === undefined) {
    return cursor.error(cursor.keywordSpan, `invalid variable name '${name}'. A variable name must be start by its scope. The scope can be ${SCOPES.map((scope) => `'${scope}'`).join(', ')}`,
      "After the scope and a dot the name is made of letters, digits and '_'.");
  }
  if (EARLY.includes(cursor.family) && variable.scope !== 'proc' && variable.scope !== 'sess') {
    return cursor.error(cursor.keywordSpan, `variables of scope '${variable.scope}' do not exist yet in '${cursor.family}' rules`, "Use the scope 'sess' or 'proc'.");
  }
  for (const condition of conditions) if (conditionProblem(condition) !== null) return cursor.error(cursor.keywordSpan, `unknown condition "${condition}"`, conditionProblem(condition)!);
  return { variable, conditions };
}

export const setVar: ActionRow<Named & { readonly value: SampleExpression }> = {
  name: 'set-var', families: FAMILIES, final: false, doc: 'stores a sample in a variable',
  parse(cursor) {
    const named = parseName(cursor);
    if (named === undefined) return undefined;
    const word = cursor.done() ? undefined : cursor.next();
    if (word === undefined) return cursor.error(cursor.keywordSpan, 'missing fetch method');
    const value = cursor.expression(word);
    return value === undefined ? undefined : { ...named, value };
  },
  compile({ variable, conditions, value }, env) {
    const { fetch } = env.sample(value);
    const store = storeIf(variable, conditions);
    return (tx) => {
      const sample = fetch(tx);
      if (sample !== undefined) store(tx, sample);
      return VERDICT_CONTINUE;
    };
  },
};

export const setVarFormat: ActionRow<Named & { readonly value: LogFormat }> = {
  name: 'set-var-fmt', families: FAMILIES, final: false, doc: 'stores a log-format string in a variable',
  parse(cursor) {
    const named = parseName(cursor);
    if (named === undefined) return undefined;
    const word = cursor.done() ? undefined : cursor.next();
    if (word === undefined) return cursor.error(cursor.keywordSpan, 'missing log-format string');
    const value = cursor.logFormat(word);
    return value === undefined ? undefined : { ...named, value };
  },
  compile({ variable, conditions, value }, env) {
    const make = env.logFormat(value, 'raw');
    const store = storeIf(variable, conditions);
    return (tx) => {
      store(tx, make(tx));
      return VERDICT_CONTINUE;
    };
  },
};

export const unsetVar: ActionRow<Named> = {
  name: 'unset-var', families: FAMILIES, final: false, doc: 'removes a variable',
  parse: parseName,
  compile({ variable }) {
    const clear = clearVariable(variable);
    return (tx) => {
      clear(tx);
      return VERDICT_CONTINUE;
    };
  },
};

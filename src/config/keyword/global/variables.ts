import { conditionProblem } from '../../../core/action/set_var.js';
import { parseVariable } from '../../../core/variable.js';
import type { GlobalDraft } from '../../draft.js';
import type { GlobalVariable } from '../../model.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import type { KeywordRow } from '../row.js';

type Value = GlobalVariable['value'];

/** `proc.name`, and conditions after commas as the action set-var has them. */
function parseName(walk: Walk, word: Word): Pick<GlobalVariable, 'name' | 'conditions'> | undefined {
  const [text = '', ...conditions] = word.text.split(',').map((part) => part.trim());
  const variable = parseVariable(text);
  if (variable === undefined) return walk.error(word, `'${walk.keyword}' : invalid variable name '${text}'`, 'Write proc.<name>.');
  if (variable.scope !== 'proc') {
    return walk.error(word, `'${walk.keyword}': cannot set variable '${text}', only scope 'proc' is permitted in the global section`);
  }
  for (const condition of conditions) {
    const problem = conditionProblem(condition);
    if (problem !== null) return walk.error(word, `'${walk.keyword}' : unknown condition '${condition}'`, `It ${problem}.`);
  }
  return { name: variable.name, conditions };
}

function row(name: string, what: string, argument: string, doc: string, read: (walk: Walk, word: Word) => Value | undefined): KeywordRow<GlobalDraft> {
  return {
    name,
    args: [
      { name: 'variable', type: 'text' },
      { name: argument, type: 'text' },
    ],
    support: 'yes',
    doc,
    parse(walk, { variables }) {
      const expects = `a process-wide variable name ('proc.<name>') and ${what}`;
      const variable = walk.need(expects);
      const word = variable === undefined ? undefined : walk.need(expects);
      const named = variable === undefined || word === undefined ? undefined : parseName(walk, variable);
      const value = named === undefined || word === undefined ? undefined : read(walk, word);
      if (named !== undefined && value !== undefined) variables.push({ ...named, value, span: walk.keywordSpan });
    },
  };
}

export const variableRows: readonly KeywordRow<GlobalDraft>[] = [
  row('set-var', 'a sample expression', 'expression', 'Sets a variable of the process at start, in all workers to the same value.', (walk, word) => walk.expression(word)),
  row('set-var-fmt', 'a format string', 'format', 'Like set-var, from a log-format string.', (walk, word) => walk.logFormat(word)),
];

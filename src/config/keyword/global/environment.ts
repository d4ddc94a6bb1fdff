import type { GlobalDraft } from '../../draft.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;

function assignment(name: string, doc: string): Row {
  return {
    name,
    args: [
      { name: 'name', type: 'text' },
      { name: 'value', type: 'text' },
    ],
    doc,
    support: 'yes',
    parse(walk) {
      const variable = walk.need('a name and a value');
      if (variable !== undefined && walk.next() === undefined) walk.error(variable, `'${name}' expects a name and a value`);
    },
  };
}

function names(name: string, optional: boolean, doc: string): Row {
  return {
    name,
    args: [{ name: 'name', type: 'rest', optional }],
    doc,
    support: 'yes',
    parse(walk) {
      if (walk.rest().length === 0 && !optional) walk.error(walk.keywordSpan, `'${name}' expects at least one variable name`);
    },
  };
}

/**
 * The keywords that change the environment. The parser has already applied them, because the lines below them may say `${NAME}`;
 * the rows check them.
 */
export const environmentRows: readonly Row[] = [
  assignment('setenv', 'Sets an environment variable, for the lines below and for the process.'),
  assignment('presetenv', 'Like setenv, unless the variable is already set.'),
  names('unsetenv', false, 'Removes environment variables.'),
  names('resetenv', true, 'Removes all environment variables but the named ones.'),
];

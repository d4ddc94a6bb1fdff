import type { FetchRow } from '../row.js';
import { parseVariable } from '../variable.js';

export const variableFetches: readonly FetchRow[] = [
  {
    name: 'var', args: [{ name: 'name', type: 'var' }, { name: 'default', type: 'str', optional: true }], out: 'any', needs: 'nothing',
    doc: 'a variable with the type it was stored with, or the default',
    compile(args) {
      const variable = parseVariable(String(args[0]))!;
      const fallback = args[1] === undefined || args[1] === null ? undefined : String(args[1]);
      return (tx) => tx.variables.get(variable) ?? fallback;
    },
    check: (args) => (parseVariable(String(args[0])) !== undefined ? null : { arg: 0, problem: 'expects a variable: proc, sess, txn, req or res, a dot, a name' }),
  },
];

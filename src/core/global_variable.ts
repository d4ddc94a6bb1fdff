import type { GlobalVariable } from '../config/model.js';
import { storeIf } from './action/set_var.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';

/** Sets the variables of `set-var` and `set-var-fmt` lines in their order: later ones may read earlier ones. */
export function compileVariables(variables: readonly GlobalVariable[], env: CompileEnv): (tx: Tx) => void {
  const lines = variables.map(({ name, conditions, value }) => ({
    read: 'items' in value ? env.logFormat(value, 'raw') : env.sample(value).fetch, store: storeIf({ scope: 'proc', name }, conditions),
  }));
  return (tx) => {
    for (const { read, store } of lines) {
      const value = read(tx);
      if (value !== undefined) store(tx, value);
    }
  };
}

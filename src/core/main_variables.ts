/** Variables of the process as the main thread has them, for the runtime API: kept equal to those of the workers. */
import type { GlobalVariable, Model } from '../config/model.js';
import { loadText } from '../config/load.js';
import { counterCells, serverRows } from './cells.js';
import { Environment } from './compile/environment.js';
import { Counters } from './count.js';
import { compileVariables } from './global_variable.js';
import { shareVariables, type Changes } from './process_variables.js';
import type { Value } from './row.js';
import { Tx } from './tx.js';

const never = (): never => {
  throw new Error('lines of the runtime API ask for nothing outside');
};

export interface MainVariableParts {
  readonly model: Model;
  readonly state: Int32Array;
  readonly initial: Changes;
  /** Over which the threads tell of changes. */
  readonly channel: string;
  /** Tells all workers, and resolves when they have heard. */
  spread(changes: Changes): Promise<void>;
}

export class MainVariables {
  private readonly env: Environment;
  private readonly tx = new Tx(new ArrayBuffer(4096));

  constructor(private readonly parts: MainVariableParts) {
    const { model, state, initial, channel } = parts;
    const { proxies, listeners } = model;
    const counters = new Counters(new BigUint64Array(counterCells(proxies.length, serverRows(model), listeners.length)), proxies.length);
    this.env = new Environment({ model, state, worker: 0, counters, ask: never, engine: never });
    for (const [name, value] of initial) if (value !== undefined) this.tx.variables.proc.set(name, value);
    shareVariables(this.tx.variables, channel);
  }

  /** `name` without its scope. */
  get(name: string): Value | undefined {
    return this.tx.variables.proc.get(name);
  }

  /** Sets a variable to what an expression, or a format, gives now. What is wrong with it, null if nothing is. */
  async set(name: string, kind: 'expr' | 'fmt', text: string): Promise<string | null> {
    const line = `global\n ${kind === 'fmt' ? 'set-var-fmt' : 'set-var'} proc.${name} '${text.replaceAll("'", `'"'"'`)}'\n`;
    const { model, diagnostics } = await loadText(line, { env: process.env }, 'stats socket command');
    const [variable] = model?.global.variables ?? [];
    if (variable === undefined) return diagnostics.find(({ severity }) => severity === 'alert')?.summary ?? 'cannot be read';
    this.evaluate(variable);
    // Who asked may go on at once: the next request is to see it.
    await this.parts.spread([[name, this.get(name)]]);
    return null;
  }

  private evaluate(variable: GlobalVariable): void {
    compileVariables([variable], this.env)(this.tx);
  }
}

/**
 * Variables of the process (scope proc) over all workers. Each worker has its own copy, read without a lock; what a rule of one
 * sets reaches the others a moment later, at the end of its pass, and the last word counts. So a value that a rule computes from
 * the old one may miss what another worker did meanwhile: count in stick tables.
 */
import { BroadcastChannel } from 'node:worker_threads';
import type { Model } from '../config/model.js';
import { counterCells, stateCells } from './cells.js';
import { Environment } from './compile/environment.js';
import { Counters } from './count.js';
import { compileVariables } from './global_variable.js';
import type { Value } from './row.js';
import { Tx } from './tx.js';
import type { Variables } from './variable.js';

/** Names without their scope, and values; undefined: the variable was removed. */
export type Changes = readonly (readonly [name: string, value: Value | undefined])[];

const never = (): never => {
  throw new Error('lines of the global section ask for nothing outside');
};

/** What the `set-var` lines of the global section make: evaluated once, for all workers. */
export function initialVariables(model: Model): Changes {
  const { proxies, servers, listeners } = model;
  if (model.global.variables.length === 0) return [];
  const sizes = [proxies.length, servers.length, listeners.length] as const;
  const env = new Environment({
    model, worker: 0, ask: never, engine: never,
    state: new Int32Array(stateCells(...sizes)), counters: new Counters(new BigUint64Array(counterCells(...sizes)), proxies.length),
  });
  const tx = new Tx(new ArrayBuffer(4096));
  compileVariables(model.global.variables, env)(tx);
  return [...tx.variables.proc];
}

/** The channel over which the threads of one configuration tell of variables; `pages` is the id of its pages. */
export const variablesChannel = (pages: number): string => `tsproxy variables ${pages}`;

/** Makes changes that another thread has told of. */
export function takeChanges({ proc }: Variables, changes: Changes): void {
  for (const [variable, value] of changes) {
    if (value === undefined) proc.delete(variable);
    else proc.set(variable, value);
  }
}

/** Keeps a worker's variables of the process equal to those of the workers that share `name`. Returns what ends it. */
export function shareVariables(variables: Variables, name: string): () => void {
  const channel = new BroadcastChannel(name);
  // It must not keep a worker alive.
  channel.unref();
  const changed = new Map<string, Value | undefined>();
  const tell = (): void => {
    channel.postMessage([...changed]);
    changed.clear();
  };
  variables.onProcess = (variable, value) => {
    if (changed.size === 0) setImmediate(tell);
    changed.set(variable, value);
  };
  channel.onmessage = (message) => {
    // What this worker is about to say itself comes later.
    takeChanges(variables, (message as { data: Changes }).data.filter(([variable]) => !changed.has(variable)));
  };
  return () => channel.close();
}

import type { AclTest, Condition, LogFormat, Model, SampleExpression } from '../../config/model.js';
import type { Engine } from '../addon.js';
import type { Fetch, SampleType } from '../row.js';
import type { Tx } from '../tx.js';

/** What rows are compiled against: one per worker and Model. */
export interface CompileEnv {
  readonly model: Model;
  /** Shared state cells (Int32, Atomics). */
  readonly state: Int32Array;
  /** Number of this worker, from 0. */
  readonly worker: number;
  sample(expression: SampleExpression): { readonly fetch: Fetch; readonly type: SampleType };
  /** The sample cast to text as in a log-format string. */
  text(expression: SampleExpression): (tx: Tx) => string | undefined;
  logFormat(format: LogFormat): (tx: Tx) => string;
  condition(condition: Condition): (tx: Tx) => boolean;
  acl(test: AclTest): (tx: Tx) => boolean;
  /** Registers a canned response (bytes as on the wire) and returns its index, the same for the same bytes. */
  canned(raw: string): number;
  /** Asks the main thread (metrics, statistics); the session is parked with VERDICT_YIELD and resumed by the answer. */
  ask(topic: string, request: unknown): Promise<unknown>;
  /** The engine, once it exists: not to be called while compiling. */
  engine(): Engine;
}

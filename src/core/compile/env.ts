import type { AclTest, Condition, LogFormat, Model, SampleExpression } from '../../config/model.js';
import type { ProfileStep } from '../../config/log.js';
import type { Engine } from '../addon.js';
import type { Counters } from '../count.js';
import type { PatternReferences } from '../pattern/references.js';
import type { Fetch, SampleType, Visit } from '../row.js';
import type { StickAccess } from '../stick/access.js';
import type { Tx } from '../tx.js';

/**
 * How sample values stand in a log-format string: control characters as %XX (header fields, replies), as they are (variables, names),
 * or as they are with a dash for what is missing (lines of logs).
 */
export type Encoding = 'http' | 'raw' | 'log';

/**
 * What is to be kept on the Stream for later phases only if a rule asks for it: the request line, what the last rules were,
 * the TLVs of PROXY headers.
 */
export type Keepsake = 'request-line' | 'last-rule' | 'proxy-tlvs';

/** What rows are compiled against: one per worker and Model. */
export interface CompileEnv {
  readonly model: Model;
  /** Shared state cells (Int32, Atomics). */
  readonly state: Int32Array;
  /** Number of this worker, from 0. */
  readonly worker: number;
  /** This worker's counters of what rules decide. */
  readonly counters: Counters;
  /** The lists of ACLs and maps of this worker. */
  readonly patterns: PatternReferences;
  /** Complete once everything is compiled. */
  readonly keeps: Set<Keepsake>;
  sample(expression: SampleExpression): { readonly fetch: Fetch; readonly type: SampleType };
  /** The sample as a value of that type, undefined if there is none or it can't be converted. Integers are the nearest numbers. */
  typed(expression: SampleExpression, type: SampleType): Fetch;
  /** The sample cast to text as in a log-format string. */
  text(expression: SampleExpression): (tx: Tx) => string | undefined;
  /** Tries every value of the sample until visit says true, as ACLs do. */
  each(expression: SampleExpression, visit: Visit): (tx: Tx) => boolean;
  logFormat(format: LogFormat, encoding?: Encoding): (tx: Tx) => string;
  condition(condition: Condition): (tx: Tx) => boolean;
  acl(test: AclTest): (tx: Tx) => boolean;
  /** Registers a canned response (bytes as on the wire) and returns its index, the same for the same bytes. */
  canned(raw: string): number;
  /** The verdict that answers with the session's proxy's error response for a status. */
  error(status: number): (tx: Tx) => number;
  /** Writes a log line of the session's frontend now, by the steps of a log-profile where one is named (manual: do-log). */
  logLine(step: ProfileStep, profile: string | null): (tx: Tx) => void;
  /** Asks the main thread (metrics, statistics); the session is parked with VERDICT_YIELD and resumed by the answer. */
  ask(topic: string, request: unknown): Promise<unknown>;
  /** The stick tables: not to be called while compiling. */
  sticks(): StickAccess;
  /** The engine, once it exists: not to be called while compiling. */
  engine(): Engine;
}


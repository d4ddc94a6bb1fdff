/** Samples and log-format strings in health checks: the rules' own machinery, over what the server has answered. Main thread. */
import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_BACKEND, FACT_BODY_LEN, FACT_BODY_OFF, FACT_COUNT, FACT_FLAGS, FACT_FRONTEND, FACT_HEADER_COUNT, FACT_HEADER_TABLE,
  FACT_HEAD_LEN, FACT_HEAD_OFF, FACT_REASON_LEN, FACT_REASON_OFF, FACT_SERVER, FACT_SESSION, FACT_STATUS, FACT_VERSION, FF_BODY_COMPLETE, FF_RESPONSE, PHASE_RESPONSE,
  PHASE_TCP_RESPONSE,
} from '../../core/abi.js';
import { counterCells, serverRows } from '../../core/cells.js';
import { Environment } from '../../core/compile/environment.js';
import { Counters } from '../../core/count.js';
import type { Changes } from '../../core/process_variables.js';
import { Tx } from '../../core/tx.js';
import type { Model } from '../../config/model.js';
import type { ResponseHead } from './http_message.js';

const never = (): never => {
  throw new Error('health checks ask for nothing outside');
};

/** Rows of the header table; further headers can't be seen by samples. */
const HEADER_ROWS = 256;

/** Where a check is: what its samples see. */
export interface CheckView {
  /** Number of the check, for its variables. */
  readonly number: number;
  readonly server: number;
  readonly proxy: number;
  /** ms since 1970 at which this run began: variables of an earlier one are gone. */
  readonly began: number;
  /** The response's head, if it is HTTP and complete. */
  readonly head: ResponseHead | null;
  /** All bytes that have arrived. */
  readonly input: Buffer;
}

export class CheckSamples {
  readonly env: Environment;
  readonly tx: Tx;
  private readonly bytesAt: number;
  private readonly size: number;

  constructor(model: Model, state: Int32Array, variables: Changes) {
    const { proxies, listeners } = model;
    const counters = new Counters(new BigUint64Array(counterCells(proxies.length, serverRows(model), listeners.length)), proxies.length);
    this.env = new Environment({ model, state, worker: 0, counters, ask: never, engine: never });
    this.size = model.global.tune.bufsize;
    this.bytesAt = (FACT_COUNT + HEADER_ROWS * 4) * 4;
    this.tx = new Tx(new ArrayBuffer(this.bytesAt + ((this.size + 7) & ~7)));
    for (const [name, value] of variables) if (value !== undefined) this.tx.variables.proc.set(name, value);
  }

  /** The facts of a check, to be called before a sample of it is read. */
  at(view: CheckView): Tx {
    const { facts, bytes } = this.tx;
    facts.fill(0, 0, FACT_COUNT);
    facts[FACT_SESSION] = view.number << 8;
    facts[FACT_FRONTEND] = facts[FACT_BACKEND] = view.proxy;
    facts[FACT_SERVER] = view.server;
    facts[FACT_FLAGS] = FF_RESPONSE | FF_BODY_COMPLETE;
    facts[FACT_ACCEPT_SEC] = Math.floor(view.began / 1000);
    facts[FACT_ACCEPT_USEC] = Math.floor((view.began % 1000) * 1000);
    facts[FACT_HEADER_TABLE] = FACT_COUNT;
    const there = Math.min(view.input.length, this.size);
    bytes.set(view.input.subarray(0, there), this.bytesAt);
    facts[FACT_HEAD_OFF] = this.bytesAt;
    const headLength = view.head === null ? 0 : this.headFacts(view.head);
    facts[FACT_BODY_OFF] = this.bytesAt + headLength;
    facts[FACT_BODY_LEN] = there - headLength;
    this.tx.begin(view.head === null ? PHASE_TCP_RESPONSE : PHASE_RESPONSE);
    return this.tx;
  }

  private headFacts({ status, reason, reasonAt, version, headers, length }: ResponseHead): number {
    const { facts } = this.tx;
    facts[FACT_STATUS] = status;
    facts[FACT_VERSION] = version;
    facts[FACT_HEAD_LEN] = length;
    facts[FACT_REASON_OFF] = reasonAt;
    facts[FACT_REASON_LEN] = reason.length;
    const count = Math.min(headers.length, HEADER_ROWS);
    facts[FACT_HEADER_COUNT] = count;
    for (let i = 0; i < count; i++) {
      const { name, nameAt, value, valueAt } = headers[i]!;
      const cell = FACT_COUNT + i * 4;
      facts[cell] = nameAt;
      facts[cell + 1] = name.length;
      facts[cell + 2] = valueAt;
      facts[cell + 3] = value.length;
    }
    return length;
  }
}

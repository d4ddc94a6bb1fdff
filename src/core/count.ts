import {
  CL_INTERNAL_ERRORS, CL_REQ_DENIED, CL_RESP_DENIED, CL_REWRITE_FAILED, FACT_LISTENER, CB_INTERNAL_ERRORS, CB_REQ_DENIED, CB_RESP_DENIED, CB_REWRITE_FAILED, CF_INTERCEPTED, CF_INTERNAL_ERRORS, CF_REQ_DENIED,
  CF_RESP_DENIED, CF_REWRITE_FAILED, CS_INTERNAL_ERRORS, CS_RESP_DENIED, CS_REWRITE_FAILED,
} from './abi.js';
import { backendCounter, frontendCounter, serverCounter } from './cells.js';
import type { Tx } from './tx.js';

/** Which cells an event raises, by the part of the session: null = none. */
interface Event {
  readonly frontend: number | null;
  readonly backend: number | null;
  readonly server: number | null;
  readonly listener: number;
}

const REQUEST_DENIED: Event = { frontend: CF_REQ_DENIED, backend: CB_REQ_DENIED, server: null, listener: CL_REQ_DENIED };
const RESPONSE_DENIED: Event = { frontend: CF_RESP_DENIED, backend: CB_RESP_DENIED, server: CS_RESP_DENIED, listener: CL_RESP_DENIED };
const REWRITE_FAILED: Event = { frontend: CF_REWRITE_FAILED, backend: CB_REWRITE_FAILED, server: CS_REWRITE_FAILED, listener: CL_REWRITE_FAILED };
const INTERNAL_ERROR: Event = { frontend: CF_INTERNAL_ERRORS, backend: CB_INTERNAL_ERRORS, server: CS_INTERNAL_ERRORS, listener: CL_INTERNAL_ERRORS };

/**
 * Counts what rules decide, in this worker's row of the shared counters. One writer: the engine of the same worker counts in
 * other cells, on the same thread. A cell is 64 bits, written as two halves so that no BigInt is made.
 */
export class Counters {
  /** Hears of requests that a rule has refused. */
  onRequestDenied: ((tx: Tx) => void) | null = null;
  /** First counters of the listeners that count for themselves (option socket-stats), by their index. */
  listeners: readonly (number | undefined)[] = [];
  private readonly halves: Uint32Array;
  /** The rows of all workers, as halves. */
  private readonly page: Uint32Array;

  constructor(row: BigUint64Array, private readonly proxies: number) {
    this.halves = new Uint32Array(row.buffer, row.byteOffset, row.length * 2);
    this.page = new Uint32Array(row.buffer);
  }

  /** Number of workers that count. */
  get workers(): number {
    return Math.floor(this.page.length / this.halves.length);
  }
  /** A counter of this worker. */
  own(cell: number): number {
    return this.halves[cell * 2 + 1]! * 2 ** 32 + this.halves[cell * 2]!;
  }
  /** Sum of a counter over all workers. */
  total(cell: number): number {
    const { page, halves } = this;
    let sum = 0;
    for (let worker = 0; worker < this.workers; worker++) {
      const at = worker * halves.length + cell * 2;
      sum += page[at + 1]! * 2 ** 32 + page[at]!;
    }
    return sum;
  }

  /** Adds to a counter of this worker. */
  add(cell: number, count: number): void {
    const low = this.halves[cell * 2]! + count;
    this.halves[cell * 2] = low >>> 0;
    if (low >= 2 ** 32) this.halves[cell * 2 + 1]!++;
  }
  private raise(cell: number): void {
    const low = (this.halves[cell * 2]! + 1) >>> 0;
    this.halves[cell * 2] = low;
    if (low === 0) this.halves[cell * 2 + 1]!++;
  }

  private event(tx: Tx, event: Event): void {
    if (event.frontend !== null) this.raise(frontendCounter(tx.frontend, event.frontend));
    if (event.backend !== null && tx.backend >= 0) this.raise(backendCounter(tx.backend, event.backend));
    if (event.server !== null && tx.server >= 0) this.raise(serverCounter(this.proxies, tx.server, event.server));
    const first = this.listeners[tx.facts[FACT_LISTENER]!];
    if (first !== undefined) this.raise(first + event.listener);
  }

  /** A rule refused the message in the window. */
  denied(tx: Tx): void {
    this.event(tx, tx.isResponse() ? RESPONSE_DENIED : REQUEST_DENIED);
    if (this.onRequestDenied !== null && !tx.isResponse()) this.onRequestDenied(tx);
  }
  /** A rule or service answered the request. */
  intercepted(tx: Tx): void {
    this.raise(frontendCounter(tx.frontend, CF_INTERCEPTED));
  }
  rewriteFailed(tx: Tx): void {
    this.event(tx, REWRITE_FAILED);
  }
  internalError(tx: Tx): void {
    this.event(tx, INTERNAL_ERROR);
  }
}

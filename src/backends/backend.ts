import type { Tx } from '../core/tx.js';

/**
 * The part of the house that the core asks "which server?". One per worker over the shared state, so that weights, states, slots
 * and positions are one truth for all workers.
 */
export interface Backends {
  /**
   * Chooses a server of a backend for this session and takes a slot of it: VERDICT_SERVER with its index, VERDICT_QUEUE with the
   * server's index or ARG_NONE, or VERDICT_ERROR 503 if nothing is usable. On redispatch the failed server is avoided if
   * another one is usable. `tx` holds the facts of the request. Allocates nothing.
   */
  assign(backend: number, tx: Tx): number;
  /** PHASE_SLOT: a slot of `server` is free and somebody waits for it: resumes waiting sessions in their order. */
  slotFree(server: number): void;
  /** A queued session ended or timed out: it leaves the queue without a slot. */
  forget(session: number): void;
}

/** A balancing algorithm over one backend: the index into the backend's servers, -1 if none is usable. */
export interface Balancer {
  next(tx: Tx): number;
}

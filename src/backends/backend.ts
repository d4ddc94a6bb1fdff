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
  /**
   * A rule names the server: VERDICT_SERVER, or VERDICT_QUEUE if it is full; VERDICT_CONTINUE if it is down, unless `force`.
   */
  use(server: number, tx: Tx, force: boolean): number;
  /** PHASE_SLOT: a slot of `server` is free and somebody waits for it: resumes waiting sessions in their order. -1: any server. */
  slotFree(server: number): void;
  /** A queued session ended or timed out: it leaves the queue without a slot. A session that isn't queued is ignored. */
  forget(session: number): void;
  /** The state, weight or limit of `server` changed: its queue moves on if it is down, waiting sessions go to it if it is up. */
  changed(server: number): void;
}

/** What a balancing algorithm chooses from. All lists are replaced only in `rebuild`. */
export interface Farm {
  /** Proxy index of the backend. */
  readonly proxy: number;
  /** Server indices that may get traffic now, in the order of the file: the active ones, else the backups. */
  readonly usable: Int32Array;
  /** How many of `usable` are valid. */
  readonly count: number;
  readonly weights: Int32Array;
}

/**
 * A balancing algorithm over one backend. It only proposes; the caller takes the slot and asks again if another worker was faster.
 */
export interface Balancer {
  /** The algorithm may propose a full server whose queue has room (`maxqueue`): the session then waits for that server. */
  readonly queues: boolean;
  /** The farm changed: a server's state or weight. May allocate. */
  rebuild(): void;
  /** A server index with room, other than `avoid` (-1 = none to avoid); -1 if all are full. Allocates nothing. */
  next(tx: Tx, avoid: number): number;
}

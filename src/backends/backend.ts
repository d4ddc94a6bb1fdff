import type { Server } from '../config/model.js';
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
   * A rule, cookie or table names the server: VERDICT_SERVER, or VERDICT_QUEUE if it is full; VERDICT_CONTINUE if it is down (unless
   * `force`) or its queue is full. A server that drains takes it.
   */
  use(server: number, tx: Tx, force: boolean): number;
  /** Gives back what assign() or use() has answered with, for a session that needs no server after all. */
  giveBack(verdict: number, session: number): void;
  /** PHASE_SLOT: a slot of `server` is free and somebody waits for it: resumes waiting sessions in their order. -1: any server. */
  slotFree(server: number): void;
  /** A queued session ended or timed out: it leaves the queue without a slot. A session that isn't queued is ignored. */
  forget(session: number): void;
  /** The state, weight or limit of `server` changed: its queue moves on if it is down, waiting sessions go to it if it is up. */
  changed(server: number): void;
  /** What the backend's algorithm hashes: to be told once, before the first choice, where the algorithm has a key. */
  hashBy(backend: number, key: Key): void;
  /** A server was added at run time: it stands in the Model's lists by now. */
  grow(server: Server): void;
}

/** What is hashed of a request: 0 to 2^32 - 1, or NO_KEY. Allocates nothing that outlives the request. */
export type Key = (tx: Tx) => number;
/** The request has no key: the algorithm takes turns instead. */
export const NO_KEY = -1;

/** What a balancing algorithm chooses from. All lists are replaced only in `rebuild`. */
export interface Farm {
  /** Proxy index of the backend. */
  readonly proxy: number;
  /** Server indices that may get traffic now, in the order of the file: the active ones, else the backups. */
  readonly usable: Int32Array;
  /** How many of `usable` are valid. */
  readonly count: number;
  /** Effective weights (sixteenths), above 0, by position in `usable`. */
  readonly weights: Int32Array;
  /** The key of requests, for algorithms that hash one. */
  readonly key: Key;
  /** Numbers from 0 up to 1, for algorithms that draw. */
  readonly random: () => number;
}

/** When an algorithm may propose a full server, for the session to wait for that very one. */
export type Queueing =
  /** Never: sessions wait for any server. */
  | 'never'
  /** Where the server has a `maxqueue` and fewer are waiting (manual: maxqueue). */
  | 'limited'
  /** Always, unless `maxqueue` is reached: the algorithm is bound to its choice. */
  | 'always';

/**
 * A balancing algorithm over one backend. It only proposes; the caller takes the slot and asks again if another worker was faster.
 */
export interface Balancer {
  readonly queues: Queueing;
  /** The farm changed: a server's state or weight. May allocate. */
  rebuild(): void;
  /**
   * A server index with room, other than `avoid` (-1 = none to avoid), or one to wait for as `queues` says; -1 if there is none.
   * `tx` null: for a session that waits for any server. Allocates nothing.
   */
  next(tx: Tx | null, avoid: number): number;
}

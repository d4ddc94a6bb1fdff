/**
 * Who is first over all workers: each worker publishes the rank of the first session of each of its queues in the shared pages, and
 * leaves a free slot to the worker whose session has waited for longer, waking it. One that does not take it within a moment is
 * passed over, so nobody waits beside a free slot for longer than that.
 */
import { queueHeads } from '../core/cells.js';
import type { Model } from '../config/model.js';

/** How long a slot is left to a worker that has an older session, ms. */
const PATIENCE_MS = 2;

/** What a line-up asks of its owner. */
export interface Errands {
  /** Wakes the workers in which sessions wait. */
  passOn(): void;
  /** lookAgain() is to be called in so many ms. */
  lookAgainIn(ms: number): void;
}

export class LineUp {
  private readonly heads: Float64Array;
  private readonly lists: number;
  private readonly first: number;
  /** By list: the rank that a slot was left to; 0 = none. */
  private readonly leftTo: Float64Array;
  private readonly left: number[] = [];
  private waits = false;

  constructor(model: Model, state: Int32Array, private readonly worker: number, private readonly errands: Errands) {
    const { heads, lists } = queueHeads(model, state);
    this.heads = heads;
    this.lists = lists;
    this.first = worker * lists;
    this.leftTo = new Float64Array(lists);
  }

  /** The rank of the first session of a list in this worker, Infinity if there is none. */
  publish(list: number, rank: number): void {
    if (this.first + list < this.heads.length) this.heads[this.first + list] = rank === Infinity ? 0 : rank;
  }

  /** A slot was left to another worker. */
  passOn(): void {
    this.errands.passOn();
  }

  /** True if a session of another worker in the same list comes before that rank. `others`: how many wait there. */
  isBehind(list: number, rank: number, others: number): boolean {
    if (others <= 0) return false;
    let least = Infinity;
    for (let at = list; at < this.heads.length; at += this.lists) {
      const head = this.heads[at]!;
      if (head !== 0 && head < least && at !== this.first + list) least = head;
    }
    return least < rank && this.leave(list, least);
  }

  /** False if the slot was left to that rank before, and its worker did nothing about it. */
  private leave(list: number, rank: number): boolean {
    if (this.leftTo[list] === -rank) return false;
    if (this.leftTo[list] === rank) return true;
    this.leftTo[list] = rank;
    this.left.push(list);
    if (!this.waits) this.errands.lookAgainIn(PATIENCE_MS);
    this.waits = true;
    return true;
  }

  /** Patience is over for those who were let go ahead: `retry` offers free slots to the waiting sessions of this worker. */
  lookAgain(retry: () => void): void {
    this.waits = false;
    const lists = this.left.splice(0);
    // Negative: patience with that rank is over.
    for (const list of lists) this.leftTo[list] = -this.leftTo[list]!;
    retry();
    for (const list of lists) if (this.leftTo[list]! < 0) this.leftTo[list] = 0;
  }
}

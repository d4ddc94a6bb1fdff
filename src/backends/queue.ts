/**
 * The waiting sessions of one worker: one list per backend and one per server, in the order of priority, then of arrival over all
 * of them (manual: set-priority-class, set-priority-offset). The lists are linked through arrays indexed by the session's index
 * (handle >>> 8), so leaving and popping are O(1), joining passes over those that come later, and nothing is allocated, except
 * when the worker has more sessions than ever before.
 */
const NONE = -1;

export class Queues {
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  private readonly sizes: Int32Array;
  private handles = new Int32Array(64);
  private nextOf = new Int32Array(64).fill(NONE);
  private prevOf = new Int32Array(64).fill(NONE);
  private listOf = new Int32Array(64).fill(NONE);
  private tickets = new Float64Array(64);
  private ranks = new Float64Array(64);
  private lastTicket = 0;

  /** `lists` lists, numbered from 0. */
  constructor(lists: number) {
    this.head = new Int32Array(lists).fill(NONE);
    this.tail = new Int32Array(lists).fill(NONE);
    this.sizes = new Int32Array(lists);
  }

  size(list: number): number {
    return this.sizes[list]!;
  }

  /** The list a session waits in, -1 if in none. */
  where(session: number): number {
    const slot = session >>> 8;
    return slot < this.listOf.length && this.handles[slot] === (session | 0) ? this.listOf[slot]! : NONE;
  }

  /** The handle that waits at the index of `session`, of whatever generation; the handle itself if none does. */
  occupant(session: number): number {
    const slot = session >>> 8;
    return slot < this.listOf.length && this.listOf[slot] !== NONE ? this.handles[slot]! : session;
  }

  /** True if the first of list `a`, which isn't empty, comes before the first of list `b`, or `b` is empty. */
  isAhead(a: number, b: number): boolean {
    const other = this.head[b]!;
    return other === NONE || this.comesBefore(this.head[a]!, other);
  }

  /**
   * Joins a list behind all that come before it. `rank`: lower ones first; equal ones in the order of arrival. No session of the
   * same index, of whatever generation, may be in a list: see occupant().
   */
  push(list: number, session: number, rank = 0): void {
    const slot = session >>> 8;
    if (slot >= this.listOf.length) this.grow(slot);
    this.handles[slot] = session;
    this.ranks[slot] = rank;
    this.tickets[slot] = ++this.lastTicket;
    this.insert(list, slot);
  }

  /** Leaves its list for another one and keeps its place. */
  move(session: number, to: number): void {
    const slot = session >>> 8;
    this.unlink(slot);
    this.insert(to, slot);
  }

  private comesBefore(a: number, b: number): boolean {
    const difference = this.ranks[a]! - this.ranks[b]!;
    return difference < 0 || (difference === 0 && this.tickets[a]! < this.tickets[b]!);
  }

  private insert(list: number, slot: number): void {
    let before = this.tail[list]!;
    while (before !== NONE && this.comesBefore(slot, before)) before = this.prevOf[before]!;
    this.link(list, slot, before);
  }

  /** Handle of the first session of a list that isn't empty. */
  peek(list: number): number {
    return this.handles[this.head[list]!]!;
  }

  /** Leaves its list. The session must be in one. */
  remove(session: number): void {
    this.unlink(session >>> 8);
  }

  private link(list: number, slot: number, before: number): void {
    const after = before === NONE ? this.head[list]! : this.nextOf[before]!;
    this.prevOf[slot] = before;
    this.nextOf[slot] = after;
    if (before === NONE) this.head[list] = slot;
    else this.nextOf[before] = slot;
    if (after === NONE) this.tail[list] = slot;
    else this.prevOf[after] = slot;
    this.listOf[slot] = list;
    this.sizes[list]!++;
  }

  private unlink(slot: number): void {
    const list = this.listOf[slot]!;
    const before = this.prevOf[slot]!;
    const after = this.nextOf[slot]!;
    if (before === NONE) this.head[list] = after;
    else this.nextOf[before] = after;
    if (after === NONE) this.tail[list] = before;
    else this.prevOf[after] = before;
    this.listOf[slot] = NONE;
    this.sizes[list]!--;
  }

  private grow(slot: number): void {
    const size = 2 ** Math.ceil(Math.log2(slot + 1));
    const wider = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(size).fill(NONE);
      to.set(from);
      return to;
    };
    this.handles = wider(this.handles);
    this.nextOf = wider(this.nextOf);
    this.prevOf = wider(this.prevOf);
    this.listOf = wider(this.listOf);
    const widerNumbers = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(size);
      to.set(from);
      return to;
    };
    this.tickets = widerNumbers(this.tickets);
    this.ranks = widerNumbers(this.ranks);
  }
}

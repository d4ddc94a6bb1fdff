/**
 * The waiting sessions of one worker: one FIFO per backend and one per server, in the order of arrival over all of them. The lists
 * are linked through arrays indexed by the session's index (handle >>> 8), so joining, leaving and popping are O(1) and
 * allocate nothing, except when the worker has more sessions than ever before.
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
  private lastTicket = 0;

  /** `lists` FIFOs, numbered from 0. */
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

  /** Arrival number of the oldest session of a list, Infinity if it is empty. */
  oldest(list: number): number {
    const slot = this.head[list]!;
    return slot === NONE ? Infinity : this.tickets[slot]!;
  }

  /** Joins the end of a list. No session of the same index, of whatever generation, may be in one: see occupant(). */
  push(list: number, session: number): void {
    const slot = session >>> 8;
    if (slot >= this.listOf.length) this.grow(slot);
    this.handles[slot] = session;
    this.tickets[slot] = ++this.lastTicket;
    this.link(list, slot, this.tail[list]!);
  }

  /** Leaves its list for another one and keeps its place by arrival. */
  move(session: number, to: number): void {
    const slot = session >>> 8;
    this.unlink(slot);
    let before = this.tail[to]!;
    while (before !== NONE && this.tickets[before]! > this.tickets[slot]!) before = this.prevOf[before]!;
    this.link(to, slot, before);
  }

  /** Handle of the oldest session of a list that isn't empty. */
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
    const tickets = new Float64Array(size);
    tickets.set(this.tickets);
    this.tickets = tickets;
  }
}

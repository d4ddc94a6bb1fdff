/**
 * The waiting sessions of one worker: a list for each backend and each server, in the order of rank, then of arrival over all of them
 * (manual: set-priority-class, set-priority-offset). A list is a binary heap of session indices (handle >>> 8), with the place of
 * each session noted, so that joining, leaving from anywhere and popping cost O(log n), and O(1) where all ranks come in order.
 */
const NONE = -1;

export class Queues {
  private readonly heaps: (number[] | undefined)[];
  /** Lists that aren't empty, and the place of each list in there. */
  private readonly active: number[] = [];
  private readonly placeOfList: Int32Array;
  private handles = new Int32Array(64);
  private listOf = new Int32Array(64).fill(NONE);
  private placeOf = new Int32Array(64);
  private tickets = new Float64Array(64);
  private ranks = new Float64Array(64);
  private pinned = new Uint8Array(64);
  private lastTicket = 0;

  /** `lists` lists, numbered from 0. */
  constructor(lists: number) {
    this.heaps = new Array<number[] | undefined>(lists);
    this.placeOfList = new Int32Array(lists).fill(NONE);
  }

  size(list: number): number {
    return this.heaps[list]?.length ?? 0;
  }

  /** Visits each list that isn't empty. Lists may become empty meanwhile; one may be visited twice. */
  eachList(visit: (list: number) => void): void {
    for (let i = this.active.length - 1; i >= 0; i--) if (i < this.active.length) visit(this.active[i]!);
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
    const other = this.heaps[b]?.[0];
    return other === undefined || this.comesBefore(this.heaps[a]![0]!, other);
  }

  /** Rank of a session that waits. */
  rank(session: number): number {
    return this.ranks[session >>> 8]!;
  }

  /** True if a session waits for its server even while that is down. */
  isPinned(session: number): boolean {
    return this.pinned[session >>> 8] !== 0;
  }

  /**
   * Joins a list behind all that come before it. `rank`: lower ones first; equal ones in the order of arrival. No session of the
   * same index, of whatever generation, may be in a list: see occupant().
   */
  push(list: number, session: number, rank = 0, pinned = false): void {
    const slot = session >>> 8;
    if (slot >= this.listOf.length) this.grow(slot);
    this.handles[slot] = session;
    this.ranks[slot] = rank;
    this.pinned[slot] = pinned ? 1 : 0;
    this.tickets[slot] = ++this.lastTicket;
    this.insert(list, slot);
  }

  /** Leaves its list for another one and keeps its place. */
  move(session: number, to: number): void {
    const slot = session >>> 8;
    this.unlink(slot);
    this.insert(to, slot);
  }

  /** Handle of the first session of a list that isn't empty. */
  peek(list: number): number {
    return this.handles[this.heaps[list]![0]!]!;
  }

  /** Handle of the first session of a list that isn't pinned; null if there is none. */
  peekLoose(list: number): number | null {
    let best = NONE;
    for (const slot of this.heaps[list] ?? []) if (this.pinned[slot] === 0 && (best === NONE || this.comesBefore(slot, best))) best = slot;
    return best === NONE ? null : this.handles[best]!;
  }

  /** Leaves its list. The session must be in one. */
  remove(session: number): void {
    this.unlink(session >>> 8);
  }

  private comesBefore(a: number, b: number): boolean {
    const difference = this.ranks[a]! - this.ranks[b]!;
    return difference < 0 || (difference === 0 && this.tickets[a]! < this.tickets[b]!);
  }

  private insert(list: number, slot: number): void {
    const heap = (this.heaps[list] ??= []);
    if (heap.length === 0) this.placeOfList[list] = this.active.push(list) - 1;
    this.listOf[slot] = list;
    heap.push(slot);
    this.up(heap, heap.length - 1);
  }

  private unlink(slot: number): void {
    const list = this.listOf[slot]!;
    const heap = this.heaps[list]!;
    const hole = this.placeOf[slot]!;
    const last = heap.pop()!;
    this.listOf[slot] = NONE;
    if (heap.length === 0) this.retire(list);
    if (last === slot) return;
    this.put(heap, hole, last);
    this.up(heap, hole);
    this.down(heap, this.placeOf[last]!);
  }

  private retire(list: number): void {
    const last = this.active.pop()!;
    if (last !== list) {
      this.active[this.placeOfList[list]!] = last;
      this.placeOfList[last] = this.placeOfList[list]!;
    }
    this.placeOfList[list] = NONE;
  }

  private put(heap: number[], at: number, slot: number): void {
    heap[at] = slot;
    this.placeOf[slot] = at;
  }

  private up(heap: number[], from: number): void {
    let at = from;
    const slot = heap[at]!;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.comesBefore(slot, heap[parent]!)) break;
      this.put(heap, at, heap[parent]!);
      at = parent;
    }
    this.put(heap, at, slot);
  }

  private down(heap: number[], from: number): void {
    let at = from;
    const slot = heap[at]!;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.comesBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.comesBefore(heap[child]!, slot)) break;
      this.put(heap, at, heap[child]!);
      at = child;
    }
    this.put(heap, at, slot);
  }

  private grow(slot: number): void {
    const size = 2 ** Math.ceil(Math.log2(slot + 1));
    const wider = <T extends Int32Array | Float64Array | Uint8Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.handles = wider(new Int32Array(size), this.handles);
    this.listOf = wider(new Int32Array(size).fill(NONE), this.listOf);
    this.placeOf = wider(new Int32Array(size), this.placeOf);
    this.tickets = wider(new Float64Array(size), this.tickets);
    this.ranks = wider(new Float64Array(size), this.ranks);
    this.pinned = wider(new Uint8Array(size), this.pinned);
  }
}

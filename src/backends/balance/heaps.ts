/** Binary heaps over small integers 0 … n-1, each at most once in a heap; removal from the middle is O(log n). */

abstract class Heap {
  private readonly heap: Int32Array;
  private readonly at: Int32Array;
  size = 0;

  constructor(n: number) {
    this.heap = new Int32Array(n);
    this.at = new Int32Array(n).fill(-1);
  }

  protected abstract isBefore(a: number, b: number): boolean;

  protected top(): number {
    return this.heap[0]!;
  }

  protected add(item: number): void {
    this.heap[this.size] = item;
    this.at[item] = this.size;
    this.up(this.size++);
  }

  pop(): number {
    const first = this.heap[0]!;
    this.remove(first);
    return first;
  }

  /** Takes an item out; one that isn't in is ignored. */
  remove(item: number): void {
    const hole = this.at[item]!;
    if (hole < 0) return;
    this.at[item] = -1;
    const last = this.heap[--this.size]!;
    if (hole === this.size) return;
    this.heap[hole] = last;
    this.at[last] = hole;
    this.up(hole);
    this.down(this.at[last]!);
  }

  private up(from: number): void {
    let at = from;
    const item = this.heap[at]!;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(item, this.heap[parent]!)) break;
      this.place(at, this.heap[parent]!);
      at = parent;
    }
    this.place(at, item);
  }

  private down(from: number): void {
    let at = from;
    const item = this.heap[at]!;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.isBefore(this.heap[child + 1]!, this.heap[child]!)) child++;
      if (!this.isBefore(this.heap[child]!, item)) break;
      this.place(at, this.heap[child]!);
      at = child;
    }
    this.place(at, item);
  }

  private place(at: number, item: number): void {
    this.heap[at] = item;
    this.at[item] = at;
  }
}

/** The least item first. */
export class IndexHeap extends Heap {
  push(item: number): void {
    this.add(item);
  }

  protected isBefore(a: number, b: number): boolean {
    return a < b;
  }
}

/** The item with the earliest time first. */
export class TimedHeap extends Heap {
  private readonly time: Float64Array;

  constructor(n: number) {
    super(n);
    this.time = new Float64Array(n);
  }

  push(item: number, time: number): void {
    this.time[item] = time;
    this.add(item);
  }

  /** Infinity if the heap is empty. */
  topTime(): number {
    return this.size === 0 ? Infinity : this.time[this.top()]!;
  }

  protected isBefore(a: number, b: number): boolean {
    return this.time[a]! < this.time[b]!;
  }
}

/** A binary heap of numbered things by due time, with the place of each known, so that a time can be changed. No allocation per use. */
export class DueQueue {
  private heap: Int32Array;
  private place: Int32Array;
  private due: Float64Array;
  private size = 0;

  /** For things 0..count-1, none of them due. */
  constructor(count: number) {
    this.heap = new Int32Array(count);
    this.place = new Int32Array(count).fill(-1);
    this.due = new Float64Array(count);
  }

  /** Things that there is room for. */
  get capacity(): number {
    return this.heap.length;
  }

  /** Room for things 0..count-1; those that are there stay. */
  grow(count: number): void {
    if (count <= this.heap.length) return;
    const old = { heap: this.heap, place: this.place, due: this.due };
    this.heap = new Int32Array(count);
    this.place = new Int32Array(count).fill(-1);
    this.due = new Float64Array(count);
    this.heap.set(old.heap);
    this.place.set(old.place);
    this.due.set(old.due);
  }

  /** When it is due; undefined if it isn't filed. */
  at(item: number): number | undefined {
    return this.place[item]! < 0 ? undefined : this.due[item];
  }

  /** Time of the earliest, Infinity if there is none. */
  earliest(): number {
    return this.size === 0 ? Infinity : this.due[this.heap[0]!]!;
  }

  /** Files `item` under a time, or moves it there. */
  set(item: number, due: number): void {
    this.due[item] = due;
    if (this.place[item]! < 0) {
      this.place[item] = this.size;
      this.heap[this.size++] = item;
    }
    this.up(this.place[item]!);
    this.down(this.place[item]!);
  }

  remove(item: number): void {
    const at = this.place[item]!;
    if (at < 0) return;
    this.place[item] = -1;
    const last = this.heap[--this.size]!;
    if (last === item) return;
    this.heap[at] = last;
    this.place[last] = at;
    this.up(at);
    this.down(this.place[last]!);
  }

  /** Takes out the earliest that is due at `now`; -1 if none is. */
  pop(now: number): number {
    if (this.earliest() > now) return -1;
    const item = this.heap[0]!;
    this.remove(item);
    return item;
  }

  private up(at: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.due[this.heap[parent]!]! <= this.due[this.heap[at]!]!) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private down(at: number): void {
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) return;
      if (child + 1 < this.size && this.due[this.heap[child + 1]!]! < this.due[this.heap[child]!]!) child++;
      if (this.due[this.heap[at]!]! <= this.due[this.heap[child]!]!) return;
      this.swap(at, child);
      at = child;
    }
  }

  private swap(a: number, b: number): void {
    const x = this.heap[a]!;
    const y = this.heap[b]!;
    this.heap[a] = y;
    this.heap[b] = x;
    this.place[y] = a;
    this.place[x] = b;
  }
}

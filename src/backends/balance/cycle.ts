/**
 * The order of a weighted round robin. Servers of equal weight form a group that takes turns as one; the groups' turns are laid out
 * by earliest deadline: the k-th turn of a group of weight g, out of a sum of W, is due at floor((W - g) / g) + k * W / g.
 * That is the order HAProxy gives for one or two different weights (1, 2: "2 2 1"; 5, 1, 1: "1 1 1 2 1 1 3"); with more of them the
 * shares and the spread are the same, the order of turns that are due together may differ.
 */
export interface Cycle {
  /** Picks until the order of groups repeats. */
  readonly length: number;
  /** Group by position. */
  readonly group: Uint16Array;
  /** How often the group came before, within the cycle, by position. */
  readonly rank: Uint32Array;
  /** Picks of each group within a cycle. */
  readonly perCycle: Uint32Array;
}

/** Longer cycles are laid out with weights rounded to fit: a share is then off by less than one pick in this many. */
const LENGTH_MAX = 1 << 18;

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** Whole numbers in the same proportion with the least sum, or rounded to a sum of about LENGTH_MAX. */
function shares(weights: readonly number[]): number[] {
  const divisor = weights.reduce(gcd, 0);
  const exact = weights.map((w) => w / divisor);
  const sum = exact.reduce((a, b) => a + b, 0);
  if (sum <= LENGTH_MAX) return exact;
  return exact.map((w) => Math.max(1, Math.round((w * LENGTH_MAX) / sum)));
}

/** A binary heap of groups by due time, the heavier group first among equals, then the earlier one. */
class DueHeap {
  private readonly heap: Int32Array;
  constructor(private readonly due: Float64Array, private readonly share: readonly number[]) {
    this.heap = Int32Array.from(share.keys());
    for (let i = share.length >> 1; i >= 0; i--) this.sift(i);
  }

  top(): number {
    return this.heap[0]!;
  }

  sift(from: number): void {
    const { heap } = this;
    const moving = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, moving)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moving;
  }

  private before(a: number, b: number): boolean {
    const dueA = Math.floor(this.due[a]!);
    const dueB = Math.floor(this.due[b]!);
    if (dueA !== dueB) return dueA < dueB;
    if (this.share[a] !== this.share[b]) return this.share[a]! > this.share[b]!;
    return a < b;
  }
}

/** The cycle of groups with these weights (all > 0, at most 65,535 groups). */
export function layOut(weights: readonly number[]): Cycle {
  const share = shares(weights);
  const length = share.reduce((a, b) => a + b, 0);
  const group = new Uint16Array(length);
  const rank = new Uint32Array(length);
  const perCycle = new Uint32Array(share.length);
  const first = share.map((s) => Math.floor((length - s) / s));
  const due = Float64Array.from(first);
  const heap = new DueHeap(due, share);
  for (let position = 0; position < length; position++) {
    const g = heap.top();
    group[position] = g;
    rank[position] = perCycle[g]!++;
    // A group whose turns of this cycle are used up waits for the next one.
    due[g] = perCycle[g] === share[g] ? Infinity : first[g]! + (perCycle[g]! * length) / share[g]!;
    heap.sift(0);
  }
  return { length, group, rank, perCycle };
}

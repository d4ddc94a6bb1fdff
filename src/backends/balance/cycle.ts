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

/**
 * A binary heap of groups by due turn. The heavier group comes first among those due together, then the earlier one: that rank is
 * part of the key, so that one comparison decides.
 */
class DueHeap {
  private readonly heap: Int32Array;
  private readonly key: Float64Array;
  private readonly rank: Int32Array;

  constructor(share: readonly number[], due: (group: number) => number) {
    this.heap = Int32Array.from(share.keys());
    this.key = new Float64Array(share.length);
    this.rank = new Int32Array(share.length);
    [...share.keys()].sort((a, b) => share[b]! - share[a]! || a - b).forEach((group, rank) => (this.rank[group] = rank));
    for (let g = 0; g < share.length; g++) this.file(g, due(g));
    for (let i = share.length >> 1; i >= 0; i--) this.sift(i);
  }

  /** The group whose turn it is. */
  top(): number {
    return this.heap[0]!;
  }

  /** Gives the top group its next due turn. */
  again(due: number): void {
    this.file(this.heap[0]!, due);
    this.sift(0);
  }

  private file(group: number, due: number): void {
    this.key[group] = Math.floor(due) * this.key.length + this.rank[group]!;
  }

  private sift(from: number): void {
    const { heap, key } = this;
    const moving = heap[from]!;
    const own = key[moving]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && key[heap[child + 1]!]! < key[heap[child]!]!) child++;
      if (key[heap[child]!]! >= own) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moving;
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
  const heap = new DueHeap(share, (g) => first[g]!);
  for (let position = 0; position < length; position++) {
    const g = heap.top();
    group[position] = g;
    rank[position] = perCycle[g]!++;
    // A group whose turns of this cycle are used up waits for the next one.
    heap.again(perCycle[g] === share[g] ? Infinity : first[g]! + (perCycle[g]! * length) / share[g]!);
  }
  return { length, group, rank, perCycle };
}

/**
 * Whose turn it is in a weighted rotation that all workers share: a position mapped to a server by each worker alone, through tables
 * made when a state or weight changes. Two ways:
 * - Servers of equal weight are a group, and the groups' turns are laid out as HAProxy does (cycle.ts), as long as that is short.
 * - Else the position steps through the units of the sum of weights by a fixed stride near the golden section of the sum, so that
 *   each unit has one turn in each cycle and any run of turns is spread evenly; the unit's server is found in the running sums.
 */
import type { Farm } from '../backend.js';
import { layOut, type Cycle } from './cycle.js';
import { commonDivisor } from './static_map.js';

/** The longest cycle that is laid out; making it takes some tenths of a millisecond. */
const LAID_OUT = 4096;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Strides that are looked at, around the golden section. */
const CANDIDATES = 64;

/** The largest quotient in the continued fraction of a / b, Infinity if they have a divisor in common: how uneven multiples of a lie modulo b. */
function unevenness(a: number, b: number): number {
  let most = 0;
  let [high, low] = [b, a];
  while (low !== 0) {
    most = Math.max(most, Math.floor(high / low));
    [high, low] = [low, high % low];
  }
  return high === 1 ? most : Infinity;
}

/** A stride through a cycle of that length which spreads any number of steps evenly. */
function strideFor(total: number): number {
  const middle = Math.round(total * GOLDEN);
  let best = 1;
  let least = Infinity;
  for (let i = 0; i < CANDIDATES; i++) {
    const stride = middle + (i % 2 === 0 ? i / 2 : -(i + 1) / 2);
    const uneven = stride > 0 && stride < total ? unevenness(stride, total) : Infinity;
    if (uneven < least) [best, least] = [stride, uneven];
  }
  return best;
}

export class Turns {
  private cycle: Cycle | null = null;
  /** Servers by group, one group after the other. */
  private members = new Int32Array(0);
  private start = new Int32Array(0);
  private size = new Int32Array(0);
  /** Running sums of the weights, in units of what they have in common. */
  private sums = new Float64Array(0);
  private total = 1;
  private stride = 1;

  constructor(private readonly farm: Farm) {}

  /** Follows the farm. O(n). */
  rebuild(): void {
    const { farm } = this;
    this.cycle = null;
    if (farm.count === 0) return;
    const divisor = commonDivisor(farm.weights, farm.count);
    let total = 0;
    let equal = true;
    for (let i = 0; i < farm.count; i++) {
      total += farm.weights[i]! / divisor;
      equal &&= farm.weights[i] === farm.weights[0];
    }
    if (equal || total <= LAID_OUT) this.group();
    else this.spread(divisor, total);
  }

  /** The longest run of turns after which the order repeats, times the farm's size: trying more turns shows nothing new. */
  get length(): number {
    return (this.cycle === null ? this.total : this.cycle.length) * this.farm.count;
  }

  private group(): void {
    const { farm } = this;
    const groups = new Map<number, number[]>();
    for (let i = 0; i < farm.count; i++) {
      const group = groups.get(farm.weights[i]!);
      if (group === undefined) groups.set(farm.weights[i]!, [farm.usable[i]!]);
      else group.push(farm.usable[i]!);
    }
    const lists = [...groups.values()];
    this.members = Int32Array.from(lists.flat());
    this.size = Int32Array.from(lists, (list) => list.length);
    let before = 0;
    this.start = Int32Array.from(lists, (list) => (before += list.length) - list.length);
    this.cycle = layOut([...groups].map(([weight, list]) => weight * list.length));
  }

  private spread(divisor: number, total: number): void {
    const { farm } = this;
    if (this.sums.length < farm.count) this.sums = new Float64Array(farm.usable.length);
    let sum = 0;
    for (let i = 0; i < farm.count; i++) this.sums[i] = sum += farm.weights[i]! / divisor;
    this.total = total;
    this.stride = strideFor(total);
  }

  /** Whose turn number `turn` is: a server index. The farm must not be empty. O(log n). */
  at(turn: number): number {
    if (this.cycle === null) return this.farm.usable[positionOf(this.sums, this.farm.count, ((turn % this.total) * this.stride) % this.total)]!;
    const { length, group, rank, perCycle } = this.cycle;
    const position = turn % length;
    const g = group[position]!;
    const pick = Math.floor(turn / length) * perCycle[g]! + rank[position]!;
    return this.members[this.start[g]! + (pick % this.size[g]!)]!;
  }
}

/** The first position of which the running sum is above `unit`. */
export function positionOf(sums: Float64Array, count: number, unit: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > unit) high = middle;
    else low = middle + 1;
  }
  return low;
}

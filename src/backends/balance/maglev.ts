/**
 * `hash-type maglev` (Eisenbud et al., Maglev: A Fast and Reliable Software Network Load Balancer, NSDI 2016, section 3.4): a table of
 * prime size that servers fill in turns, each going through the cells in an order of its own. Shares are even to about one cell,
 * a look-up is one read, and few keys move when a server goes. The table depends on hash-key and weights only, not on the order of
 * the lines or on the past, so machines with the same servers agree without talking.
 */
import { avalanche } from '../../core/compile/hash.js';
import type { Farm } from '../backend.js';
import type { Servers } from '../server.js';
import type { Walk } from './hashed.js';

/** Sizes of the table, all prime: the first with a hundred cells a server is taken, the last one for more. */
const SIZES = [65_537, 262_147, 1_048_583];
const CELLS_PER_SERVER = 100;
const TRIES = 64;

export class Maglev implements Walk {
  private table = new Int32Array(0);
  private at = 0;
  private left = 0;

  constructor(private readonly farm: Farm, private readonly servers: Servers) {}

  rebuild(): void {
    const { farm } = this;
    const size = SIZES.find((cells) => cells >= farm.count * CELLS_PER_SERVER) ?? SIZES.at(-1)!;
    if (this.table.length !== size) this.table = new Int32Array(size);
    this.fill(this.table.fill(-1));
  }

  /** Positions of the farm by what places them. */
  private ordered(): Int32Array {
    const { farm, servers } = this;
    const place = (position: number): number => servers.placement[farm.usable[position]!]!;
    return Int32Array.from({ length: farm.count }, (_unused, i) => i).sort((a, b) => place(a) - place(b));
  }

  private fill(table: Int32Array): void {
    const { farm, servers } = this;
    const order = this.ordered();
    const size = table.length;
    const next = new Int32Array(farm.count);
    const skip = new Int32Array(farm.count);
    const credit = new Float64Array(farm.count);
    let most = 0;
    for (const position of order) {
      const place = servers.placement[farm.usable[position]!]!;
      next[position] = avalanche(place) % size;
      skip[position] = (avalanche(place ^ 0x5bd1e995) % (size - 1)) + 1;
      most = Math.max(most, farm.weights[position]!);
    }
    for (let filled = 0; ;) {
      for (const position of order) {
        // The heaviest takes a cell in each round, the others in as many as their weight is of its.
        credit[position]! += farm.weights[position]!;
        if (credit[position]! < most) continue;
        credit[position]! -= most;
        let cell = next[position]!;
        while (table[cell]! >= 0) cell = (cell + skip[position]!) % size;
        table[cell] = position;
        next[position] = (cell + skip[position]!) % size;
        if (++filled === size) return;
      }
    }
  }

  begin(hash: number): number {
    // The table is small against the range of hashes that are not mixed: all their bits must count.
    this.at = avalanche(hash) % this.table.length;
    this.left = TRIES;
    return this.table[this.at]!;
  }

  next(): number {
    if (this.left-- <= 0) return -1;
    this.at = this.at + 1 === this.table.length ? 0 : this.at + 1;
    return this.table[this.at]!;
  }
}

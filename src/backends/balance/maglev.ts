/**
 * `hash-type maglev` (Eisenbud et al., Maglev: A Fast and Reliable Software Network Load Balancer, NSDI 2016, section 3.4): a table of
 * prime size that servers fill in turns, each going through the cells in an order of its own. Shares are even to about one cell and
 * a look-up is one read. The table holds all servers of the configuration, whether they are up or not; a hash that meets one that is
 * down, or that has less weight than its share of the table by chance of that hash, goes on to another cell. So nothing is made anew
 * when servers come and go, only their keys move, and machines with the same servers agree without talking.
 */
import { avalanche } from '../../core/compile/hash.js';
import type { Farm } from '../backend.js';
import type { Servers } from '../server.js';
import type { Walk } from './hashed.js';

/** Sizes of the table, all prime: the first with a hundred cells a server is taken, the last one for more. */
const SIZES = [65_537, 262_147, 1_048_583];
const CELLS_PER_SERVER = 100;
/** Cells that are tried before the hash counts among the usable servers alone. */
const TRIES = 64;
/** A whole chance. */
const CERTAIN = 65_536;

/** The table of the active servers of a backend, or of its backups. */
interface Table {
  /** Servers by cell. */
  readonly cells: Int32Array;
  /** By server: the weight that it was filled with, and what placed it. */
  readonly weights: ReadonlyMap<number, number>;
  readonly places: ReadonlyMap<number, number>;
}

export class Maglev implements Walk {
  private readonly tables: { active: Table | null; backup: Table | null } = { active: null, backup: null };
  private cells = new Int32Array(0);
  /** By position in the farm: the chance that a cell of it counts, out of CERTAIN. */
  private chances = new Int32Array(0);
  private hash = 0;
  private tried = 0;

  constructor(private readonly farm: Farm, private readonly servers: Servers, private readonly all: readonly number[]) {}

  /** O(n), unless a weight is above that of the table, or a server is new. */
  rebuild(): void {
    const { farm, servers } = this;
    const kind = servers.backup[farm.usable[0]!] !== 0 ? 'backup' : 'active';
    let table = this.tables[kind];
    if (table === null || !this.holds(table)) this.tables[kind] = table = this.fill(kind);
    this.cells = table.cells as Int32Array<ArrayBuffer>;
    if (this.chances.length < farm.count) this.chances = new Int32Array(farm.usable.length);
    for (let i = 0; i < farm.count; i++) this.chances[i] = Math.round((farm.weights[i]! * CERTAIN) / table.weights.get(farm.usable[i]!)!);
  }

  private holds({ weights, places }: Table): boolean {
    const { farm, servers } = this;
    for (let i = 0; i < farm.count; i++) {
      const server = farm.usable[i]!;
      if (farm.weights[i]! > (weights.get(server) ?? 0) || servers.placement[server] !== places.get(server)) return false;
    }
    return true;
  }

  /** The servers of that kind by what places them, with the larger of their configured and their present weight. */
  private members(kind: 'active' | 'backup'): { readonly order: number[]; readonly weights: Map<number, number> } {
    const { servers } = this;
    const weights = new Map<number, number>();
    for (const server of this.all) {
      const weight = Math.max(servers.configuredWeight[server]!, servers.weight(server));
      if ((servers.backup[server] !== 0) === (kind === 'backup') && weight > 0) weights.set(server, weight);
    }
    return { weights, order: [...weights.keys()].sort((a, b) => servers.placement[a]! - servers.placement[b]!) };
  }

  private fill(kind: 'active' | 'backup'): Table {
    const { order, weights } = this.members(kind);
    const size = SIZES.find((cells) => cells >= order.length * CELLS_PER_SERVER) ?? SIZES.at(-1)!;
    const cells = new Int32Array(size).fill(-1);
    const weight = Float64Array.from(order, (server) => weights.get(server)!);
    const next = Float64Array.from(order, (server) => avalanche(this.servers.placement[server]!) % size);
    const skip = Float64Array.from(order, (server) => (avalanche(this.servers.placement[server]! ^ 0x5bd1e995) % (size - 1)) + 1);
    const credit = new Float64Array(order.length);
    const most = weight.reduce((a, b) => Math.max(a, b), 0);
    for (let filled = 0; ;) {
      for (let i = 0; i < order.length; i++) {
        // The heaviest takes a cell in each round, the others in as many as their weight is of its.
        credit[i]! += weight[i]!;
        if (credit[i]! < most) continue;
        credit[i]! -= most;
        let cell = next[i]!;
        while (cells[cell]! >= 0) cell = (cell + skip[i]!) % size;
        cells[cell] = order[i]!;
        next[i] = (cell + skip[i]!) % size;
        if (++filled === size) return { cells, weights, places: new Map(order.map((server) => [server, this.servers.placement[server]!])) };
      }
    }
  }

  begin(hash: number): number {
    this.hash = hash;
    this.tried = 0;
    return this.next();
  }

  next(): number {
    const { farm, servers } = this;
    while (this.tried < TRIES) {
      // All bits of the hash must count, and each try looks elsewhere.
      const drawn = avalanche(this.hash + Math.imul(this.tried++, 0x9e3779b1));
      const position = servers.place[this.cells[drawn % this.cells.length]!]!;
      if (position >= 0 && this.counts(drawn, position)) return position;
    }
    // One look for each server that is left.
    const rest = this.tried++ - TRIES;
    return rest < Math.min(farm.count, TRIES) ? (this.hash + rest) % farm.count : -1;
  }

  private counts(drawn: number, position: number): boolean {
    const chance = this.chances[position]!;
    return chance >= CERTAIN || (avalanche(~drawn) & (CERTAIN - 1)) < chance;
  }
}

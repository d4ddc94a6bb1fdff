/**
 * `balance first`: the first server with room, from the lowest numeric id on, whatever the weights. In large farms each worker remembers
 * up to where all servers were full; released slots and changes of the farm move that back.
 */
import type { Balancer, Farm } from '../backend.js';
import type { Servers } from '../server.js';
import type { BalancerRow } from './row.js';

class First implements Balancer {
  readonly queues = 'never';
  /** Positions in the farm by id. */
  private order = new Int32Array(0);
  private rank = new Int32Array(0);
  /** Ranks below it were full when they were last seen. */
  private from = 0;
  private seen = 0;
  private readonly freed: (server: number) => void;

  constructor(private readonly farm: Farm, private readonly servers: Servers) {
    this.freed = (server) => {
      const position = servers.place[server]!;
      if (position >= 0 && servers.proxy[server] === farm.proxy) this.from = Math.min(this.from, this.rank[position]!);
    };
  }

  rebuild(): void {
    const { farm, servers } = this;
    this.order = Int32Array.from({ length: farm.count }, (_unused, i) => i).sort((a, b) => servers.id[farm.usable[a]!]! - servers.id[farm.usable[b]!]!);
    this.rank = new Int32Array(farm.count);
    this.order.forEach((position, rank) => (this.rank[position] = rank));
    this.from = 0;
    this.seen = servers.releases();
  }

  next(_tx: unknown, avoid: number): number {
    const { farm, servers } = this;
    if (!servers.isLarge(farm) || servers.hasMovingLimits(farm)) return this.scan(0, avoid);
    this.seen = servers.readReleases(this.seen, this.freed);
    if (this.seen < 0) this.rebuild();
    while (this.from < farm.count && !servers.hasRoom(farm.usable[this.order[this.from]!]!)) this.from++;
    return this.scan(this.from, avoid);
  }

  private scan(from: number, avoid: number): number {
    const { farm, servers } = this;
    for (let rank = from; rank < farm.count; rank++) {
      const server = farm.usable[this.order[rank]!]!;
      if (server !== avoid && servers.hasRoom(server)) return server;
    }
    return -1;
  }
}

export const first: BalancerRow = {
  name: 'first',
  doc: 'The first server with room, from the lowest id on; weights are ignored.',
  dynamic: true,
  make: (farm, servers) => new First(farm, servers),
};

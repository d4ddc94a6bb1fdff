/** `hash-type consistent`: the node of the ring that is closest to the hash; a server has a node for each sixteenth of its weight. */
import type { Farm } from '../backend.js';
import type { Servers } from '../server.js';
import type { Walk } from './hashed.js';
import { nodeKey } from './node_key.js';
import { Ring } from './ring.js';

/** Nodes that are looked at for one request; then the other servers are tried in turns. */
const TRIES = 1024;

export class RingWalk implements Walk {
  private readonly ring: Ring;
  /** What is on the ring: by server the number of its nodes, and what places them. */
  private readonly nodes = new Map<number, { count: number; place: number }>();
  private present = new Set<number>();
  private at = 0;
  private left = 0;

  constructor(private readonly farm: Farm, private readonly servers: Servers) {
    this.ring = new Ring(farm.usable.length * 16);
  }

  /** Only nodes of servers whose weight or state changed are touched. */
  rebuild(): void {
    const { farm } = this;
    const present = new Set<number>();
    for (let i = 0; i < farm.count; i++) {
      const server = farm.usable[i]!;
      present.add(server);
      this.resize(server, farm.weights[i]!);
    }
    for (const server of this.present) if (!present.has(server)) this.resize(server, 0);
    this.present = present;
  }

  private resize(server: number, wanted: number): void {
    const place = this.servers.placement[server]!;
    let now = this.nodes.get(server);
    if (now === undefined) this.nodes.set(server, (now = { count: 0, place }));
    const kept = now.place === place ? Math.min(now.count, wanted) : 0;
    for (let node = kept; node < now.count; node++) this.ring.remove(nodeKey(now.place, node), server);
    for (let node = kept; node < wanted; node++) this.ring.add(nodeKey(place, node), server);
    now.count = wanted;
    now.place = place;
    if (wanted === 0) this.nodes.delete(server);
  }

  begin(hash: number): number {
    this.at = this.ring.closest(hash);
    this.left = Math.min(TRIES, this.ring.size) - 1;
    return this.servers.place[this.ring.server(this.at)]!;
  }

  next(): number {
    if (this.left-- <= 0) return -1;
    this.at = this.ring.after(this.at);
    return this.servers.place[this.ring.server(this.at)]!;
  }
}

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
  /** Nodes on the ring by position in the backend's list of servers. */
  private readonly nodes = new Map<number, number>();
  private present = new Set<number>();
  private at = 0;
  private left = 0;

  constructor(private readonly farm: Farm, private readonly servers: Servers) {
    this.ring = new Ring(farm.usable.length * 16);
  }

  /** Only nodes of servers whose weight or state changed are touched. */
  rebuild(): void {
    const { farm, nodes } = this;
    const present = new Set<number>();
    for (let i = 0; i < farm.count; i++) {
      const server = farm.usable[i]!;
      present.add(server);
      this.resize(server, farm.weights[i]!);
    }
    for (const server of this.present) if (!present.has(server)) this.resize(server, 0);
    for (const [server, count] of nodes) if (count === 0) nodes.delete(server);
    this.present = present;
  }

  private resize(server: number, wanted: number): void {
    const now = this.nodes.get(server) ?? 0;
    if (now === wanted) return;
    const place = this.servers.placement[server]!;
    for (let node = now; node < wanted; node++) this.ring.add(nodeKey(place, node), server);
    for (let node = wanted; node < now; node++) this.ring.remove(nodeKey(place, node), server);
    this.nodes.set(server, wanted);
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

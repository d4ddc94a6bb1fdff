/**
 * `balance leastconn`: the server with the fewest sessions, served and waiting, for its weight; round robin among equals.
 * The counts are shared cells that every worker and the engine change. Small farms are scanned: plain reads of typed arrays from a
 * start that moves on by itself, ended early by an idle server. For large ones each worker keeps a tournament of the loads as it has
 * seen them: what became more is noticed when the server wins, what became less is told by the list of released slots (server.ts).
 */
import { PS_TURN } from '../../core/abi.js';
import { proxyCell } from '../../core/cells.js';
import type { Balancer, Farm } from '../backend.js';
import type { Servers } from '../server.js';
import { LeastTree } from './least_tree.js';
import type { BalancerRow } from './row.js';

class LeastConn implements Balancer {
  readonly queues = 'limited';
  private readonly farm: Farm;
  private readonly servers: Servers;
  private readonly turnCell: number;
  private share: Float64Array;
  private readonly tree = new LeastTree();
  private readonly refile: (server: number) => void;
  /** Releases that the tournament knows. */
  private seen = 0;

  constructor(farm: Farm, servers: Servers) {
    this.farm = farm;
    this.servers = servers;
    this.turnCell = proxyCell(farm.proxy, PS_TURN);
    this.share = new Float64Array(farm.usable.length);
    this.refile = (server) => {
      const position = servers.place[server]!;
      if (position >= 0 && servers.proxy[server] === farm.proxy) this.tree.file(position, this.load(position));
    };
  }

  rebuild(): void {
    const { farm } = this;
    if (this.share.length < farm.count) this.share = new Float64Array(farm.usable.length);
    for (let i = 0; i < farm.count; i++) this.share[i] = 1 / farm.weights[i]!;
    if (farm.count > 0 && this.servers.isLarge(farm)) this.fileAll();
  }

  next(_tx: unknown, avoid: number): number {
    return this.servers.isLarge(this.farm) ? this.nextOfMany(avoid) : this.nextOfFew(avoid);
  }

  private load(position: number): number {
    const server = this.farm.usable[position]!;
    return (this.servers.sessions(server) + this.servers.queued(server)) * this.share[position]!;
  }

  private nextOfFew(avoid: number): number {
    const { servers, farm } = this;
    const { count, usable } = farm;
    let i = (Atomics.load(servers.state, this.turnCell) >>> 0) % count;
    let best = -1;
    let after = 0;
    let least = Infinity;
    for (let left = count; left > 0; left--) {
      const server = usable[i]!;
      const load = this.load(i);
      i = i + 1 === count ? 0 : i + 1;
      if (load < least && server !== avoid && servers.accepts(server)) {
        best = server;
        least = load;
        after = i;
        if (load === 0) break;
      }
    }
    if (best >= 0) Atomics.store(servers.state, this.turnCell, after);
    return best;
  }

  private fileAll(): void {
    const { farm, tree } = this;
    this.seen = this.servers.releases();
    tree.reset(farm.count);
    // Each worker begins at a place of its own, so that they don't all take the first of many idle servers.
    const first = (Atomics.load(this.servers.state, this.turnCell) >>> 0) % farm.count;
    for (let i = 0; i < farm.count; i++) {
      const position = (first + i) % farm.count;
      tree.put(position, this.load(position));
    }
    tree.settle();
  }

  private nextOfMany(avoid: number): number {
    const { servers, farm, tree } = this;
    this.seen = servers.readReleases(this.seen, this.refile);
    if (this.seen < 0) this.fileAll();
    for (let spare = -1; ;) {
      const position = tree.top();
      if (tree.load(position) === Infinity) return this.settleFor(spare, -1);
      const server = farm.usable[position]!;
      const load = this.load(position);
      if (load > tree.load(position)) tree.file(position, load);
      else if (server === avoid) {
        spare = position;
        tree.restore(position, Infinity);
      } else if (!servers.accepts(server)) tree.file(position, Infinity);
      else {
        // Its turn among equals is over.
        tree.file(position, load);
        Atomics.store(servers.state, this.turnCell, position + 1);
        return this.settleFor(spare, server);
      }
    }
  }

  /** Files the server again that was left out of this choice. */
  private settleFor(spare: number, chosen: number): number {
    if (spare >= 0) this.tree.restore(spare, this.load(spare));
    else if (chosen < 0 && this.servers.hasMovingLimits(this.farm)) this.fileAll();
    return chosen;
  }
}

export const leastconn: BalancerRow = {
  name: 'leastconn',
  doc: 'The server with the fewest sessions for its weight, served and waiting; round robin among equals.',
  dynamic: true,
  make: (farm, servers) => new LeastConn(farm, servers),
};

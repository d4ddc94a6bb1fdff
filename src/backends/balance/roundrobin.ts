/**
 * `balance roundrobin`: in turns, by weight. The position is one counter shared by the workers; each worker maps it to a server by
 * itself, through tables made when a state or weight changes. A choice costs one atomic add and two table reads however many
 * servers there are; only when the server whose turn it is has no room, the following turns are tried.
 */
import { PS_TURN } from '../../core/abi.js';
import { proxyCell } from '../../core/cells.js';
import type { Tx } from '../../core/tx.js';
import type { Balancer, Farm } from '../backend.js';
import type { Servers } from '../server.js';
import { layOut, type Cycle } from './cycle.js';
import type { BalancerRow } from './index.js';

/** Turns that may be skipped for want of room before the farm is scanned. */
const TURNS = 16;

class RoundRobin implements Balancer {
  readonly queues = false;
  private readonly farm: Farm;
  private readonly servers: Servers;
  private readonly turnCell: number;
  private cycle: Cycle = layOut([1]);
  /** Servers by group, one group after the other. */
  private members = new Int32Array(0);
  private start = new Int32Array(0);
  private size = new Int32Array(0);

  constructor(farm: Farm, servers: Servers) {
    this.farm = farm;
    this.servers = servers;
    this.turnCell = proxyCell(farm.proxy, PS_TURN);
  }

  rebuild(): void {
    const groups = new Map<number, number[]>();
    for (let i = 0; i < this.farm.count; i++) {
      const weight = this.farm.weights[i]!;
      const group = groups.get(weight);
      if (group === undefined) groups.set(weight, [this.farm.usable[i]!]);
      else group.push(this.farm.usable[i]!);
    }
    if (groups.size === 0) return;
    const lists = [...groups.values()];
    this.members = Int32Array.from(lists.flat());
    this.size = Int32Array.from(lists, (list) => list.length);
    let before = 0;
    this.start = Int32Array.from(lists, (list) => (before += list.length) - list.length);
    this.cycle = layOut([...groups].map(([weight, list]) => weight * list.length));
  }

  next(_tx: Tx, avoid: number): number {
    const turns = Math.min(TURNS, this.cycle.length * this.farm.count);
    for (let i = 0; i < turns; i++) {
      const server = this.at(Atomics.add(this.servers.state, this.turnCell, 1) >>> 0);
      if (server !== avoid && this.servers.hasRoom(server)) return server;
    }
    for (let i = 0; i < this.farm.count; i++) {
      const server = this.farm.usable[i]!;
      if (server !== avoid && this.servers.hasRoom(server)) return server;
    }
    return -1;
  }

  /** Whose turn number `turn` is. */
  private at(turn: number): number {
    const { length, group, rank, perCycle } = this.cycle;
    const position = turn % length;
    const g = group[position]!;
    const pick = Math.floor(turn / length) * perCycle[g]! + rank[position]!;
    return this.members[this.start[g]! + (pick % this.size[g]!)]!;
  }
}

export const roundrobin: BalancerRow = {
  name: 'roundrobin',
  doc: 'Each server in turns, according to their weights; weights may change at run time.',
  make: (farm, servers) => new RoundRobin(farm, servers),
};

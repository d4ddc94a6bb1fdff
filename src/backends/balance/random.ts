/**
 * `balance random(<draws>)`: of as many servers as are drawn, each with a chance in proportion to its weight, the least loaded; among
 * equals the one that this worker has chosen less often. HAProxy draws on its consistent ring; here the shares are exact.
 */
import type { Balancer, Farm } from '../backend.js';
import type { Servers } from '../server.js';
import { Bound } from './bound.js';
import { RoundRobin } from './roundrobin.js';
import type { BalancerRow } from './row.js';
import { positionOf } from './turns.js';

export const DRAWS = 2;
/** Rounds of draws that may meet full servers only, before the farm is searched in turns. */
const ROUNDS = 4;

class Random implements Balancer {
  readonly queues = 'never';
  private sums = new Float64Array(0);
  private picks = new Float64Array(0);
  private readonly rest: RoundRobin;

  constructor(private readonly farm: Farm, private readonly servers: Servers, private readonly draws: number, private readonly bound: Bound | null) {
    this.rest = new RoundRobin(farm, servers);
  }

  rebuild(): void {
    const { farm } = this;
    this.rest.rebuild();
    this.bound?.rebuild();
    if (this.sums.length < farm.count) this.sums = new Float64Array(farm.usable.length);
    this.picks = this.picks.length < farm.count ? new Float64Array(farm.usable.length) : this.picks.fill(0);
    let sum = 0;
    for (let i = 0; i < farm.count; i++) this.sums[i] = sum += farm.weights[i]!;
  }

  next(_tx: unknown, avoid: number): number {
    const { farm } = this;
    for (let round = 0; round < ROUNDS; round++) {
      const position = this.drawn(avoid);
      if (position < 0) continue;
      this.picks[position]!++;
      return farm.usable[position]!;
    }
    return this.rest.next(null, avoid);
  }

  /** The best of a round of draws: a position, -1 if none of them has room. */
  private drawn(avoid: number): number {
    const { farm, servers } = this;
    const total = this.sums[farm.count - 1]!;
    let best = -1;
    for (let draw = 0; draw < this.draws; draw++) {
      const position = positionOf(this.sums, farm.count, Math.floor(farm.random() * total));
      const server = farm.usable[position]!;
      if (server === avoid || !servers.hasRoom(server) || this.bound?.isOver(position) === true) continue;
      if (best < 0 || this.isLess(position, best)) best = position;
    }
    return best;
  }

  private isLess(a: number, b: number): boolean {
    const { farm, servers } = this;
    const load = (position: number): number => {
      const server = farm.usable[position]!;
      return (servers.sessions(server) + servers.queued(server)) * farm.weights[a === position ? b : a]!;
    };
    const difference = load(a) - load(b);
    if (difference !== 0) return difference < 0;
    return this.picks[a]! * farm.weights[b]! < this.picks[b]! * farm.weights[a]!;
  }
}

export const random: BalancerRow = {
  name: 'random',
  usage: '[(<draws>)]',
  doc: 'The least loaded of some servers drawn by chance according to their weights, 2 unless set.',
  dynamic: true,
  make: (farm, servers, { balance, hash }) =>
    new Random(farm, servers, Number(balance.args[0] ?? DRAWS), hash.balanceFactor > 0 ? new Bound(farm, servers, hash.balanceFactor) : null),
};

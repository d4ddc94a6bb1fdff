/** `balance roundrobin`: in turns, by weight (turns.ts); all workers share one position (rotation.ts). */
import type { Balancer, Farm } from '../backend.js';
import type { Servers } from '../server.js';
import { Rotation } from './rotation.js';
import type { BalancerRow } from './row.js';
import { Turns } from './turns.js';

export class RoundRobin implements Balancer {
  readonly queues = 'never';
  private readonly turns: Turns;
  private readonly rotation: Rotation;

  constructor(farm: Farm, servers: Servers) {
    this.turns = new Turns(farm);
    this.rotation = new Rotation(farm, servers, this.turns);
  }

  rebuild(): void {
    this.turns.rebuild();
  }

  next(_tx: unknown, avoid: number): number {
    return this.rotation.next(avoid);
  }
}

export const roundrobin: BalancerRow = {
  name: 'roundrobin',
  doc: 'Each server in turns, according to their weights; weights may change at run time.',
  dynamic: true,
  make: (farm, servers) => new RoundRobin(farm, servers),
};

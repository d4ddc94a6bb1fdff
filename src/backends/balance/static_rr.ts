/** `balance static-rr`: in turns through the map of static algorithms (static_map.ts). */
import type { Balancer, Farm } from '../backend.js';
import type { Servers } from '../server.js';
import { Rotation, type Order } from './rotation.js';
import type { BalancerRow } from './row.js';
import { staticMap } from './static_map.js';

class StaticRr implements Balancer, Order {
  readonly queues = 'never';
  private map: Int32Array = new Int32Array(1);
  private readonly rotation: Rotation;

  constructor(private readonly farm: Farm, servers: Servers) {
    this.rotation = new Rotation(farm, servers, this);
  }

  get length(): number {
    return this.map.length;
  }

  at(turn: number): number {
    return this.farm.usable[this.map[turn % this.map.length]!]!;
  }

  rebuild(): void {
    if (this.farm.count > 0) this.map = staticMap(this.farm.weights, this.farm.count);
  }

  next(_tx: unknown, avoid: number): number {
    return this.rotation.next(avoid);
  }
}

export const staticRr: BalancerRow = {
  name: 'static-rr',
  doc: 'Each server in turns, according to their weights as configured.',
  dynamic: false,
  make: (farm, servers) => new StaticRr(farm, servers),
};

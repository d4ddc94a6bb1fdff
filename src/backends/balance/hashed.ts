/** Algorithms that hash a key of the request: which server a hash leads to is the hash-type's affair. */
import type { Proxy } from '../../config/model.js';
import type { Tx } from '../../core/tx.js';
import { NO_KEY, type Balancer, type Farm, type Key } from '../backend.js';
import type { Servers } from '../server.js';
import { Bound } from './bound.js';
import { Maglev } from './maglev.js';
import { RingWalk } from './ring_walk.js';
import { RoundRobin } from './roundrobin.js';
import type { BalancerRow } from './row.js';
import { MapWalk } from './map_walk.js';

/** Finds servers for a hash: the one it leads to, then the others in an order that depends on the hash. */
export interface Walk {
  /** The farm changed. */
  rebuild(): void;
  /** Position in the farm of the hash's own server. The farm must not be empty. */
  begin(hash: number): number;
  /** The next candidate; the same may come several times. -1: all have been seen, or enough. */
  next(): number;
}

type Affinity = Proxy['hash']['preserveAffinity'];

class Hashed implements Balancer {
  readonly queues = 'always';
  /** For requests without a key, and where no candidate will do. */
  private readonly turns: RoundRobin;

  constructor(
    private readonly farm: Farm, private readonly servers: Servers, private readonly walk: Walk, private readonly affinity: Affinity,
    private readonly bound: Bound | null,
  ) {
    this.turns = new RoundRobin(farm, servers);
  }

  rebuild(): void {
    this.turns.rebuild();
    this.bound?.rebuild();
    if (this.farm.count > 0) this.walk.rebuild();
  }

  next(tx: Tx | null, avoid: number): number {
    const hash = tx === null ? NO_KEY : this.farm.key(tx);
    if (hash === NO_KEY) return this.turns.next(null, avoid);
    const { farm, walk } = this;
    let last = -1;
    for (let position = walk.begin(hash); position >= 0; position = walk.next()) {
      const server = farm.usable[position]!;
      if (server === avoid) continue;
      if (this.takes(position, server)) return server;
      last = server;
    }
    const other = this.turns.next(null, avoid);
    return other >= 0 || this.affinity !== 'maxconn' ? other : last;
  }

  private takes(position: number, server: number): boolean {
    if (this.bound !== null && this.bound.isOver(position)) return false;
    if (this.affinity === 'maxconn') return this.servers.hasRoom(server);
    // A queue that is full sends the request to others (manual: maxqueue).
    return this.servers.hasRoom(server) || this.servers.mayQueue(server);
  }
}

function walkOf(farm: Farm, servers: Servers, proxy: Proxy): Walk {
  switch (proxy.hash.method) {
    case 'map-based':
      return new MapWalk(farm);
    case 'consistent':
      return new RingWalk(farm, servers);
    case 'maglev':
      return new Maglev(farm, servers, proxy.servers);
  }
}

/** A row of an algorithm that hashes. */
export function hashedRow(row: Pick<BalancerRow, 'name' | 'doc' | 'usage' | 'mode'> & { key: NonNullable<BalancerRow['key']> }): BalancerRow {
  return {
    ...row,
    make: (farm, servers, proxy) => {
      const { balanceFactor, method, preserveAffinity } = proxy.hash;
      const bound = balanceFactor > 0 && method !== 'map-based' ? new Bound(farm, servers, balanceFactor) : null;
      return new Hashed(farm, servers, walkOf(farm, servers, proxy), preserveAffinity, bound);
    },
  };
}

/** A key that is text: undefined or empty text is none. */
export function textKey(read: (tx: Tx) => string | undefined, hash: (text: string) => number): Key {
  return (tx) => {
    const text = read(tx);
    return text === undefined || text === '' ? NO_KEY : hash(text);
  };
}

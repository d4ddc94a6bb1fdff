import { PS_TURN } from '../../core/abi.js';
import { proxyCell } from '../../core/cells.js';
import type { Farm } from '../backend.js';
import type { Servers } from '../server.js';

/** A server by its turn, whoever's turn it is. */
export interface Order {
  /** Tries that show all that there is to be seen. */
  readonly length: number;
  at(turn: number): number;
}

/** Turns that may be skipped for want of room before the farm is scanned. */
const TRIES = 16;

/**
 * Turns taken by all workers together: the position is one shared counter. A choice costs one atomic add and a look-up; only when
 * the server whose turn it is has no room, the following turns are tried, and then the whole farm.
 */
export class Rotation {
  private readonly turnCell: number;

  constructor(private readonly farm: Farm, private readonly servers: Servers, private readonly order: Order) {
    this.turnCell = proxyCell(farm.proxy, PS_TURN);
  }

  /** A server with room other than `avoid`; -1 if there is none. */
  next(avoid: number): number {
    const { farm, servers } = this;
    if (servers.isFull(farm)) return -1;
    const tries = Math.min(TRIES, this.order.length);
    for (let i = 0; i < tries; i++) {
      const server = this.order.at(Atomics.add(servers.state, this.turnCell, 1) >>> 0);
      if (server !== avoid && servers.hasRoom(server)) return server;
    }
    const seen = servers.releases();
    for (let i = 0; i < farm.count; i++) {
      const server = farm.usable[i]!;
      if (server !== avoid && servers.hasRoom(server)) return server;
    }
    if (avoid < 0) servers.foundFull(farm, seen);
    return -1;
  }
}

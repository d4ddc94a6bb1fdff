/**
 * `balance leastconn`: the server with the fewest sessions, served and waiting, for its weight; round robin among equals.
 * The counts are shared cells that every worker and the engine change, so an ordered structure would have to be repaired under
 * contention on every session's start and end. A choice is a linear scan over the usable servers instead: plain reads of typed
 * arrays from a start that moves on by itself, ended early by an idle server. 10,000 busy servers cost some tens of
 * microseconds, some hundred cost less than a microsecond.
 */
import { PS_TURN } from '../../core/abi.js';
import { proxyCell } from '../../core/cells.js';
import type { Tx } from '../../core/tx.js';
import type { Balancer, Farm } from '../backend.js';
import type { Servers } from '../server.js';
import type { BalancerRow } from './index.js';

class LeastConn implements Balancer {
  readonly queues = true;
  private readonly farm: Farm;
  private readonly servers: Servers;
  private readonly turnCell: number;
  private share: Float64Array;

  constructor(farm: Farm, servers: Servers) {
    this.farm = farm;
    this.servers = servers;
    this.turnCell = proxyCell(farm.proxy, PS_TURN);
    this.share = new Float64Array(farm.usable.length);
  }

  rebuild(): void {
    for (let i = 0; i < this.farm.count; i++) this.share[i] = 1 / this.farm.weights[i]!;
  }

  next(_tx: Tx, avoid: number): number {
    const { servers, farm } = this;
    const { count, usable } = farm;
    let i = (Atomics.load(servers.state, this.turnCell) >>> 0) % count;
    let best = -1;
    let after = 0;
    let least = Infinity;
    for (let left = count; left > 0; left--) {
      const server = usable[i]!;
      const load = (servers.sessions(server) + servers.queued(server)) * this.share[i]!;
      i = i + 1 === count ? 0 : i + 1;
      if (load < least && server !== avoid && this.accepts(server)) {
        best = server;
        least = load;
        after = i;
        if (load === 0) break;
      }
    }
    if (best >= 0) Atomics.store(servers.state, this.turnCell, after);
    return best;
  }

  /** Below its limit, or with a queue that was explicitly allowed (`maxqueue`) and isn't full (manual: maxqueue). */
  private accepts(server: number): boolean {
    const { servers } = this;
    if (servers.hasRoom(server)) return true;
    const maxqueue = servers.maxqueue[server]!;
    return maxqueue > 0 && servers.queued(server) < maxqueue;
  }
}

export const leastconn: BalancerRow = {
  name: 'leastconn',
  doc: 'The server with the fewest sessions for its weight, served and waiting; round robin among equals.',
  make: (farm, servers) => new LeastConn(farm, servers),
};

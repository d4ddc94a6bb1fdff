/** Bounded loads (manual: hash-balance-factor): no server has more than its share of the sessions times a factor. */
import { PS_BACKEND_SESSIONS } from '../../core/abi.js';
import { proxyCell } from '../../core/cells.js';
import type { Farm } from '../backend.js';
import type { Servers } from '../server.js';

export class Bound {
  private total = 1;
  private readonly sessionsCell: number;

  /** `factor` in percent, above 100. */
  constructor(private readonly farm: Farm, private readonly servers: Servers, private readonly factor: number) {
    this.sessionsCell = proxyCell(farm.proxy, PS_BACKEND_SESSIONS);
  }

  rebuild(): void {
    this.total = 0;
    for (let i = 0; i < this.farm.count; i++) this.total += this.farm.weights[i]!;
  }

  /** True if one more session would be above the bound of the server at that position. */
  isOver(position: number): boolean {
    const { farm, servers } = this;
    const server = farm.usable[position]!;
    const slots = Math.ceil(((servers.state[this.sessionsCell]! + 1) * this.factor) / 100);
    return servers.sessions(server) + servers.queued(server) >= Math.ceil((slots * farm.weights[position]!) / this.total);
  }
}

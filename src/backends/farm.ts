import { PS_EPOCH } from '../core/abi.js';
import { proxyCell } from '../core/cells.js';
import type { Proxy } from '../config/model.js';
import { NO_KEY, type Balancer, type Farm, type Key } from './backend.js';
import { balancerRow } from './balance/index.js';
import type { Servers } from './server.js';

/** One backend as a worker sees it: who may get traffic, as of the epoch it last looked at, and the algorithm that chooses. */
export class BackendFarm implements Farm {
  readonly proxy: number;
  usable: Int32Array;
  weights: Int32Array;
  count = 0;
  key: Key = () => NO_KEY;
  readonly random: () => number;
  readonly balancer: Balancer;
  private readonly state: Int32Array;
  private readonly epochCell: number;
  private epoch = -1;
  private readonly row: Proxy;
  private readonly servers: Servers;
  private readonly allBackups: boolean;

  constructor(row: Proxy, servers: Servers, random: () => number) {
    this.row = row;
    this.servers = servers;
    this.random = random;
    this.proxy = row.index;
    this.state = servers.state;
    this.epochCell = proxyCell(row.index, PS_EPOCH);
    this.allBackups = row.options.flags.includes('allbackups');
    this.usable = new Int32Array(row.servers.length);
    this.weights = new Int32Array(row.servers.length);
    this.balancer = balancerRow(row.balance.algorithm).make(this, servers, row);
    this.refresh();
  }

  /** Follows changes of states and weights: one load if there were none. */
  refresh(): void {
    const epoch = Atomics.load(this.state, this.epochCell);
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    if (this.usable.length < this.row.servers.length) this.widen();
    for (let i = 0; i < this.count; i++) this.servers.place[this.usable[i]!] = -1;
    this.gather(false);
    if (this.count === 0) this.gather(true);
    for (let i = 0; i < this.count; i++) this.servers.place[this.usable[i]!] = i;
    this.servers.forgetFull(this);
    this.balancer.rebuild();
  }

  /** The next refresh() looks at all again: a limit changed, or the list of servers. */
  reset(): void {
    this.epoch = -1;
  }

  /** Room for servers that were added at run time. */
  private widen(): void {
    const room = this.row.servers.length * 2;
    const usable = new Int32Array(room);
    usable.set(this.usable);
    this.usable = usable;
    this.weights = new Int32Array(room);
  }

  /** The active servers that are up, or the backups: the first, or all with `option allbackups`. Those without weight get nothing. */
  private gather(backups: boolean): void {
    const { row, servers } = this;
    const wanted = backups ? 1 : 0;
    this.count = 0;
    for (let i = 0; i < row.servers.length; i++) {
      const server = row.servers[i]!;
      servers.settle(server);
      if (!servers.isUp(server)) continue;
      const weight = servers.weight(server);
      if (weight === 0 || servers.backup[server] !== wanted) continue;
      this.usable[this.count] = server;
      this.weights[this.count++] = weight;
      if (backups && !this.allBackups) return;
    }
  }
}

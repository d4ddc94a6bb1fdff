import { PS_EPOCH } from '../core/abi.js';
import { proxyCell } from '../core/cells.js';
import type { Model, Proxy } from '../config/model.js';
import type { Balancer, Farm } from './backend.js';
import { balancerRow } from './balance/index.js';
import type { Servers } from './server.js';
import { usableServers } from './usable.js';

/** One backend as a worker sees it: who may get traffic, as of the epoch it last looked at, and the algorithm that chooses. */
export class BackendFarm implements Farm {
  readonly proxy: number;
  usable: Int32Array;
  weights: Int32Array;
  count = 0;
  readonly balancer: Balancer;
  private readonly state: Int32Array;
  private readonly epochCell: number;
  private epoch = -1;
  private readonly model: Model;
  private readonly row: Proxy;
  private readonly servers: Servers;

  constructor(model: Model, row: Proxy, servers: Servers) {
    this.model = model;
    this.row = row;
    this.servers = servers;
    this.proxy = row.index;
    this.state = servers.state;
    this.epochCell = proxyCell(row.index, PS_EPOCH);
    this.usable = new Int32Array(row.servers.length);
    this.weights = new Int32Array(row.servers.length);
    this.balancer = balancerRow(row.balance.algorithm).make(this, servers);
    this.refresh();
  }

  /** Follows changes of states and weights: one load if there were none. */
  refresh(): void {
    const epoch = Atomics.load(this.state, this.epochCell);
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    const { servers } = usableServers(this.model, this.row, this.state);
    for (const server of this.row.servers) this.servers.eligible[server] = 0;
    this.count = servers.length;
    for (let i = 0; i < servers.length; i++) {
      this.usable[i] = servers[i]!;
      this.servers.eligible[servers[i]!] = 1;
      // A weight that drops to 0 right now raises the epoch again; until then it counts as the least share.
      this.weights[i] = Math.max(1, this.servers.weight(servers[i]!));
    }
    this.balancer.rebuild();
  }
}

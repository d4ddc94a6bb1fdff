import { SRV_UP, SS_STATE, SS_WEIGHT } from '../core/abi.js';
import { serverCell } from '../core/cells.js';
import type { Model, Proxy } from '../config/model.js';

/** Which servers of a backend get traffic: the active ones; if there are none, the first backup, or all with `allbackups`. */
export interface Usable {
  readonly servers: number[];
  readonly backups: boolean;
}

/** The servers of a backend that get traffic now, in the order of the file (manual: backup, option allbackups). */
export function usableServers(model: Model, proxy: Proxy, state: Int32Array): Usable {
  const active: number[] = [];
  const backups: number[] = [];
  for (const index of proxy.servers) {
    const up = Atomics.load(state, serverCell(model.proxies.length, index, SS_STATE)) === SRV_UP;
    if (!up || Atomics.load(state, serverCell(model.proxies.length, index, SS_WEIGHT)) === 0) continue;
    (model.servers[index]!.backup ? backups : active).push(index);
  }
  if (active.length > 0) return { servers: active, backups: false };
  const all = proxy.options.flags.includes('allbackups');
  return { servers: all ? backups : backups.slice(0, 1), backups: true };
}

import { SRV_DRAIN, SRV_UP, SS_STATE } from '../abi.js';
import { serverCell } from '../cells.js';
import type { Model } from '../../config/model.js';

/** True if a server may get or keep traffic. */
export function isUsable(state: Int32Array, model: Model, server: number): boolean {
  const now = Atomics.load(state, serverCell(model.proxies.length, server, SS_STATE));
  return now === SRV_UP || now === SRV_DRAIN;
}

/** Usable servers of a backend: active ones, or backup ones if no active one is left, as HAProxy counts for nbsrv. */
export function usableServers(state: Int32Array, model: Model, backend: number): number {
  let active = 0;
  let backup = 0;
  for (const server of model.proxies[backend]?.servers ?? []) {
    if (Atomics.load(state, serverCell(model.proxies.length, server, SS_STATE)) !== SRV_UP) continue;
    if (model.servers[server]!.backup) backup++;
    else active++;
  }
  return active > 0 ? active : backup;
}

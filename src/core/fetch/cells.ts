import { GS_COUNT, PS_COUNT, SRV_DRAIN, SRV_UP, SS_COUNT, SS_STATE } from '../abi.js';
import type { Model } from '../../config/model.js';

/** Index of a proxy's cell in the shared state page (layout: abi.def). */
export function proxyCell(proxy: number, cell: number): number {
  return GS_COUNT + proxy * PS_COUNT + cell;
}

/** Index of a server's cell in the shared state page. */
export function serverCell(model: Model, server: number, cell: number): number {
  return GS_COUNT + model.proxies.length * PS_COUNT + server * SS_COUNT + cell;
}

/** True if a server may get or keep traffic. */
export function isUsable(state: Int32Array, model: Model, server: number): boolean {
  const now = Atomics.load(state, serverCell(model, server, SS_STATE));
  return now === SRV_UP || now === SRV_DRAIN;
}

/** Usable servers of a backend: active ones, or backup ones if no active one is left, as HAProxy counts for nbsrv. */
export function usableServers(state: Int32Array, model: Model, backend: number): number {
  let active = 0;
  let backup = 0;
  for (const server of model.proxies[backend]?.servers ?? []) {
    if (Atomics.load(state, serverCell(model, server, SS_STATE)) !== SRV_UP) continue;
    if (model.servers[server]!.backup) backup++;
    else active++;
  }
  return active > 0 ? active : backup;
}

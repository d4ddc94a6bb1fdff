import { PS_SERVERS_UP, SRV_DRAIN, SRV_UP, SS_STATE } from '../abi.js';
import { proxyCell, serverCell } from '../cells.js';
import type { Model } from '../../config/model.js';

/** True if a server may get or keep traffic. */
export function isUsable(state: Int32Array, model: Model, server: number): boolean {
  const now = Atomics.load(state, serverCell(model.proxies.length, server, SS_STATE));
  return now === SRV_UP || now === SRV_DRAIN;
}

/** Usable servers of a backend, as HAProxy counts for nbsrv: whoever changes a server's state keeps the number. */
export function usableServers(state: Int32Array, backend: number): number {
  return Atomics.load(state, proxyCell(backend, PS_SERVERS_UP));
}

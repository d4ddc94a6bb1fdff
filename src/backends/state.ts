import {
  LS_MAXCONN, PS_EPOCH, PS_MAXCONN, PS_SERVERS_UP, PS_STATE, SRV_DOWN, SRV_DRAIN, SRV_MAINT, SRV_UP,
  SS_ADMIN, SS_LAST_CHANGE, SS_MAXCONN, SS_STATE, SS_WEIGHT,
} from '../core/abi.js';
import { listenerCell, proxyCell, serverCell } from '../core/cells.js';
import type { Model, Server } from '../config/model.js';
import { usableServers } from './usable.js';
import { effectiveWeight } from './weight.js';

/** Bits of SS_ADMIN. */
export const ADMIN_MAINT = 1;
export const ADMIN_DRAIN = 2;

/** Names of the SRV_ states as logs and statistics show them. */
export const STATE_NAMES: Readonly<Record<number, string>> = {
  [SRV_DOWN]: 'DOWN', [SRV_UP]: 'UP', [SRV_DRAIN]: 'DRAIN', [SRV_MAINT]: 'MAINT',
};

/** The largest number of sessions a server may have: `maxconn`, or `minconn` where only that one is set or it is higher; 0 = no limit. */
function sessionLimit(server: Server): number {
  return Math.max(server.maxconn, server.minconn);
}

/**
 * Fills the cells that come from the configuration. Servers start up, disabled ones in maintenance. Called once, by the main thread,
 * before any worker sees the pages. `now` is in seconds since 1970.
 */
export function initState(model: Model, state: Int32Array, now = Math.floor(Date.now() / 1000)): void {
  const proxies = model.proxies.length;
  for (const server of model.servers) {
    const cell = (name: number): number => serverCell(proxies, server.index, name);
    Atomics.store(state, cell(SS_STATE), server.disabled ? SRV_MAINT : SRV_UP);
    Atomics.store(state, cell(SS_ADMIN), server.disabled ? ADMIN_MAINT : 0);
    Atomics.store(state, cell(SS_WEIGHT), effectiveWeight(server.weight));
    Atomics.store(state, cell(SS_MAXCONN), sessionLimit(server));
    Atomics.store(state, cell(SS_LAST_CHANGE), now);
  }
  for (const proxy of model.proxies) {
    Atomics.store(state, proxyCell(proxy.index, PS_STATE), proxy.disabled ? 0 : 1);
    Atomics.store(state, proxyCell(proxy.index, PS_MAXCONN), proxy.maxconn);
    refreshBackend(model, state, proxy.index);
  }
  for (const listener of model.listeners) {
    Atomics.store(state, listenerCell(proxies, model.servers.length, listener.index, LS_MAXCONN), listener.maxconn);
  }
}

/** Counts the usable servers of a backend anew and tells the workers that their maps are stale. */
export function refreshBackend(model: Model, state: Int32Array, proxy: number): void {
  const usable = usableServers(model, model.proxies[proxy]!, state);
  Atomics.store(state, proxyCell(proxy, PS_SERVERS_UP), usable.servers.length);
  Atomics.add(state, proxyCell(proxy, PS_EPOCH), 1);
}

/** What the cells say a server is: a SRV_ constant. */
export function serverState(model: Model, state: Int32Array, server: number): number {
  return Atomics.load(state, serverCell(model.proxies.length, server, SS_STATE));
}

/** Puts a server into a state. Returns the state it had; nothing changes if it is the same. `now` in seconds since 1970. Main thread. */
export function setServerState(model: Model, state: Int32Array, server: number, to: number, now: number): number {
  const proxies = model.proxies.length;
  const from = Atomics.exchange(state, serverCell(proxies, server, SS_STATE), to);
  if (from === to) return from;
  Atomics.store(state, serverCell(proxies, server, SS_LAST_CHANGE), now);
  refreshBackend(model, state, model.servers[server]!.proxy);
  return from;
}

/** Sets a server's effective weight (sixteenths). Main thread. */
export function setServerWeight(model: Model, state: Int32Array, server: number, effective: number): void {
  Atomics.store(state, serverCell(model.proxies.length, server, SS_WEIGHT), effective);
  refreshBackend(model, state, model.servers[server]!.proxy);
}

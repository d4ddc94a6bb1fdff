/**
 * The state of servers in the shared pages: what initState() makes of the configuration, and the cells that change while the process
 * runs. Only the main thread writes them; workers read them. Four cells belong together:
 *   SS_OP_STATE  operational state, by health: stopped, starting (slow start), running, stopping
 *   SS_ADMIN     administrative bits: maintenance and drain, by whom (management guide: show servers state)
 *   SS_STATE     what follows from the two, the one that balancing looks at
 *   SS_WEIGHT    effective weight in sixteenths: the user's weight times the step of the slow start
 * Each function here writes what it names and what follows from it, raises PS_EPOCH if something changed for balancing, and says
 * what the SRV_ state was before. Messages, tracking servers and mail to workers are the caller's (server_states.ts).
 */
import {
  ADMIN_CONFIGURED_MAINT, ADMIN_DRAIN, ADMIN_FORCED_MAINT, ADMIN_MAINT, ADMIN_RESOLUTION_MAINT, LS_MAXCONN, OP_RUNNING, OP_STARTING, OP_STOPPED, OP_STOPPING, PS_CLOSED, PS_EPOCH, PS_MAXCONN,
  PS_SERVERS_UP, PS_STATE, SRV_DOWN, SRV_DRAIN, SRV_MAINT, SRV_UP, SS_ADMIN, SS_INITIAL_WEIGHT, SS_LAST_CHANGE, SS_MAXCONN, SS_OP_STATE, SS_STATE,
  SS_THROTTLE, SS_USER_WEIGHT, SS_WEIGHT,
} from '../core/abi.js';
import { listenerCell, proxyCell, serverCell, serverRows } from '../core/cells.js';
import type { Model, Server } from '../config/model.js';
import { initAddress } from './address.js';
import { isDynamic } from './balance/index.js';
import { usableServers } from './usable.js';
import { effectiveWeight } from './weight.js';

/** Names of the SRV_ states as logs and statistics show them. */
export const STATE_NAMES: Readonly<Record<number, string>> = {
  [SRV_DOWN]: 'DOWN', [SRV_UP]: 'UP', [SRV_DRAIN]: 'DRAIN', [SRV_MAINT]: 'MAINT',
};

/** Bits of PS_CLOSED. */
export const CLOSED_UNPUBLISHED = 1;
export const CLOSED_DISABLED = 2;

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** The largest number of sessions a server may have: `maxconn`, or `minconn` where only that one is set or it is higher; 0 = no limit. */
function sessionLimit(server: Server): number {
  return Math.max(server.maxconn, server.minconn);
}

/**
 * Fills the cells that come from the configuration. Servers start up, disabled ones and those without an address in maintenance.
 * Called once, by the main thread, before any worker sees the pages. `now` is in seconds since 1970.
 */
export function initState(model: Model, state: Int32Array, now = nowSeconds()): void {
  for (const server of model.servers) initServer(model, state, server.index, now);
  for (const proxy of model.proxies) {
    Atomics.store(state, proxyCell(proxy.index, PS_STATE), proxy.disabled ? 0 : 1);
    Atomics.store(state, proxyCell(proxy.index, PS_MAXCONN), proxy.maxconn);
    Atomics.store(state, proxyCell(proxy.index, PS_CLOSED), (proxy.unpublished ? CLOSED_UNPUBLISHED : 0) | (proxy.disabled ? CLOSED_DISABLED : 0));
    refreshBackend(model, state, proxy.index);
  }
  for (const listener of model.listeners) {
    Atomics.store(state, listenerCell(model.proxies.length, serverRows(model), listener.index, LS_MAXCONN), listener.maxconn);
  }
}

/** The cells of one server at start, or when it is added. Its backend is not refreshed. */
export function initServer(model: Model, state: Int32Array, index: number, now = nowSeconds()): void {
  const server = model.servers[index]!;
  const set = (name: number, value: number): void => void Atomics.store(state, serverCell(model.proxies.length, index, name), value);
  const disabled = server.disabled ? ADMIN_FORCED_MAINT | ADMIN_CONFIGURED_MAINT : 0;
  set(SS_ADMIN, disabled | (server.unresolved ? ADMIN_RESOLUTION_MAINT : 0));
  set(SS_OP_STATE, OP_RUNNING);
  set(SS_USER_WEIGHT, server.weight);
  set(SS_INITIAL_WEIGHT, server.weight);
  set(SS_THROTTLE, 0);
  set(SS_WEIGHT, effectiveWeight(server.weight));
  set(SS_MAXCONN, sessionLimit(server));
  set(SS_LAST_CHANGE, now);
  initAddress(model, state, index);
  settle(model, state, index);
}

/** Counts the usable servers of a backend anew and tells the workers that their maps are stale. */
export function refreshBackend(model: Model, state: Int32Array, proxy: number): void {
  const usable = usableServers(model, model.proxies[proxy]!, state);
  Atomics.store(state, proxyCell(proxy, PS_SERVERS_UP), usable.servers.length);
  Atomics.add(state, proxyCell(proxy, PS_EPOCH), 1);
}

/** What the cells say a server is: a SRV_ constant. */
export function serverState(model: Model, state: Int32Array, server: number): number {
  return read(model, state, server, SS_STATE);
}

/** Its operational state: an OP_ constant. */
export function operationOf(model: Model, state: Int32Array, server: number): number {
  return read(model, state, server, SS_OP_STATE);
}

/** Its administrative state: ADMIN_ bits. */
export function adminOf(model: Model, state: Int32Array, server: number): number {
  return read(model, state, server, SS_ADMIN);
}

/**
 * What its health makes of a server: an OP_ constant. One with a slow start that was stopped becomes OP_STARTING when OP_RUNNING is
 * asked for. Returns the SRV_ state it had. `now` in seconds since 1970.
 */
export function setOperation(model: Model, state: Int32Array, server: number, op: number, now: number): number {
  const before = operationOf(model, state, server);
  const to = op === OP_RUNNING && before === OP_STOPPED ? firstOperation(model, server) : op;
  if (op === before) return serverState(model, state, server);
  // Only the end of the slow start itself ends it.
  if (op === OP_RUNNING && before === OP_STARTING && read(model, state, server, SS_THROTTLE) !== 0) return serverState(model, state, server);
  write(model, state, server, SS_OP_STATE, to);
  const from = settle(model, state, server);
  rethrottle(model, state, server, to);
  changed(model, state, server, from, now);
  return from;
}

/** Sets or takes ADMIN_ bits. A server that leaves maintenance begins with its slow start. Returns the SRV_ state it had. */
export function setAdmin(model: Model, state: Int32Array, server: number, bits: number, on: boolean, now: number): number {
  const before = adminOf(model, state, server);
  const after = on ? before | bits : before & ~bits;
  if (after === before) return serverState(model, state, server);
  write(model, state, server, SS_ADMIN, after);
  const leaves = (before & ADMIN_MAINT) !== 0 && (after & ADMIN_MAINT) === 0;
  if (leaves && operationOf(model, state, server) === OP_RUNNING) {
    const op = firstOperation(model, server);
    write(model, state, server, SS_OP_STATE, op);
    rethrottle(model, state, server, op);
  }
  const from = settle(model, state, server);
  changed(model, state, server, from, now);
  return from;
}

/** Puts a server into a SRV_ state by the shortest way: health for up and down, an administrator for the others. */
export function setServerState(model: Model, state: Int32Array, server: number, to: number, now: number): number {
  if (to === SRV_MAINT) return setAdmin(model, state, server, ADMIN_FORCED_MAINT, true, now);
  return setOperation(model, state, server, to === SRV_DOWN ? OP_STOPPED : to === SRV_DRAIN ? OP_STOPPING : OP_RUNNING, now);
}

/** Sets a server's effective weight (sixteenths). */
export function setServerWeight(model: Model, state: Int32Array, server: number, effective: number): void {
  if (read(model, state, server, SS_WEIGHT) === effective) return;
  write(model, state, server, SS_WEIGHT, effective);
  refreshBackend(model, state, model.servers[server]!.proxy);
}

/** Sets the weight that users see, 0-256; the step of a slow start stays. */
export function setUserWeight(model: Model, state: Int32Array, server: number, weight: number): void {
  write(model, state, server, SS_USER_WEIGHT, weight);
  setServerWeight(model, state, server, effectiveWeight(weight, read(model, state, server, SS_THROTTLE)));
}

/** The share of weight and maxconn that a server gets within its slow start, in percent; 0 = all. */
export function setThrottle(model: Model, state: Int32Array, server: number, percent: number): void {
  write(model, state, server, SS_THROTTLE, percent);
  const shares = isDynamic(model.proxies[model.servers[server]!.proxy]!);
  setServerWeight(model, state, server, effectiveWeight(read(model, state, server, SS_USER_WEIGHT), shares ? percent : 0));
}

function read(model: Model, state: Int32Array, server: number, cell: number): number {
  return Atomics.load(state, serverCell(model.proxies.length, server, cell));
}

function write(model: Model, state: Int32Array, server: number, cell: number, value: number): void {
  Atomics.store(state, serverCell(model.proxies.length, server, cell), value);
}

function firstOperation(model: Model, server: number): number {
  return model.servers[server]!.slowstart > 0 ? OP_STARTING : OP_RUNNING;
}

function rethrottle(model: Model, state: Int32Array, server: number, op: number): void {
  if (op === OP_STARTING) setThrottle(model, state, server, 1);
  else if (read(model, state, server, SS_THROTTLE) !== 0) setThrottle(model, state, server, 0);
}

/** Makes SS_STATE of the operational and the administrative state; returns what it was. */
function settle(model: Model, state: Int32Array, server: number): number {
  const op = operationOf(model, state, server);
  const admin = adminOf(model, state, server);
  const to = (admin & ADMIN_MAINT) !== 0 ? SRV_MAINT
    : op === OP_STOPPED ? SRV_DOWN
    : op === OP_STOPPING || (admin & ADMIN_DRAIN) !== 0 ? SRV_DRAIN
    : SRV_UP;
  return Atomics.exchange(state, serverCell(model.proxies.length, server, SS_STATE), to);
}

function changed(model: Model, state: Int32Array, server: number, from: number, now: number): void {
  if (serverState(model, state, server) === from) return;
  write(model, state, server, SS_LAST_CHANGE, now);
  refreshBackend(model, state, model.servers[server]!.proxy);
}

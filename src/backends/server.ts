import {
  PS_BACKEND_SESSIONS, PS_COUNT, GS_COUNT, SRV_UP, SS_COUNT, SS_MAXCONN, SS_QUEUED, SS_SESSIONS, SS_SESSIONS_MAX, SS_STATE, SS_WEIGHT,
} from '../core/abi.js';
import type { Model } from '../config/model.js';

/** Raises a cell to `value` if that is more. */
export function raise(state: Int32Array, cell: number, value: number): void {
  let seen = Atomics.load(state, cell);
  while (seen < value) {
    const found = Atomics.compareExchange(state, cell, seen, value);
    if (found === seen) return;
    seen = found;
  }
}

/**
 * All servers of a Model as one table: what the configuration says in typed arrays, what changes in the shared state. Reads that
 * only inform a choice are plain; whatever is counted is atomic.
 */
export class Servers {
  readonly state: Int32Array;
  readonly proxy: Int32Array;
  readonly maxqueue: Int32Array;
  /** 1: gets traffic by balancing, as of the last look at the backend's epoch (BackendFarm.refresh). */
  readonly eligible: Uint8Array;
  private readonly minconn: Int32Array;
  private readonly fullconn: Int32Array;
  private readonly base: number;

  constructor(model: Model, state: Int32Array) {
    this.state = state;
    this.base = GS_COUNT + model.proxies.length * PS_COUNT;
    this.proxy = Int32Array.from(model.servers, (s) => s.proxy);
    this.maxqueue = Int32Array.from(model.servers, (s) => s.maxqueue);
    this.eligible = new Uint8Array(model.servers.length);
    this.minconn = Int32Array.from(model.servers, (s) => s.minconn);
    this.fullconn = Int32Array.from(model.proxies, (p) => p.fullconn);
  }

  cell(server: number, cell: number): number {
    return this.base + server * SS_COUNT + cell;
  }

  sessions(server: number): number {
    return this.state[this.base + server * SS_COUNT + SS_SESSIONS]!;
  }

  queued(server: number): number {
    return this.state[this.base + server * SS_COUNT + SS_QUEUED]!;
  }

  weight(server: number): number {
    return this.state[this.base + server * SS_COUNT + SS_WEIGHT]!;
  }

  isUp(server: number): boolean {
    return this.state[this.base + server * SS_COUNT + SS_STATE] === SRV_UP;
  }

  /**
   * Concurrent sessions the server takes now, 0 = no limit. With `minconn` the limit follows the load of the backend: maxconn from
   * `fullconn` sessions on, in proportion below, never less than minconn (manual: server, minconn).
   */
  limit(server: number): number {
    const maxconn = this.state[this.base + server * SS_COUNT + SS_MAXCONN]!;
    const minconn = this.minconn[server]!;
    if (minconn === 0 || minconn >= maxconn) return maxconn;
    const proxy = this.proxy[server]!;
    const full = this.fullconn[proxy]!;
    const load = this.state[GS_COUNT + proxy * PS_COUNT + PS_BACKEND_SESSIONS]!;
    if (load >= full) return maxconn;
    return Math.max(minconn, Math.floor((load * maxconn) / full));
  }

  /** A new session would be served at once: below the limit, and nobody waits for this very server. */
  hasRoom(server: number): boolean {
    const limit = this.limit(server);
    return limit === 0 || (this.sessions(server) < limit && this.queued(server) === 0);
  }

  /** Takes a slot, in competition with the other workers. False if the server is full. */
  take(server: number): boolean {
    const cell = this.base + server * SS_COUNT + SS_SESSIONS;
    const limit = this.limit(server);
    let now: number;
    if (limit === 0) now = Atomics.add(this.state, cell, 1) + 1;
    else {
      let seen = Atomics.load(this.state, cell);
      for (;;) {
        if (seen >= limit) return false;
        const found = Atomics.compareExchange(this.state, cell, seen, seen + 1);
        if (found === seen) break;
        seen = found;
      }
      now = seen + 1;
    }
    raise(this.state, this.base + server * SS_COUNT + SS_SESSIONS_MAX, now);
    return true;
  }
}

import {
  GS_COUNT, GS_RELEASES, PS_BACKEND_SESSIONS, PS_COUNT, RR_COUNT, SRV_DRAIN, SRV_UP, SS_COUNT, SS_MAXCONN, SS_QUEUED, SS_SESSIONS,
  SS_SESSIONS_MAX, SS_STATE, SS_THROTTLE, SS_WEIGHT,
} from '../core/abi.js';
import { releaseCell, serverRows } from '../core/cells.js';
import type { Model, Server } from '../config/model.js';
import { addressOf } from './address.js';
import { placement } from './balance/node_key.js';
import type { Farm } from './backend.js';
import { effectiveWeight } from './weight.js';

/** Raises a cell to `value` if that is more. */
export function raise(state: Int32Array, cell: number, value: number): void {
  let seen = Atomics.load(state, cell);
  while (seen < value) {
    const found = Atomics.compareExchange(state, cell, seen, value);
    if (found === seen) return;
    seen = found;
  }
}

/** Farms of up to so many servers are scanned: that costs less than keeping anything in order. */
export const SMALL = 64;

/**
 * All servers of a Model as one table: what the configuration says in typed arrays, what changes in the shared state. Reads that
 * only inform a choice are plain; whatever is counted is atomic.
 */
export class Servers {
  readonly state: Int32Array;
  readonly proxy: Int32Array;
  readonly id: Int32Array;
  readonly maxqueue: Int32Array;
  /** Effective weight (sixteenths) as the configuration has it. */
  readonly configuredWeight: Int32Array;
  readonly backup: Uint8Array;
  /** What places it on rings and in tables (manual: hash-key). */
  readonly placement: Uint32Array;
  /** Position in its farm's list of usable servers, as of the last look at the backend's epoch; -1: gets nothing by balancing. */
  readonly place: Int32Array;
  private readonly model: Model;
  /** 1: it is placed by its address. */
  private readonly moves: Uint8Array;
  private readonly minconn: Int32Array;
  private readonly fullconn: Int32Array;
  /** By proxy: it started with more than SMALL servers, so its released slots are listed (PO_NOTE_RELEASES). */
  private readonly large: Uint8Array;
  /** By proxy: a server's limit moves with the load (minconn) or time (slowstart). */
  private readonly moving: Uint8Array;
  /** By proxy: releases at the time when no server had room; -1 = some may have. */
  private readonly fullAt: Float64Array;
  private readonly base: number;
  private readonly firstRelease: number;

  constructor(model: Model, state: Int32Array) {
    const rows = serverRows(model);
    this.model = model;
    this.state = state;
    this.moves = new Uint8Array(rows);
    this.base = GS_COUNT + model.proxies.length * PS_COUNT;
    this.firstRelease = releaseCell(model, 0);
    this.proxy = new Int32Array(rows).fill(-1);
    this.id = new Int32Array(rows);
    this.maxqueue = new Int32Array(rows);
    this.configuredWeight = new Int32Array(rows);
    this.backup = new Uint8Array(rows);
    this.placement = new Uint32Array(rows);
    this.place = new Int32Array(rows).fill(-1);
    this.minconn = new Int32Array(rows);
    this.fullconn = Int32Array.from(model.proxies, (p) => p.fullconn);
    this.large = Uint8Array.from(model.proxies, (p) => (p.servers.length > SMALL ? 1 : 0));
    this.moving = new Uint8Array(model.proxies.length);
    this.fullAt = new Float64Array(model.proxies.length).fill(-1);
    for (const server of model.servers) this.grow(server);
  }

  /** Takes up a server of the configuration, or one that was added at run time. */
  grow(server: Server): void {
    const { index } = server;
    this.proxy[index] = server.proxy;
    this.id[index] = server.id;
    this.maxqueue[index] = server.maxqueue;
    this.configuredWeight[index] = effectiveWeight(server.weight);
    this.backup[index] = server.backup ? 1 : 0;
    this.minconn[index] = server.minconn;
    this.placement[index] = placement(server, addressOf(this.model, this.state, index));
    this.moves[index] = server.hashKey.startsWith('addr') ? 1 : 0;
    if (server.minconn > 0 || server.slowstart > 0) this.moving[server.proxy] = 1;
  }

  /** Follows the address of a server that is placed by it. */
  settle(server: number): void {
    if (this.moves[server] !== 0) this.placement[server] = placement(this.model.servers[server]!, addressOf(this.model, this.state, server));
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

  /** Takes sessions that were made for it: it is up, or gets nothing new and keeps what it has (manual: weight 0, drain). */
  isServing(server: number): boolean {
    const state = this.state[this.base + server * SS_COUNT + SS_STATE];
    return state === SRV_UP || state === SRV_DRAIN;
  }

  /**
   * Concurrent sessions the server takes now, 0 = no limit. With `minconn` the limit follows the load of the backend: maxconn from
   * `fullconn` sessions on, in proportion below, never less than minconn (manual: server, minconn); a slow start cuts that.
   */
  limit(server: number): number {
    const at = this.base + server * SS_COUNT;
    const maxconn = this.state[at + SS_MAXCONN]!;
    if (maxconn === 0) return 0;
    const limit = this.minconn[server] === 0 ? maxconn : this.dynamicLimit(server, maxconn);
    const throttle = this.state[at + SS_THROTTLE]!;
    return throttle === 0 ? limit : Math.max(1, Math.ceil((limit * throttle) / 100));
  }

  private dynamicLimit(server: number, maxconn: number): number {
    const minconn = this.minconn[server]!;
    if (minconn >= maxconn) return maxconn;
    const proxy = this.proxy[server]!;
    const full = this.fullconn[proxy]!;
    const load = this.state[GS_COUNT + proxy * PS_COUNT + PS_BACKEND_SESSIONS]!;
    if (load >= full) return maxconn;
    return Math.max(minconn, Math.floor((load * maxconn) / full));
  }

  /** True for backends of many servers: algorithms rely on the list of released slots there. */
  isLarge({ proxy }: Pick<Farm, 'proxy'>): boolean {
    return this.large[proxy] !== 0;
  }

  /** True if limits of the farm's servers change by themselves: that nobody had room a moment ago says nothing then. */
  hasMovingLimits({ proxy }: Farm): boolean {
    return this.moving[proxy] !== 0;
  }

  /** A new session would be served at once: below the limit, and nobody waits for this very server. */
  hasRoom(server: number): boolean {
    const limit = this.limit(server);
    return limit === 0 || (this.sessions(server) < limit && this.queued(server) === 0);
  }

  /** Another session may wait for this server: its queue isn't full (manual: maxqueue). */
  mayQueue(server: number): boolean {
    const maxqueue = this.maxqueue[server]!;
    return maxqueue === 0 || this.queued(server) < maxqueue;
  }

  /** Below its limit, or with a queue that was explicitly allowed (`maxqueue`) and isn't full. */
  accepts(server: number): boolean {
    return this.hasRoom(server) || (this.maxqueue[server]! > 0 && this.mayQueue(server));
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

  // The list of released slots: a ring of server numbers that the engine (slot.cc) and queues write for large backends, so that who
  // keeps an order of loads need not look at all servers. An entry holds the low bits of its number, to tell it from older ones.

  /** Number of releases so far, modulo 2^32. */
  releases(): number {
    return Atomics.load(this.state, GS_RELEASES) >>> 0;
  }

  /** Lists a server whose load became less by something else than a slot given back by the engine. */
  noteRelease(server: number): void {
    const number = Atomics.add(this.state, GS_RELEASES, 1) >>> 0;
    Atomics.store(this.state, this.firstRelease + (number % RR_COUNT), releaseEntry(number, server));
  }

  /** Visits the servers released since number `from`; returns the number to go on with, -1 if some were lost. */
  readReleases(from: number, visit: (server: number) => void): number {
    const until = this.releases();
    let number = from;
    if (((until - from) >>> 0) > RR_COUNT / 2) return -1;
    for (; number !== until; number = (number + 1) >>> 0) {
      const entry = Atomics.load(this.state, this.firstRelease + (number % RR_COUNT));
      const server = entry & SERVER_MASK;
      // It is being written in this moment: it is read next time.
      if (entry !== releaseEntry(number, server)) break;
      visit(server);
    }
    return number;
  }

  /** True if no server of a large farm had room, and none has been released since then. */
  isFull(farm: Farm): boolean {
    return this.fullAt[farm.proxy] === this.releases();
  }

  /** No server of a farm has room; `seen` releases were counted before that was looked at. */
  foundFull(farm: Farm, seen: number): void {
    if (this.isLarge(farm) && !this.hasMovingLimits(farm)) this.fullAt[farm.proxy] = seen;
  }

  /** The farm has changed. */
  forgetFull(farm: Farm): void {
    this.fullAt[farm.proxy] = -1;
  }
}

/** Bits of an entry that name the server; the others are the low bits of the lap around the ring, from 1 on. */
const SERVER_BITS = 20;
const SERVER_MASK = (1 << SERVER_BITS) - 1;
const LAPS = 2 ** (32 - SERVER_BITS);

function releaseEntry(number: number, server: number): number {
  return (server | (((Math.floor(number / RR_COUNT) + 1) % LAPS) << SERVER_BITS)) | 0;
}

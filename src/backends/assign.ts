import {
  CB_LB_TOTAL, CS_LB_TOTAL, FACT_FLAGS, FACT_SERVER, FACT_SESSION, FF_REDISPATCH, PS_QUEUED, PS_QUEUED_MAX, SS_QUEUED, SS_QUEUED_MAX,
  VERDICT_ARG_NONE, VERDICT_CONTINUE, VERDICT_ERROR, VERDICT_QUEUE, VERDICT_SERVER,
} from '../core/abi.js';
import type { Engine } from '../core/addon.js';
import { backendCounter, proxyCell, serverCounter } from '../core/cells.js';
import type { Tx } from '../core/tx.js';
import type { Model } from '../config/model.js';
import type { Backends } from './backend.js';
import { BackendFarm } from './farm.js';
import { Queues } from './queue.js';
import { raise, Servers } from './server.js';

/** No slot is to be had. */
const FULL = -1;
/** No session handle: handles are 32 bits wide. */
const NOBODY = 2 ** 40;
/** Times a choice is repeated when other workers take the slots first, before the session waits in the queue. */
const ATTEMPTS = 16;
/** What use() answers for a server that is down. */
const NOT_USABLE = VERDICT_CONTINUE;
const UNAVAILABLE = VERDICT_ERROR | (503 << 8);

/** More than any time of a process, in ms, together with the largest offset. */
const CLASS_STEP = 2 ** 41;

/** Place in a queue: by class, then by time of arrival and offset. */
function rankOf(tx: Tx): number {
  const stream = tx.streamIfAny();
  const now = performance.now();
  return stream === undefined ? now : stream.priorityClass * CLASS_STEP + now + stream.priorityOffset;
}

/**
 * Slots and queues of one worker. A slot is taken here and given back by the engine, which then asks slotFree() if the shared
 * counts say that somebody waits. Joining a queue raises the count first and tries again for a slot after it, the engine lowers
 * the sessions first and reads the count after it: so one of the two always sees the other, and nobody waits beside a free slot.
 */
export class Assigner implements Backends {
  private readonly servers: Servers;
  private readonly farms: (BackendFarm | null)[];
  private readonly queues: Queues;
  private readonly proxies: number;
  private readonly engine: () => Engine;
  private readonly counters: Uint32Array;
  /** The worker's only Tx, seen with the first choice: nobody waits before that. */
  private tx: Tx | null = null;

  constructor(model: Model, state: Int32Array, engine: () => Engine, counters: Uint32Array) {
    this.servers = new Servers(model, state);
    this.proxies = model.proxies.length;
    this.farms = model.proxies.map((p) => (p.isBackend ? new BackendFarm(model, p, this.servers) : null));
    this.queues = new Queues(this.proxies + model.servers.length);
    this.engine = engine;
    this.counters = counters;
  }

  assign(backend: number, tx: Tx): number {
    this.tx = tx;
    const farm = this.farms[backend]!;
    farm.refresh();
    if (farm.count === 0) return UNAVAILABLE;
    const { facts } = tx;
    const avoid = (facts[FACT_FLAGS]! & FF_REDISPATCH) !== 0 ? facts[FACT_SERVER]! : -1;
    // Those who wait come first.
    if (this.queues.size(backend) > 0) this.serveBackend(farm, NOBODY);
    let choice = FULL;
    if (this.queues.size(backend) === 0) choice = this.choose(farm, tx, avoid);
    if (choice < FULL) return this.wait(farm, FULL - 1 - choice, tx);
    if (choice === FULL) return this.wait(farm, FULL, tx);
    this.countChoice(backend, choice);
    return VERDICT_SERVER | (choice << 8);
  }

  use(server: number, tx: Tx, force: boolean): number {
    this.tx = tx;
    const { servers } = this;
    if (!force && !servers.isUp(server)) return NOT_USABLE;
    const backend = servers.proxy[server]!;
    // Those who wait for this server come first.
    if (this.queues.size(this.proxies + server) > 0) this.serveServer(server, NOBODY);
    if (this.queues.size(this.proxies + server) > 0 || !servers.take(server)) return this.wait(this.farms[backend]!, server, tx);
    this.countChoice(backend, server);
    return VERDICT_SERVER | (server << 8);
  }

  slotFree(server: number): void {
    if (server >= 0) {
      this.serveServer(server, NOBODY);
      return;
    }
    for (let list = 0; list < this.proxies + this.servers.proxy.length; list++) {
      if (this.queues.size(list) === 0) continue;
      if (list < this.proxies) this.serveBackend(this.farms[list]!, NOBODY);
      else this.serveServer(list - this.proxies, NOBODY);
    }
  }

  forget(session: number): void {
    if (this.queues.where(session) >= 0) this.leave(session);
  }

  changed(server: number): void {
    const farm = this.farms[this.servers.proxy[server]!]!;
    farm.refresh();
    if (this.servers.isUp(server)) this.serveServer(server, NOBODY);
    else this.disperse(server, farm);
    this.serveBackend(farm, NOBODY);
  }

  /**
   * A server of which a slot was taken; FULL if there is none; below FULL: -2 - server for a full one whose queue the
   * algorithm prefers.
   */
  private choose(farm: BackendFarm, tx: Tx, avoid: number): number {
    const { servers } = this;
    if (farm.count === 0) return FULL;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      let server = farm.balancer.next(tx, avoid);
      if (server < 0 && avoid >= 0) server = farm.balancer.next(tx, -1);
      if (server < 0) return FULL;
      if (servers.hasRoom(server) && servers.take(server)) return server;
      if (farm.balancer.queues && servers.maxqueue[server]! > 0) return FULL - 1 - server;
    }
    return FULL;
  }

  /** Joins the queue of `server`, or the backend's if it is FULL, unless a slot became free meanwhile. */
  private wait(farm: BackendFarm, server: number, tx: Tx): number {
    const session = tx.facts[FACT_SESSION]!;
    const list = server >= 0 ? this.proxies + server : farm.proxy;
    // One that ended without a word must not hold the place of its successor.
    this.forget(this.queues.occupant(session));
    this.queues.push(list, session, rankOf(tx));
    this.countQueue(list, 1);
    const got = server >= 0 ? this.serveServer(server, session) : this.serveBackend(farm, session);
    if (got >= 0) return VERDICT_SERVER | (got << 8);
    return VERDICT_QUEUE | ((server >= 0 ? server : VERDICT_ARG_NONE) << 8);
  }

  /** Gives free slots to those who wait for any server of a backend. Ends at `self` and returns its server, not resuming it; else FULL. */
  private serveBackend(farm: BackendFarm, self: number): number {
    const list = farm.proxy;
    farm.refresh();
    while (this.queues.size(list) > 0) {
      const server = this.choose(farm, this.tx!, -1);
      if (server <= FULL) return FULL;
      const session = this.queues.peek(list);
      this.leave(session);
      if (session === self) return server;
      this.resume(session, server);
    }
    return FULL;
  }

  /** As serveBackend, for the slots of one server: the oldest of its own queue and the backend's comes first. */
  private serveServer(server: number, self: number): number {
    const { queues, servers } = this;
    const backend = servers.proxy[server]!;
    this.farms[backend]!.refresh();
    const own = this.proxies + server;
    while (servers.isUp(server)) {
      const mine = queues.size(own) > 0;
      const theirs = servers.eligible[server] === 1 && queues.size(backend) > 0;
      if ((!mine && !theirs) || !servers.take(server)) return FULL;
      const session = queues.peek(mine && (!theirs || queues.isAhead(own, backend)) ? own : backend);
      this.leave(session);
      if (session === self) return server;
      this.resume(session, server);
    }
    return FULL;
  }

  /** Sends those who wait for a server that is out to another one, or to the backend's queue in their order. */
  private disperse(server: number, farm: BackendFarm): void {
    const own = this.proxies + server;
    while (this.queues.size(own) > 0) {
      const session = this.queues.peek(own);
      const other = farm.count > 0 ? this.choose(farm, this.tx!, server) : FULL;
      if (other >= 0) {
        this.leave(session);
        this.resume(session, other);
      } else if (farm.count === 0) {
        this.leave(session);
        this.engine().resume(session >>> 0, UNAVAILABLE);
      } else {
        this.countQueue(own, -1);
        this.queues.move(session, farm.proxy);
        this.countQueue(farm.proxy, 1);
      }
    }
  }

  private leave(session: number): void {
    const list = this.queues.where(session);
    this.queues.remove(session);
    this.countQueue(list, -1);
  }

  private resume(session: number, server: number): void {
    this.engine().resume(session >>> 0, VERDICT_SERVER | (server << 8));
  }

  private countQueue(list: number, by: number): void {
    const { state } = this.servers;
    const isBackend = list < this.proxies;
    const cell = isBackend ? proxyCell(list, PS_QUEUED) : this.servers.cell(list - this.proxies, SS_QUEUED);
    const now = Atomics.add(state, cell, by) + by;
    if (by > 0) {
      raise(state, isBackend ? proxyCell(list, PS_QUEUED_MAX) : this.servers.cell(list - this.proxies, SS_QUEUED_MAX), now);
    }
  }

  private countChoice(backend: number, server: number): void {
    this.count(backendCounter(backend, CB_LB_TOTAL));
    this.count(serverCounter(this.proxies, server, CS_LB_TOTAL));
  }

  /** Adds one to a counter of this worker: halves of 32 bits, low first, so that no BigInt is made. */
  private count(cell: number): void {
    const low = (this.counters[2 * cell]! + 1) >>> 0;
    if (low === 0) this.counters[2 * cell + 1]!++;
    this.counters[2 * cell] = low;
  }
}

/**
 * The backends of one worker. `state` are the shared cells; `counters` is this worker's row of the counters as 32-bit halves
 * (two a cell, low first). `engine` is asked for when a session is resumed, not before.
 */
export function createBackends(model: Model, state: Int32Array, engine: () => Engine, counters: Uint32Array): Backends {
  return new Assigner(model, state, engine, counters);
}

import {
  CB_LB_TOTAL, CS_LB_TOTAL, FACT_FLAGS, FACT_SERVER, FACT_SESSION, FF_REDISPATCH, PS_QUEUED, PS_QUEUED_MAX, PS_SLOT_LEFT, SS_QUEUED, SS_QUEUED_MAX,
  SS_SESSIONS, VERDICT_ARG_NONE, VERDICT_CONTINUE, VERDICT_ERROR, VERDICT_QUEUE, VERDICT_SERVER,
} from '../core/abi.js';
import type { Engine } from '../core/addon.js';
import { backendCounter, proxyCell, serverCounter, serverRows } from '../core/cells.js';
import type { Tx } from '../core/tx.js';
import { verdictArgument, verdictCode } from '../core/verdict.js';
import type { Model, Server } from '../config/model.js';
import type { Backends, Key } from './backend.js';
import { BackendFarm } from './farm.js';
import { LineUp } from './line_up.js';
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

/** More than any date in ms together with the largest offset. */
const CLASS_STEP = 2 ** 42;

/** Place in a queue: by class, then by time of arrival and offset; the same scale in all workers. */
function rankOf(tx: Tx, now: number): number {
  const stream = tx.streamIfAny();
  return stream === undefined ? now : stream.priorityClass * CLASS_STEP + now + stream.priorityOffset;
}

/** Time as queues see it. */
export interface Clock {
  /** ms since 1970, the same in all workers. */
  now(): number;
  after(ms: number, run: () => void): void;
}

const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (ms, run) => void setTimeout(run, ms).unref(),
};

/** What a worker gives to its backends. */
export interface BackendParts {
  /** Shared state cells. */
  readonly state: Int32Array;
  /** This worker's row of the counters as 32-bit halves, two a cell, low first. */
  readonly counters: Uint32Array;
  /** Asked for when a session is resumed, not before. */
  engine(): Engine;
  /** Number of this worker, from 0. */
  readonly worker?: number;
  /** Numbers from 0 up to 1. */
  readonly random?: () => number;
  readonly clock?: Clock;
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
  private readonly lineUp: LineUp;
  private readonly clock: Clock;
  private readonly proxies: number;
  private readonly engine: () => Engine;
  private readonly counters: Uint32Array;
  private readonly serveList = (list: number): void => {
    if (list >= this.proxies) return void this.serveServer(list - this.proxies, NOBODY);
    // A server with a queue of its own is not what the algorithm proposes.
    const left = Atomics.load(this.servers.state, proxyCell(list, PS_SLOT_LEFT)) - 1;
    if (left >= 0) this.serveServer(left, NOBODY);
    this.serveBackend(this.farms[list]!, NOBODY);
  };

  constructor(model: Model, parts: BackendParts) {
    const { state, counters, worker = 0, random = Math.random, clock = systemClock } = parts;
    this.clock = clock;
    this.servers = new Servers(model, state);
    this.proxies = model.proxies.length;
    this.farms = model.proxies.map((p) => (p.isBackend ? new BackendFarm(p, this.servers, random) : null));
    this.queues = new Queues(this.proxies + serverRows(model));
    this.lineUp = new LineUp(model, state, worker, {
      passOn: () => parts.engine().passSlotOn(),
      lookAgainIn: (ms) => clock.after(ms, () => this.lineUp.lookAgain(() => this.slotFree(-1))),
    });
    this.engine = () => parts.engine();
    this.counters = counters;
  }

  hashBy(backend: number, key: Key): void {
    this.farms[backend]!.key = key;
  }

  grow(server: Server): void {
    this.servers.grow(server);
    this.farms[server.proxy]!.reset();
  }

  assign(backend: number, tx: Tx): number {
    const farm = this.farms[backend]!;
    farm.refresh();
    if (farm.count === 0) return UNAVAILABLE;
    const { facts } = tx;
    const avoid = (facts[FACT_FLAGS]! & FF_REDISPATCH) !== 0 ? facts[FACT_SERVER]! : -1;
    // Those who wait come first, in this worker and in the others.
    if (this.queued(backend) > 0) return this.wait(farm, FULL, tx, avoid);
    const choice = this.choose(farm, tx, avoid);
    if (choice < FULL) return this.wait(farm, FULL - 1 - choice, tx, avoid);
    if (choice === FULL) return this.wait(farm, FULL, tx, avoid);
    this.countChoice(backend, choice);
    return VERDICT_SERVER | (choice << 8);
  }

  use(server: number, tx: Tx, force: boolean): number {
    const { servers } = this;
    if (!force && !servers.isServing(server)) return NOT_USABLE;
    const farm = this.farms[servers.proxy[server]!]!;
    farm.refresh();
    // Those who wait for this server come first.
    if (this.queued(this.proxies + server) > 0 || !servers.take(server)) {
      return force || servers.mayQueue(server) ? this.wait(farm, server, tx, -1, force) : NOT_USABLE;
    }
    return VERDICT_SERVER | (server << 8);
  }

  giveBack(verdict: number, session: number): void {
    const code = verdictCode(verdict);
    if (code === VERDICT_QUEUE) this.forget(session);
    if (code !== VERDICT_SERVER) return;
    const server = verdictArgument(verdict);
    this.release(server);
    if (this.waitsFor(server)) this.slotFree(server);
  }

  slotFree(server: number): void {
    if (server >= 0) {
      this.serveServer(server, NOBODY);
      return;
    }
    this.queues.eachList(this.serveList);
  }

  forget(session: number): void {
    if (this.queues.where(session) >= 0) this.leave(session);
  }

  changed(server: number): void {
    const farm = this.farms[this.servers.proxy[server]!]!;
    farm.reset();
    farm.refresh();
    if (this.servers.isServing(server)) this.serveServer(server, NOBODY);
    else this.disperse(server, farm);
    this.serveBackend(farm, NOBODY);
  }

  /**
   * A server of which a slot was taken; FULL if there is none; below FULL: -2 - server for a full one that the session is to wait
   * for. Without `tx` for a session that waits for any server.
   */
  private choose(farm: BackendFarm, tx: Tx | null, avoid: number): number {
    const { servers } = this;
    if (farm.count === 0) return FULL;
    const { balancer } = farm;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      let server = balancer.next(tx, avoid);
      if (server < 0 && avoid >= 0) server = balancer.next(tx, -1);
      if (server < 0) return FULL;
      if (servers.hasRoom(server) && servers.take(server)) return server;
      if (balancer.queues === 'always' || (balancer.queues === 'limited' && servers.maxqueue[server]! > 0)) return FULL - 1 - server;
    }
    return FULL;
  }

  /** Joins the queue of `server`, or the backend's if it is FULL, unless a slot became free meanwhile. */
  private wait(farm: BackendFarm, server: number, tx: Tx, avoid: number, pinned = false): number {
    const session = tx.facts[FACT_SESSION]!;
    const list = server >= 0 ? this.proxies + server : farm.proxy;
    // One that ended without a word must not hold the place of its successor.
    this.forget(this.queues.occupant(session));
    this.queues.push(list, session, rankOf(tx, this.clock.now()), pinned);
    tx.stream()[server >= 0 ? 'serverQueue' : 'backendQueue'] = this.countQueue(list, 1);
    const got = server >= 0 ? this.serveServer(server, session) : this.serveBackend(farm, session, avoid);
    if (got >= 0) {
      if (server < 0) this.countChoice(farm.proxy, got);
      return VERDICT_SERVER | (got << 8);
    }
    return VERDICT_QUEUE | ((server >= 0 ? server : VERDICT_ARG_NONE) << 8);
  }

  /**
   * Gives free slots to those who wait for any server of a backend. Ends at `self` and returns its server, not resuming it; else
   * FULL. The server to avoid is that of `self`.
   */
  private serveBackend(farm: BackendFarm, self: number, avoid = -1): number {
    const list = farm.proxy;
    farm.refresh();
    while (this.queues.size(list) > 0) {
      const session = this.queues.peek(list);
      const server = this.choose(farm, null, session === self ? avoid : -1);
      if (server <= FULL) return FULL;
      if (this.lineUp.isBehind(list, this.queues.rank(session), this.queued(list) - this.queues.size(list))) {
        // Another worker's session has waited for longer.
        this.passOn(server);
        return FULL;
      }
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
    const own = this.proxies + server;
    this.farms[backend]!.refresh();
    for (;;) {
      const mine = queues.size(own) > 0;
      const theirs = servers.place[server]! >= 0 && queues.size(backend) > 0;
      if (!mine && !theirs) return FULL;
      const session = queues.peek(mine && (!theirs || queues.isAhead(own, backend)) ? own : backend);
      const mayGo = servers.isServing(server) || queues.isPinned(session);
      if (!mayGo || !servers.take(server)) return FULL;
      if (this.isBehindOthers(server, session)) {
        this.passOn(server);
        return FULL;
      }
      this.leave(session);
      if (session === self) return server;
      this.resume(session, server);
    }
  }

  /** True if a session of another worker comes before this one for a slot of that server. */
  private isBehindOthers(server: number, session: number): boolean {
    const { queues, lineUp } = this;
    const rank = queues.rank(session);
    const own = this.proxies + server;
    const backend = this.servers.proxy[server]!;
    return lineUp.isBehind(own, rank, this.queued(own) - queues.size(own))
      || (this.servers.place[server]! >= 0 && lineUp.isBehind(backend, rank, this.queued(backend) - queues.size(backend)));
  }

  /** Sends those who wait for a server that is out to another one, or to the backend's queue in their order. */
  private disperse(server: number, farm: BackendFarm): void {
    const own = this.proxies + server;
    for (let session = this.queues.peekLoose(own); session !== null; session = this.queues.peekLoose(own)) {
      const other = farm.count > 0 ? this.choose(farm, null, server) : FULL;
      if (other >= 0) {
        this.leave(session);
        this.resume(session, other);
      } else if (farm.count === 0) {
        this.leave(session);
        this.engine().resume(session >>> 0, UNAVAILABLE);
      } else {
        this.countQueue(own, -1);
        this.queues.move(session, farm.proxy);
        this.publish(own);
        this.countQueue(farm.proxy, 1);
      }
    }
  }

  /** Leaves a slot to the worker whose session is first. */
  private passOn(server: number): void {
    this.release(server);
    Atomics.store(this.servers.state, proxyCell(this.servers.proxy[server]!, PS_SLOT_LEFT), server + 1);
    this.lineUp.passOn();
  }

  /** Gives a slot back that was taken here. */
  private release(server: number): void {
    Atomics.sub(this.servers.state, this.servers.cell(server, SS_SESSIONS), 1);
    if (this.servers.isLarge(this.farms[this.servers.proxy[server]!]!)) this.servers.noteRelease(server);
  }

  private waitsFor(server: number): boolean {
    return this.queued(this.proxies + server) > 0 || this.queued(this.servers.proxy[server]!) > 0;
  }

  private leave(session: number): void {
    const list = this.queues.where(session);
    this.queues.remove(session);
    this.countQueue(list, -1);
  }

  private resume(session: number, server: number): void {
    this.countChoice(this.servers.proxy[server]!, server);
    this.engine().resume(session >>> 0, VERDICT_SERVER | (server << 8));
  }

  /** Sessions in a list, those of all workers. */
  private queued(list: number): number {
    return Atomics.load(this.servers.state, this.queueCell(list));
  }

  private queueCell(list: number): number {
    return list < this.proxies ? proxyCell(list, PS_QUEUED) : this.servers.cell(list - this.proxies, SS_QUEUED);
  }

  /** Tells the other workers who is first here. */
  private publish(list: number): void {
    this.lineUp.publish(list, this.queues.size(list) > 0 ? this.queues.rank(this.queues.peek(list)) : Infinity);
  }

  private countQueue(list: number, by: number): number {
    const { state } = this.servers;
    this.publish(list);
    const now = Atomics.add(state, this.queueCell(list), by) + by;
    if (by > 0) {
      raise(state, list < this.proxies ? proxyCell(list, PS_QUEUED_MAX) : this.servers.cell(list - this.proxies, SS_QUEUED_MAX), now);
    } else if (list >= this.proxies) this.noteShorterQueue(list - this.proxies);
    return now;
  }

  /** Waiting sessions count as load (leastconn). */
  private noteShorterQueue(server: number): void {
    if (this.servers.isLarge(this.farms[this.servers.proxy[server]!]!)) this.servers.noteRelease(server);
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

/** The backends of one worker. */
export function createBackends(model: Model, parts: BackendParts): Backends {
  return new Assigner(model, parts);
}

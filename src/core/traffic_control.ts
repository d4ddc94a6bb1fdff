/**
 * What an administrator does to running traffic: listeners of a frontend paused, opened again or closed for good, limits changed,
 * sessions ended. Main thread; the workers follow the shared cells, or mail.
 */
import type { Model } from '../config/model.js';
import * as abi from './abi.js';
import type { Addon } from './addon.js';
import { backlogOf, type BoundListener } from './bind.js';
import { listenerCell, proxyCell, serverCell, serverRows } from './cells.js';
import type { WorkerPool } from './worker_pool.js';

export interface TrafficParts {
  readonly addon: Pick<Addon, 'closeFd' | 'listen' | 'pauseFd'>;
  readonly model: Model;
  readonly state: Int32Array;
  readonly pool: Pick<WorkerPool, 'tell' | 'tellOne'>;
  readonly bound: readonly BoundListener[];
  /** maxconn of the process at start. */
  readonly maxconn: number;
}

/** Whose sessions end: a number of the Model, or a worker with a session handle (FACT_SESSION). */
export type SessionsOf =
  | { readonly of: 'server' | 'backend' | 'frontend' | 'listener'; readonly index: number }
  | { readonly of: 'session'; readonly worker: number; readonly handle: number };

/** First letter of the termination state: an administrator, a server that went down, an active server that came back (manual, 8.5). */
export type Ending = 'K' | 'D' | 'U';

const OF = { server: abi.OF_SERVER, backend: abi.OF_BACKEND, frontend: abi.OF_FRONTEND, listener: abi.OF_LISTENER } as const;
const LISTEN = { open: abi.LISTEN_OPEN, paused: abi.LISTEN_PAUSED, closed: abi.LISTEN_CLOSED } as const;

/** How often to look whether the last worker has left a shared socket. */
const LOOK_MS = 5;

export class TrafficControl {
  private readonly parts: TrafficParts;
  private readonly closed = new Set<BoundListener>();

  constructor(parts: TrafficParts) {
    this.parts = parts;
    const { model, state } = parts;
    Atomics.store(state, abi.GS_CONN_RATE_LIMIT, model.global.maxconnrate);
    Atomics.store(state, abi.GS_SESS_RATE_LIMIT, model.global.maxsessrate);
    for (const proxy of model.proxies) Atomics.store(state, proxyCell(proxy.index, abi.PS_RATE_LIMIT), proxy.sessionRate);
  }

  /**
   * `paused`: the listeners take what waits in them, then give their ports up (unix and inherited sockets stay and let clients wait);
   * `open` takes them back; `closed` is for good. Resolves when all workers have followed.
   */
  async setFrontend(proxy: number, to: keyof typeof LISTEN): Promise<void> {
    const { state } = this.parts;
    if (to === 'open') this.listenAgain((one) => one.listener.proxy === proxy);
    Atomics.store(state, proxyCell(proxy, abi.PS_LISTENERS), LISTEN[to]);
    Atomics.store(state, proxyCell(proxy, abi.PS_STATE), to === 'open' ? 1 : 0);
    Atomics.add(state, abi.GS_LISTENERS_EPOCH, 1);
    this.parts.pool.tell({ kind: 'look' });
    await this.settle((one) => one.listener.proxy === proxy, to);
  }

  /** LISTEN_ number of a frontend. */
  frontend(proxy: number): number {
    return Atomics.load(this.parts.state, proxyCell(proxy, abi.PS_LISTENERS));
  }

  /** All listeners of the process: another one wants their ports, or did not get along. */
  async pause(paused: boolean): Promise<void> {
    if (!paused) this.listenAgain(() => true);
    this.parts.pool.tell({ kind: 'pause', paused });
    if (paused) await this.settle(() => true, 'paused');
  }

  /** maxconn of the process, 0 = as configured. */
  setMaxconn(maxconn: number): void {
    this.store(abi.GS_MAXCONN, maxconn);
  }

  /** maxconn of a frontend, 0 = none of its own. */
  setFrontendMaxconn(proxy: number, maxconn: number): void {
    this.store(proxyCell(proxy, abi.PS_MAXCONN), maxconn);
  }

  /** maxconn of a server, 0 = no limit. Who waits for a slot is served at once if there is room now. */
  setServerMaxconn(server: number, maxconn: number): void {
    this.store(serverCell(this.parts.model.proxies.length, server, abi.SS_MAXCONN), maxconn);
  }

  /** Connections or sessions a second of the process; 0 = no limit. */
  setRateLimit(what: 'connections' | 'sessions', rate: number): void {
    this.store(what === 'connections' ? abi.GS_CONN_RATE_LIMIT : abi.GS_SESS_RATE_LIMIT, rate);
  }

  rateLimit(what: 'connections' | 'sessions'): number {
    return Atomics.load(this.parts.state, what === 'connections' ? abi.GS_CONN_RATE_LIMIT : abi.GS_SESS_RATE_LIMIT);
  }

  /** Ends sessions, in each worker's next pass. What can still be answered is (502, 503), all else is closed. */
  shutdownSessions(whose: SessionsOf, cause: Ending = 'K'): void {
    const { pool } = this.parts;
    if (whose.of === 'session') pool.tellOne(whose.worker, { kind: 'shutdown', of: abi.OF_SESSION, index: whose.handle, cause });
    else pool.tell({ kind: 'shutdown', of: OF[whose.of], index: whose.index, cause });
  }

  /** Sockets that all workers share are closed by nobody but the main thread, once no worker looks at them. */
  closeShared(): void {
    for (const one of this.parts.bound) if (one.shared) this.close(one);
  }

  private store(cell: number, value: number): void {
    Atomics.store(this.parts.state, cell, value);
    this.parts.pool.tell({ kind: 'look' });
  }

  private close(one: BoundListener): void {
    if (this.closed.has(one)) return;
    this.closed.add(one);
    for (const fd of one.fds) this.parts.addon.closeFd(fd);
  }

  /** Shared TCP sockets of our own listen again before the workers look at them. */
  private listenAgain(meant: (one: BoundListener) => boolean): void {
    const { addon, model, bound, maxconn } = this.parts;
    for (const one of bound) {
      if (meant(one) && ownShared(one) && !this.closed.has(one)) for (const fd of one.fds) addon.listen(fd, backlogOf(model, one.listener, maxconn));
    }
  }

  private async settle(meant: (one: BoundListener) => boolean, to: keyof typeof LISTEN): Promise<void> {
    const { addon, bound } = this.parts;
    const concerned = bound.filter((one) => meant(one) && !this.closed.has(one));
    while (to !== 'open' && concerned.some((one) => this.listening(one) > 0)) await new Promise((done) => setTimeout(done, LOOK_MS));
    for (const one of concerned) {
      if (to === 'closed' && one.shared) this.close(one);
      if (to === 'paused' && ownShared(one)) for (const fd of one.fds) addon.pauseFd(fd);
    }
  }

  /** Workers that have it open. */
  private listening({ listener }: BoundListener): number {
    const { model, state } = this.parts;
    return Atomics.load(state, listenerCell(model.proxies.length, serverRows(model), listener.index, abi.LS_LISTENING));
  }
}

const ownShared = ({ shared, listener }: BoundListener): boolean => shared && listener.address.kind === 'ip';

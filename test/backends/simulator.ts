/** Backends of several workers over the same cells, with the engine's part played in simulated time: arrivals, ends, flapping servers. */
import {
  FACT_SESSION, GS_RELEASES, PO_NOTE_RELEASES, PS_BACKEND_SESSIONS, PS_QUEUED, RR_COUNT, SRV_DOWN, SRV_UP, SS_QUEUED, SS_SESSIONS, SS_STATE, SS_WEIGHT,
  VERDICT_ARG_NONE, VERDICT_ERROR, VERDICT_QUEUE, VERDICT_SERVER,
} from '../../src/core/abi.js';
import { createBackends, initState, setServerState } from '../../src/backends/index.js';
import type { Backends, Key } from '../../src/backends/backend.js';
import { proxyCell, releaseCell, serverCell } from '../../src/core/cells.js';
import { avalanche } from '../../src/core/compile/hash.js';
import { proxyOptions } from '../../src/core/plane.js';
import type { Tx } from '../../src/core/tx.js';
import type { Model } from '../../src/config/model.js';
import { halves, model, pages, tx, type ProxyShape } from './model.js';
import { seeded } from './random.js';

export interface Plan {
  readonly backend: ProxyShape;
  readonly sessions: number;
  /** Sessions that are served at once on average, if none had to wait. */
  readonly load: number;
  /** Mean number of arrivals between two changes of a server's state; 0 = none. */
  readonly flaps: number;
  readonly seed: number;
  /** Share of those who wait that leave before their turn. */
  readonly impatient?: number;
  readonly workers?: number;
}

/** A choice of a server, at the moment after its slot was taken. */
export interface Choice {
  readonly server: number;
  readonly key: number;
  /** True if it came at once, false out of a queue. */
  readonly atOnce: boolean;
}

interface Waiting {
  readonly session: number;
  readonly worker: number;
  /** The server it waits for, -1: any. */
  readonly server: number;
  readonly number: number;
  readonly key: number;
}

/** Runs a plan; throws at the first broken promise. */
export class Simulator {
  readonly m: Model;
  readonly state: Int32Array;
  readonly served: number[];
  readonly count = { chosen: 0, queued: 0, left: 0, refused: 0, changes: 0 };
  private readonly backends: Backends[];
  private readonly random: () => number;
  private readonly arriving: Tx;
  private readonly open: { server: number; session: number }[] = [];
  private readonly waiting = new Map<number, Waiting>();
  /** By server, -1 = any: all that waited there, in order, with some that have gone. */
  private readonly lines = new Map<number, Waiting[]>();
  private readonly freeHandles: number[] = [];
  private readonly timers: { at: number; run: () => void }[] = [];
  /** Workers that have left a slot to others. */
  private readonly woken = new Set<number>();
  private now = 1e12;
  private handles = 0;
  private arrivals = 0;
  private key = 0;

  constructor(private readonly plan: Plan, private readonly watch: (choice: Choice, simulator: Simulator) => void = () => undefined) {
    this.m = model(plan.backend);
    const workers = plan.workers ?? 3;
    const p = pages(this.m, workers);
    this.state = p.state;
    this.random = seeded(plan.seed);
    initState(this.m, p.state, 0);
    this.served = this.m.servers.map(() => 0);
    this.arriving = tx();
    const key: Key = () => avalanche(this.key);
    this.backends = Array.from({ length: workers }, (_, worker) => {
      const made = createBackends(this.m, {
        state: p.state, counters: halves(p, worker), worker, random: this.random,
        clock: { now: () => this.now, after: (ms, run) => void this.timers.push({ at: this.now + ms, run }) },
        engine: () => ({ resume: (session: number, verdict: number) => this.resumed(session, verdict), passSlotOn: () => void this.woken.add(worker) }) as never,
      });
      made.hashBy(0, key);
      return made;
    });
  }

  cell(server: number, cell: number): number {
    return this.state[serverCell(1, server, cell)]!;
  }
  isUp(server: number): boolean {
    return this.cell(server, SS_STATE) === SRV_UP && this.cell(server, SS_WEIGHT) > 0;
  }

  run(): this {
    const { sessions, load, flaps } = this.plan;
    while (this.arrivals < sessions) {
      this.now += 1;
      this.fire();
      if (flaps > 0 && this.random() * flaps < 1) this.flap();
      this.settle();
      this.arrive();
      this.settle();
      // As many end as come, once the load is reached.
      while (this.open.length > 0 && this.random() < this.open.length / (load + this.open.length / 2)) {
        this.end();
        this.settle();
      }
    }
    while (this.open.length > 0 || this.waiting.size > 0) {
      if (this.open.length === 0) this.recover();
      else this.end();
      this.settle();
      this.now += 3;
      this.fire();
      this.settle();
    }
    for (const server of this.m.servers) {
      if (this.cell(server.index, SS_SESSIONS) !== 0 || this.cell(server.index, SS_QUEUED) !== 0) throw new Error(`server ${server.index} has lost a slot`);
    }
    if (this.state[proxyCell(0, PS_QUEUED)] !== 0) throw new Error('the queue is not empty');
    return this;
  }

  /** The other workers look, as long as one of them leaves a slot to another. */
  private settle(): void {
    for (let rounds = 0; this.woken.size > 0; rounds++) {
      if (rounds > 10_000) throw new Error('workers leave a slot to each other for ever');
      const [from] = this.woken;
      this.woken.delete(from!);
      this.backends.forEach((backends, worker) => worker !== from && backends.slotFree(-1));
    }
  }

  private fire(): void {
    for (let i = this.timers.length - 1; i >= 0; i--) {
      const timer = this.timers[i]!;
      if (timer.at > this.now) continue;
      this.timers.splice(i, 1);
      timer.run();
    }
  }

  private arrive(): void {
    const worker = Math.floor(this.random() * this.backends.length);
    const session = this.freeHandles.pop() ?? ++this.handles << 8;
    this.arrivals++;
    this.key = Math.floor(this.random() * 5000);
    this.arriving.facts[FACT_SESSION] = session;
    this.state[proxyCell(0, PS_BACKEND_SESSIONS)]!++;
    const verdict = this.backends[worker]!.assign(0, this.arriving);
    const argument = verdict >>> 8;
    switch (verdict & 255) {
      case VERDICT_SERVER:
        return this.serve(session, argument, { server: argument, key: this.key, atOnce: true });
      case VERDICT_QUEUE:
        this.count.queued++;
        this.join({ session, worker, server: argument === VERDICT_ARG_NONE ? -1 : argument, number: this.arrivals, key: this.key });
        if (this.random() < (this.plan.impatient ?? 0)) this.leave();
        return undefined;
      default:
        if ((verdict & 255) !== VERDICT_ERROR) throw new Error(`verdict ${verdict}`);
        if (this.m.servers.some(({ index }) => this.isUp(index))) throw new Error('refused although a server is up');
        this.count.refused++;
        this.gone(session);
    }
  }

  private join(waiting: Waiting): void {
    this.waiting.set(waiting.session, waiting);
    const line = this.lines.get(waiting.server);
    if (line === undefined) this.lines.set(waiting.server, [waiting]);
    else line.push(waiting);
  }

  /** One that waits gives up. */
  private leave(): void {
    let chosen: Waiting | null = null;
    for (const waiting of this.waiting.values()) {
      chosen = waiting;
      if (this.random() < 0.2) break;
    }
    const { session, worker } = chosen!;
    this.waiting.delete(session);
    this.backends[worker]!.forget(session);
    this.count.left++;
    this.gone(session);
  }

  private gone(session: number): void {
    this.state[proxyCell(0, PS_BACKEND_SESSIONS)]!--;
    this.freeHandles.push(session);
  }

  private serve(session: number, server: number, choice: Choice): void {
    if (!this.isUp(server)) throw new Error(`session ${session} goes to server ${server}, which is down`);
    const { maxconn } = this.m.servers[server]!;
    if (maxconn > 0 && this.cell(server, SS_SESSIONS) > maxconn) throw new Error(`server ${server} has too many sessions`);
    this.open.push({ server, session });
    this.served[server]!++;
    this.count.chosen++;
    this.watch(choice, this);
  }

  private resumed(session: number, verdict: number): void {
    const waited = this.waiting.get(session | 0);
    if (waited === undefined) throw new Error(`session ${session} was resumed and did not wait`);
    this.waiting.delete(waited.session);
    if ((verdict & 255) === VERDICT_ERROR) {
      this.count.refused++;
      return this.gone(waited.session);
    }
    const server = verdict >>> 8;
    if (waited.server < 0 || server === waited.server) this.checkOrder(waited);
    this.serve(waited.session, server, { server, key: waited.key, atOnce: false });
  }

  /** Those who came earlier into the same queue are served earlier, over all workers. */
  private checkOrder({ server, number }: Waiting): void {
    const line = this.lines.get(server)!;
    while (line.length > 0 && line[0]!.number < number && this.waiting.get(line[0]!.session)?.number !== line[0]!.number) line.shift();
    if (line[0]?.number !== number) throw new Error(`session ${number} has overtaken ${line[0]?.number}`);
    line.shift();
  }

  private end(): void {
    const at = Math.floor(this.random() * this.open.length);
    const { server, session } = this.open[at]!;
    this.open[at] = this.open.at(-1)!;
    this.open.pop();
    this.gone(session);
    Atomics.sub(this.state, serverCell(1, server, SS_SESSIONS), 1);
    if ((proxyOptions(this.m.proxies[0]!) & PO_NOTE_RELEASES) !== 0) this.noteRelease(server);
    if (this.cell(server, SS_QUEUED) === 0 && this.state[proxyCell(0, PS_QUEUED)] === 0) return;
    this.offer(server);
  }

  /** As addon/page.h lists it. */
  private noteRelease(server: number): void {
    const number = this.state[GS_RELEASES]! >>> 0;
    this.state[GS_RELEASES] = number + 1;
    this.state[releaseCell(this.m, number % RR_COUNT)] = server | ((Math.floor(number / RR_COUNT) + 1) << 20);
  }

  /** The worker that gave back a slot looks first, then the others. */
  private offer(server: number): void {
    const first = Math.floor(this.random() * this.backends.length);
    for (let i = 0; i < this.backends.length; i++) this.backends[(first + i) % this.backends.length]!.slotFree(i === 0 ? server : -1);
  }

  private change(server: number, to: number): void {
    this.count.changes++;
    setServerState(this.m, this.state, server, to, 0);
    for (const backends of this.backends) backends.changed(server);
  }

  private flap(): void {
    const { index } = this.m.servers[Math.floor(this.random() * this.m.servers.length)]!;
    this.change(index, this.isUp(index) ? SRV_DOWN : SRV_UP);
  }

  private recover(): void {
    for (const { index } of this.m.servers) if (!this.isUp(index)) this.change(index, SRV_UP);
    for (const backends of this.backends) backends.slotFree(-1);
  }
}

/**
 * Health checks: one scheduler in the main thread, beside the data path. All servers share one timer (a heap of due times), and
 * only so many connects are in flight at once; what is due beyond that waits its turn.
 */
import { ADMIN_DRAIN, PS_SERVERS_UP, SRV_DOWN, SRV_DRAIN, SRV_MAINT, SRV_UP, SS_ADMIN, SS_CHECK_CODE, SS_CHECK_MS, SS_CHECK_STATUS } from '../../core/abi.js';
import { proxyCell, serverCell } from '../../core/cells.js';
import type { Check, Model, SocketAddress } from '../../config/model.js';
import { serverState, setServerState } from '../state.js';
import { DueQueue } from './due_queue.js';
import { CheckFigures } from './figures.js';
import { Health } from './health.js';
import { changeMessage, emptyAlert } from './message.js';
import { connectProbe, type Probe, type ProbeResult } from './probe.js';
import { INITIALISING, L4_TIMEOUT, SOCKET_ERROR } from './status.js';

/** A server's change of state by its checks. */
export interface CheckChange {
  readonly server: number;
  /** SRV_ states. */
  readonly from: number;
  readonly to: number;
  /** The log line, for level warning. */
  readonly message: string;
  /** A second line for level alert: the backend has lost its last server. */
  readonly alert: string | null;
}

export interface Checks {
  readonly figures: CheckFigures;
  /** Ends all checks; nothing is reported afterwards. */
  stop(): void;
}

/** Time as the checks see it: a test has its own. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Calls once, not before `ms` are over; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

export interface CheckParts {
  readonly clock?: Clock;
  readonly probe?: Probe;
  /** Connects in flight at once. */
  readonly inFlight?: number;
}

/** Descriptors that checks need at most, unless told otherwise. */
export const CHECKS_IN_FLIGHT = 512;

const systemClock: Clock = {
  now: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** One checked server. */
interface Checked {
  readonly server: number;
  readonly check: Check;
  readonly health: Health;
  /** ms for one check. */
  readonly timeout: number;
  began: number;
  /** Gives up the connect in flight; null between checks. */
  cancel: (() => void) | null;
}

/**
 * Time for a check: `inter`; where `timeout check` is set, a connect has the smaller of `timeout connect` and `inter`
 * (manual: timeout check).
 */
function checkTimeout(model: Model, server: number, check: Check): number {
  const { timeouts } = model.proxies[model.servers[server]!.proxy]!;
  if (timeouts.check === null) return check.inter;
  return Math.min(timeouts.connect ?? check.inter, check.inter);
}

/** Where a server is checked: `addr` and `port`, or its own. */
function checkTarget(model: Model, server: number, { address, port }: Check): SocketAddress {
  const own = model.servers[server]!.address;
  const found = address ?? own;
  return found.kind === 'ip' ? { ...found, port: port ?? (own.kind === 'ip' ? own.port : 0) } : found;
}

class CheckRun implements Checks {
  readonly figures: CheckFigures;
  private readonly checked: Checked[] = [];
  private readonly due: DueQueue;
  /** Numbers in `checked` that are due and wait for a connect to end, from `firstWaiting` on. */
  private waiting: number[] = [];
  private firstWaiting = 0;
  private flying = 0;
  private wakeAt = Infinity;
  private cancelWake: (() => void) | null = null;
  private stopped = false;
  private readonly clock: Clock;
  private readonly probe: Probe;
  private readonly inFlight: number;

  constructor(
    private readonly model: Model,
    private readonly state: Int32Array,
    private readonly onChange: (change: CheckChange) => void,
    parts: CheckParts,
  ) {
    this.clock = parts.clock ?? systemClock;
    this.probe = parts.probe ?? connectProbe;
    this.inFlight = parts.inFlight ?? CHECKS_IN_FLIGHT;
    this.figures = new CheckFigures(model.servers.length, model.proxies.length);
    for (const { index, check, proxy } of model.servers) {
      if (check === null || model.proxies[proxy]!.disabled) continue;
      const timeout = checkTimeout(model, index, check);
      this.checked.push({ server: index, check, health: new Health(check), timeout, began: 0, cancel: null });
      this.store(index, SS_CHECK_STATUS, INITIALISING.code);
    }
    this.due = new DueQueue(this.checked.length);
    this.spread();
  }

  stop(): void {
    this.stopped = true;
    this.cancelWake?.();
    for (const checked of this.checked) checked.cancel?.();
    this.waiting = [];
    this.firstWaiting = 0;
  }

  /** The first checks are spread over the shortest interval, so that servers aren't all asked in the same millisecond. */
  private spread(): void {
    const shortest = this.checked.reduce((least, { check }) => Math.min(least, check.inter), Infinity);
    const now = this.clock.now();
    this.checked.forEach((_, i) => this.due.set(i, now + Math.floor((shortest * i) / this.checked.length)));
    this.wake();
  }

  /** Sees to it that turn() runs when the next thing is due. */
  private wake(): void {
    const next = this.due.earliest();
    if (this.stopped || next === this.wakeAt) return;
    this.cancelWake?.();
    this.cancelWake = null;
    this.wakeAt = next;
    if (next === Infinity) return;
    this.cancelWake = this.clock.after(Math.max(0, next - this.clock.now()), () => {
      this.cancelWake = null;
      this.wakeAt = Infinity;
      this.turn();
    });
  }

  private turn(): void {
    const now = this.clock.now();
    for (let i = this.due.pop(now); i >= 0; i = this.due.pop(now)) {
      if (this.checked[i]!.cancel !== null) this.finish(i, { status: L4_TIMEOUT, info: '' });
      else this.waiting.push(i);
    }
    this.begin();
    this.wake();
  }

  /** Starts those that wait, as far as connects may be in flight. */
  private begin(): void {
    while (this.firstWaiting < this.waiting.length && this.flying < this.inFlight) this.start(this.waiting[this.firstWaiting++]!);
    if (this.firstWaiting < this.waiting.length) return;
    this.waiting = [];
    this.firstWaiting = 0;
  }

  private start(i: number): void {
    const checked = this.checked[i]!;
    const now = this.clock.now();
    if (serverState(this.model, this.state, checked.server) === SRV_MAINT) {
      this.due.set(i, now + checked.check.inter);
      return;
    }
    checked.began = now;
    this.flying++;
    checked.cancel = this.probe(checkTarget(this.model, checked.server, checked.check), (result) => {
      if (this.stopped || checked.cancel === null) return;
      this.finish(i, result);
      this.begin();
      this.wake();
    });
    this.due.set(i, now + checked.timeout);
  }

  private finish(i: number, result: ProbeResult): void {
    const checked = this.checked[i]!;
    const now = this.clock.now();
    checked.cancel?.();
    checked.cancel = null;
    this.flying--;
    this.take(checked, result, now);
    this.due.set(i, now + checked.health.interval());
  }

  private take({ server, health, began }: Checked, result: ProbeResult, now: number): void {
    const ms = Math.max(0, Math.round(now - began));
    this.store(server, SS_CHECK_STATUS, result.status.code);
    this.store(server, SS_CHECK_CODE, 0);
    this.store(server, SS_CHECK_MS, ms);
    // The machine being short of something says nothing about the server: it keeps its health.
    if (result.status === SOCKET_ERROR) return;
    if (!result.status.passed) this.figures.failures[server]!++;
    const turned = health.take(result.status.passed);
    // Maintenance may have begun while the connect was in flight: it stays, whatever the check says.
    if (!turned || serverState(this.model, this.state, server) === SRV_MAINT) return;
    const to = health.up ? this.upState(server) : SRV_DOWN;
    const { proxy } = this.model.servers[server]!;
    const hadServers = this.hasServers(proxy);
    const from = setServerState(this.model, this.state, server, to, Math.floor(now / 1000));
    if (from === to) return;
    this.figures.servers.turn(server, to !== SRV_DOWN, now);
    if (this.hasServers(proxy) !== hadServers) this.figures.backends.turn(proxy, !hadServers, now);
    const message = changeMessage(this.model, this.state, server, to, result, ms);
    const alert = to === SRV_DOWN ? emptyAlert(this.model, this.state, proxy) : null;
    this.onChange({ server, from, to, message, alert });
  }

  private hasServers(proxy: number): boolean {
    return Atomics.load(this.state, proxyCell(proxy, PS_SERVERS_UP)) > 0;
  }

  /** What a healthy server is: up, or drained by an administrator. */
  private upState(server: number): number {
    const admin = Atomics.load(this.state, serverCell(this.model.proxies.length, server, SS_ADMIN));
    return (admin & ADMIN_DRAIN) !== 0 ? SRV_DRAIN : SRV_UP;
  }

  private store(server: number, cell: number, value: number): void {
    Atomics.store(this.state, serverCell(this.model.proxies.length, server, cell), value);
  }
}

/** Starts the checks of a Model and reports each change after the state cells have it. Main thread. */
export function startChecks(
  model: Model, state: Int32Array, onChange: (change: CheckChange) => void, parts: CheckParts = {},
): Checks {
  return new CheckRun(model, state, onChange, parts);
}

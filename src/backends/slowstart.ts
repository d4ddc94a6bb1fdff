/** Slow starts: a server that came up gets its weight and its maxconn in steps (manual: slowstart). Main thread. */
import { OP_RUNNING, OP_STARTING } from '../core/abi.js';
import type { Model } from '../config/model.js';
import { systemClock, type Clock } from './clock.js';
import { operationOf, setOperation, setThrottle } from './state.js';

/** Steps of a slow start: as many as the effective weight has parts. */
const STEPS = 16;
/** Steps don't come faster than this, ms. */
const SHORTEST = 20;

export interface SlowStartParts {
  readonly model: Model;
  readonly state: Int32Array;
  /** A server's weight changed: workers look again. */
  tell(server: number): void;
  readonly clock?: Clock;
}

export class SlowStarts {
  private readonly clock: Clock;
  /** What ends the timers of servers within their slow start. */
  private readonly running = new Map<number, () => void>();

  constructor(private readonly parts: SlowStartParts) {
    this.clock = parts.clock ?? systemClock;
  }

  /** To be called when the state of a server has changed; `elapsed`: ms of its slow start that are over already. */
  look(server: number, elapsed = 0): void {
    const starts = operationOf(this.parts.model, this.parts.state, server) === OP_STARTING;
    if (starts === this.running.has(server)) return;
    if (starts) this.step(server, this.clock.now() - elapsed);
    else this.cancel(server);
  }

  stop(): void {
    for (const server of [...this.running.keys()]) this.cancel(server);
  }

  private cancel(server: number): void {
    this.running.get(server)?.();
    this.running.delete(server);
  }

  private step(server: number, began: number): void {
    const { model, state, tell } = this.parts;
    const whole = model.servers[server]!.slowstart;
    const elapsed = this.clock.now() - began;
    if (elapsed >= whole) {
      this.running.delete(server);
      setThrottle(model, state, server, 0);
      setOperation(model, state, server, OP_RUNNING, Math.floor(this.clock.now() / 1000));
    } else {
      setThrottle(model, state, server, Math.max(1, Math.floor((100 * elapsed) / whole)));
      this.running.set(server, this.clock.after(Math.min(whole - elapsed, Math.max(SHORTEST, whole / STEPS)), () => this.step(server, began)));
    }
    tell(server);
  }
}

/** Runs the slow starts of all servers, as their states change. Returns what ends them. */
export function followHealth(model: Model, state: Int32Array, states: { listen(listener: { changed(server: number): void }): void }, tell: (server: number) => void): SlowStarts {
  const starts = new SlowStarts({ model, state, tell });
  states.listen({ changed: (server) => starts.look(server) });
  return starts;
}

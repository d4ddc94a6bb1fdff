import type { CompileEnv } from '../row.js';

const PERIOD_MS = 1000;

/**
 * Events a second out of a counter that only grows: what came since the last tick, and the part of the second before that still
 * lies within the last second. HAProxy reckons its rates in the same way.
 */
export class Meter {
  private last: number;
  private past = 0;
  private ticked: number;

  constructor(private readonly total: () => number, private readonly now: () => number) {
    this.last = total();
    this.ticked = now();
  }

  /** To be called about once a second. */
  tick(): void {
    const total = this.total();
    const now = this.now();
    this.past = ((total - this.last) * PERIOD_MS) / Math.max(PERIOD_MS, now - this.ticked);
    this.last = total;
    this.ticked = now;
  }

  read(): number {
    const current = this.total() - this.last;
    // A single event a second is to give 1, not now 1 and then 0.
    if (current === 0 && this.past <= 1) return Math.round(this.past);
    const left = Math.max(0, 1 - (this.now() - this.ticked) / PERIOD_MS);
    return current + Math.floor(this.past * left);
  }
}

const meters = new WeakMap<CompileEnv, Map<number, Meter>>();

/** The meter of a counter, one for all rules of a worker that ask for it. It ticks only in workers where one does. */
export function meterOf(env: CompileEnv, counter: number): Meter {
  let own = meters.get(env);
  if (own === undefined) {
    const made = new Map<number, Meter>();
    meters.set(env, (own = made));
    setInterval(() => made.forEach((meter) => meter.tick()), PERIOD_MS).unref();
  }
  let meter = own.get(counter);
  if (meter === undefined) own.set(counter, (meter = new Meter(() => env.counters.total(counter), () => performance.now())));
  return meter;
}

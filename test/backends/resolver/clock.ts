import type { Clock } from '../../../src/backends/clock.js';

/** Time that only moves when a test says so. */
export class ManualClock implements Clock {
  private time = 1_000_000;
  private timers: { at: number; call: () => void }[] = [];

  now(): number {
    return this.time;
  }
  after(ms: number, call: () => void): () => void {
    const timer = { at: this.time + ms, call };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((other) => other !== timer));
  }
  /** Lets time pass, and what is due happen, in order. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = due.at;
      due.call();
    }
    this.time = end;
  }
}

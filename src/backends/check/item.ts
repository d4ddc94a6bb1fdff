/** What the checks and agents of servers have in common: one run after the other, and what the last one came to. */
import type { Health } from './health.js';
import type { CheckReport } from './report.js';
import type { RunResult } from './run.js';
import type { Task } from './scheduler.js';
import { INITIALISING, type CheckStatus } from './status.js';

/** A way to find out how a server is: over a connection, or by a program. It ends by a call of `done`. */
export interface Attempt {
  begin(now: number): void;
  timedOut(): void;
  cancel(): void;
}

/** Time for an attempt: for a connection, and then for what comes over it; `answer` null = one limit for all (manual: timeout check). */
export interface Limits {
  readonly connect: number;
  readonly answer: number | null;
}

export abstract class Item implements Task {
  /** In the scheduler. */
  number = -1;
  enabled = true;
  protected status: CheckStatus = INITIALISING;
  protected code = 0;
  protected ms = 0;
  protected info = '';
  protected running = false;
  private began = 0;
  private attempt: Attempt | null = null;

  constructor(
    readonly server: number,
    readonly health: Health,
    readonly limits: Limits,
    private readonly now: () => number,
    private readonly ended: (item: Item) => void,
  ) {}

  /** To be called once, before the first run. */
  use(attempt: Attempt): void {
    this.attempt = attempt;
  }

  /** False while nobody is to be asked. */
  protected abstract wanted(): boolean;
  /** What follows from a result. */
  protected abstract take(result: RunResult): void;

  get pause(): number {
    return this.health.rules.inter;
  }

  begin(now: number): boolean {
    if (!this.enabled || !this.wanted() || this.attempt === null) return false;
    this.began = now;
    this.running = true;
    this.attempt.begin(now);
    return true;
  }

  timedOut(): void {
    this.attempt?.timedOut();
  }

  cancel(): void {
    this.running = false;
    this.attempt?.cancel();
  }

  limit(): number {
    return this.limits.connect;
  }

  interval(): number {
    return this.health.interval();
  }

  /** To be called by the attempt. */
  done(result: RunResult): void {
    if (!this.running) return;
    this.running = false;
    this.ms = Math.max(0, Math.round(this.now() - this.began));
    this.take(result);
    this.ended(this);
  }

  report(): CheckReport {
    const { rise, fall } = this.health.rules;
    return {
      status: this.status, code: this.code, ms: this.ms, info: this.info, running: this.running, health: this.health.value, rise, fall, enabled: this.enabled,
    };
  }
}

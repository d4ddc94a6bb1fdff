/** When each check runs: one timer and one heap of due times for all; so many at once as are allowed. */
import { DueQueue } from './due_queue.js';

/** Time as the checks see it: a test has its own. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Calls once, not before `ms` are over; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** One thing that is done again and again. */
export interface Task {
  /** Begins; false: there is nothing to do this time, in `pause` ms again. It ends by a call of Scheduler.ended(). */
  begin(now: number): boolean;
  /** Its time is over: it ends. */
  timedOut(): void;
  /** Ends without a word. */
  cancel(): void;
  /** ms that it may take. */
  limit(): number;
  /** ms from its end to the next begin. */
  interval(): number;
  /** ms until it is looked at again when there was nothing to do. */
  readonly pause: number;
}

export interface SchedulerParts {
  readonly clock: Clock;
  /** Tasks under way at once; 0 = no limit. */
  readonly inFlight: number;
  /** Chance in intervals, percent to either side. */
  readonly spread: number;
  random(): number;
}

/** Above so many tasks they begin together in steps of GRID_MS, which saves wake-ups. */
const MANY = 200;
const GRID_MS = 5;

export class Scheduler {
  private readonly tasks: (Task | null)[] = [];
  private readonly under: boolean[] = [];
  private readonly due = new DueQueue(0);
  /** Numbers of tasks that are due and wait for another to end, from `firstWaiting` on. */
  private waiting: number[] = [];
  private firstWaiting = 0;
  private flying = 0;
  private wakeAt = Infinity;
  private cancelWake: (() => void) | null = null;
  private stopped = false;
  private busy = false;
  private readonly parts: SchedulerParts;

  constructor(parts: SchedulerParts) {
    this.parts = parts;
  }

  /** Adds a task that begins in `ms`. Returns its number. wake() is to be called behind the last. */
  add(task: Task, ms: number): number {
    const free = this.tasks.indexOf(null);
    const number = free < 0 ? this.tasks.length : free;
    this.tasks[number] = task;
    this.under[number] = false;
    if (number >= this.due.capacity) this.due.grow(Math.max(16, 2 * this.due.capacity, number + 1));
    this.due.set(number, this.parts.clock.now() + ms);
    return number;
  }

  remove(number: number): void {
    this.drop(number);
    this.due.remove(number);
    this.tasks[number] = null;
    this.wake();
  }

  /** The next begin is in `ms`, if that is sooner than planned; a task that is under way goes on. */
  expedite(number: number, ms: number): void {
    if (this.under[number]! || this.stopped) return;
    const at = this.parts.clock.now() + ms;
    const planned = this.due.at(number);
    if (planned === undefined || planned <= at) return;
    this.due.set(number, at);
    this.wake();
  }

  /** From now on the task that is under way may take so long. */
  extend(number: number, ms: number): void {
    if (!this.under[number]!) return;
    this.due.set(number, this.parts.clock.now() + ms);
    this.wake();
  }

  /** A task has come to its end. */
  ended(number: number): void {
    if (this.stopped || !this.under[number]!) return;
    this.under[number] = false;
    this.flying--;
    this.plan(number, this.tasks[number]!.interval());
    if (this.busy) return;
    this.begin();
    this.wake();
  }

  /** Ends a task's run without a word and plans the next one. */
  interrupt(number: number, ms: number): void {
    this.drop(number);
    this.due.set(number, this.parts.clock.now() + ms);
    this.wake();
  }

  stop(): void {
    this.stopped = true;
    this.cancelWake?.();
    this.tasks.forEach((_, i) => this.drop(i));
    this.waiting = [];
    this.firstWaiting = 0;
  }

  /** Sees to it that turn() runs when the next thing is due. */
  wake(): void {
    const next = this.due.earliest();
    if (this.stopped || this.busy || next === this.wakeAt) return;
    this.cancelWake?.();
    this.cancelWake = null;
    this.wakeAt = next;
    if (next === Infinity) return;
    const at = this.tasks.length > MANY ? Math.ceil(next / GRID_MS) * GRID_MS : next;
    this.cancelWake = this.parts.clock.after(Math.max(0, at - this.parts.clock.now()), () => {
      this.cancelWake = null;
      this.wakeAt = Infinity;
      this.turn();
    });
  }

  private drop(number: number): void {
    if (!this.under[number]!) return;
    this.under[number] = false;
    this.flying--;
    this.tasks[number]!.cancel();
  }

  private plan(number: number, ms: number): void {
    const { clock, spread, random } = this.parts;
    const chance = spread === 0 ? 0 : (ms * spread * (1 - 2 * random())) / 100;
    this.due.set(number, clock.now() + ms + Math.trunc(chance));
  }

  /** Runs work that ends many tasks: what follows from it is done once, behind all. */
  batch(work: () => void): void {
    if (this.busy) return work();
    this.busy = true;
    try {
      work();
      if (!this.stopped) this.begin();
    } finally {
      this.busy = false;
    }
    this.wake();
  }

  private turn(): void {
    const now = this.parts.clock.now();
    this.batch(() => this.collect(now));
  }

  private collect(now: number): void {
    for (let i = this.due.pop(now); i >= 0; i = this.due.pop(now)) {
      if (this.under[i]!) this.tasks[i]!.timedOut();
      else this.waiting.push(i);
    }
  }

  /** Begins those that wait, as far as they may. */
  private begin(): void {
    const { inFlight } = this.parts;
    while (this.firstWaiting < this.waiting.length && (inFlight === 0 || this.flying < inFlight)) this.start(this.waiting[this.firstWaiting++]!);
    if (this.firstWaiting < this.waiting.length) return;
    this.waiting = [];
    this.firstWaiting = 0;
  }

  private start(number: number): void {
    const task = this.tasks[number];
    if (task == null || this.under[number]!) return;
    const now = this.parts.clock.now();
    this.under[number] = true;
    this.flying++;
    this.due.set(number, now + task.limit());
    if (task.begin(now)) return;
    this.under[number] = false;
    this.flying--;
    this.due.set(number, now + task.pause);
  }
}

import type { Check, InitState } from '../../config/check_rules.js';

/** How a checked server moves: counts and intervals. */
export type HealthRules = Pick<Check, 'rise' | 'fall' | 'inter' | 'fastinter' | 'downinter'>;

/**
 * The health of a checked server as HAProxy counts it: 0 to rise + fall - 1, up from `rise` on. `rise` good checks in a row bring a
 * server up, `fall` bad ones in a row bring it down: one good check of a server that is up makes up for all bad ones before it.
 * It starts at `rise`, up, but one bad check is enough; `init-state` says otherwise.
 */
export class Health {
  private count: number;

  constructor(readonly rules: HealthRules, private readonly initial: InitState | null = null) {
    this.count = this.first();
  }

  private first(): number {
    const { rise, fall } = this.rules;
    switch (this.initial) {
      case 'fully-up': return rise + fall - 1;
      case 'down': return rise - 1;
      case 'fully-down': return 0;
      default: return rise;
    }
  }

  get value(): number {
    return this.count;
  }

  get up(): boolean {
    return this.count >= this.rules.rise;
  }

  /** Neither fully up nor fully down. */
  get transitional(): boolean {
    return this.count !== 0 && this.count !== this.rules.rise + this.rules.fall - 1;
  }

  /** Takes a result; true if it said something new: the server was not fully up, or was up and has failed. */
  take(passed: boolean): boolean {
    const { rise, fall } = this.rules;
    const full = rise + fall - 1;
    if (passed) {
      const news = this.count < full;
      if (news) this.count = this.count + 1 >= rise ? full : this.count + 1;
      return news;
    }
    const news = this.up;
    this.count = this.count > rise ? this.count - 1 : 0;
    return news;
  }

  /** As before the first check. */
  restart(): void {
    this.count = this.first();
  }

  /** Fully up or fully down, whatever checks have said. */
  force(up: boolean): void {
    this.count = up ? this.rules.rise + this.rules.fall - 1 : 0;
  }

  /** Not above what `fails` more failures would bring down. */
  lower(fails: number): void {
    this.count = Math.min(this.count, this.rules.rise + fails - 1);
  }

  /** As a state file has it. */
  restore(value: number): void {
    this.count = Math.max(0, Math.min(value, this.rules.rise + this.rules.fall - 1));
  }

  /** ms to the next check: `fastinter` between the states, `downinter` when fully down (manual: inter, fastinter, downinter). */
  interval(): number {
    const { inter, fastinter, downinter } = this.rules;
    if (this.count === 0) return downinter ?? inter;
    return this.transitional ? (fastinter ?? inter) : inter;
  }

  /** `2/3`: steps done of those to the other state. */
  progress(): string {
    const { rise, fall } = this.rules;
    return this.up ? `${this.count - rise + 1}/${fall}` : `${this.count}/${rise}`;
  }
}

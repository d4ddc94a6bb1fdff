import type { Check } from '../../config/model.js';

/**
 * The health of a checked server as HAProxy counts it: 0 to rise + fall - 1, up from `rise` on. `rise` good checks in a row bring a
 * server up, `fall` bad ones in a row bring it down: one good check of a server that is up makes up for all bad ones before it.
 * It starts at `rise`: up, but one bad check is enough.
 */
export class Health {
  private value: number;
  constructor(private readonly check: Pick<Check, 'rise' | 'fall' | 'inter' | 'fastinter' | 'downinter'>) {
    this.value = check.rise;
  }

  get up(): boolean {
    return this.value >= this.check.rise;
  }

  /** Takes a result; true if the server went up or down by it. */
  take(passed: boolean): boolean {
    const { rise, fall } = this.check;
    const before = this.up;
    if (passed) this.value = this.value + 1 >= rise ? rise + fall - 1 : this.value + 1;
    else this.value = this.value > rise ? this.value - 1 : 0;
    return this.up !== before;
  }

  /** ms to the next check: `fastinter` between the states, `downinter` when fully down (manual: inter, fastinter, downinter). */
  interval(): number {
    const { rise, fall, inter, fastinter, downinter } = this.check;
    if (this.value === 0) return downinter ?? inter;
    if (this.value === rise + fall - 1) return inter;
    return fastinter ?? inter;
  }
}

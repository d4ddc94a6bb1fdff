import { FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_REQUESTS, FACT_SESSION } from './abi.js';

/** What tells a session slot's new tenant from its old one. */
export interface Tenant {
  session: number;
  second: number;
  microsecond: number;
  /** Number of the request on its connection; 0 before the first. */
  request: number;
}

/** What a slot's keeper makes and clears. */
export interface Keeper<T extends Tenant> {
  make(): T;
  /** Another session has the slot now. */
  nextSession(tenant: T): void;
  /** The session's next request has begun. */
  nextRequest(tenant: T): void;
}

export const NO_TENANT: Tenant = { session: -1, second: 0, microsecond: 0, request: -1 };

/**
 * Memory by session slot for what outlives one decision. It is cleared when the slot's next session or request comes by, so
 * nothing outlives its scope for a reader, and memory is bounded by the sessions.
 */
export class Slots<T extends Tenant> {
  private readonly tenants: (T | undefined)[] = [];

  constructor(private readonly keeper: Keeper<T>) {}

  /** The memory of the session that the facts are about; undefined if it has none and `make` is false. */
  of(facts: Int32Array, make: true): T;
  of(facts: Int32Array, make: boolean): T | undefined;
  of(facts: Int32Array, make: boolean): T | undefined {
    const session = facts[FACT_SESSION]!;
    const slot = session >>> 8;
    let tenant = this.tenants[slot];
    if (tenant === undefined) {
      if (!make) return undefined;
      this.tenants[slot] = tenant = this.keeper.make();
    }
    const second = facts[FACT_ACCEPT_SEC]!;
    const microsecond = facts[FACT_ACCEPT_USEC]!;
    if (tenant.session !== session || tenant.second !== second || tenant.microsecond !== microsecond) {
      tenant.session = session;
      tenant.second = second;
      tenant.microsecond = microsecond;
      tenant.request = -1;
      this.keeper.nextSession(tenant);
    }
    const request = facts[FACT_REQUESTS]!;
    if (tenant.request !== request) {
      // What "tcp-request connection/session" rules left before the first request is still the first request's.
      const first = tenant.request === 0;
      tenant.request = request;
      if (!first) this.keeper.nextRequest(tenant);
    }
    return tenant;
  }
}

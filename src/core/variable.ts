import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_REQUESTS, FACT_SESSION, PHASE_AFTER, PHASE_END, PHASE_RESPONSE, PHASE_TCP_RESPONSE,
} from './abi.js';
import type { Value } from './row.js';

export const SCOPES = ['proc', 'sess', 'txn', 'req', 'res'] as const;
export type Scope = (typeof SCOPES)[number];

/** A variable's name split once: manual, section 2.8. */
export interface VariableName {
  readonly scope: Scope;
  readonly name: string;
}

/** `txn.name` as scope and name, undefined if it is not a variable's name. */
export function parseVariable(text: string): VariableName | undefined {
  const found = /^(proc|sess|txn|req|res)\.([A-Za-z0-9_]+)$/.exec(text);
  return found === null ? undefined : { scope: found[1] as Scope, name: found[2]! };
}

type Values = Map<string, Value>;

/** Variables of one session; the identity tells a slot's new tenant from its old one. */
interface Tenant {
  session: number;
  second: number;
  microsecond: number;
  request: number;
  /** The request's variables end where the response's begin. */
  responding: boolean;
  readonly sess: Values;
  readonly txn: Values;
  readonly req: Values;
  readonly res: Values;
}

/**
 * Variables of a worker: those of the process, and by session slot those of the sessions. A slot's variables are dropped when
 * its next session or request comes by, so nothing outlives its scope for a reader and memory is bounded by the sessions.
 */
export class Variables {
  readonly proc: Values = new Map();
  private readonly slots: (Tenant | undefined)[] = [];
  private facts: Int32Array = new Int32Array(64);
  private phase = 0;

  /** Whose variables the next calls mean. Costs nothing until one is used. */
  point(facts: Int32Array, phase: number): void {
    this.facts = facts;
    this.phase = phase;
  }

  get(variable: VariableName): Value | undefined {
    return this.values(variable.scope, false)?.get(variable.name);
  }

  has(variable: VariableName): boolean {
    return this.values(variable.scope, false)?.has(variable.name) ?? false;
  }

  /** False if the scope does not exist in this phase. */
  set(variable: VariableName, value: Value): boolean {
    const values = this.values(variable.scope, true);
    if (values === undefined) return false;
    values.set(variable.name, keep(value));
    return true;
  }

  unset(variable: VariableName): void {
    this.values(variable.scope, false)?.delete(variable.name);
  }

  private values(scope: Scope, make: boolean): Values | undefined {
    if (scope === 'proc') return this.proc;
    const tenant = this.tenant(make);
    if (tenant === undefined) return undefined;
    if (scope === 'req') return tenant.responding ? undefined : tenant.req;
    if (scope === 'res') return this.inResponse() ? tenant.res : undefined;
    return tenant[scope];
  }

  private inResponse(): boolean {
    return this.phase === PHASE_RESPONSE || this.phase === PHASE_AFTER || this.phase === PHASE_TCP_RESPONSE || this.phase === PHASE_END;
  }

  private tenant(make: boolean): Tenant | undefined {
    const { facts } = this;
    const session = facts[FACT_SESSION]!;
    const slot = session >>> 8;
    let tenant = this.slots[slot];
    if (tenant === undefined) {
      if (!make) return undefined;
      this.slots[slot] = tenant = newTenant();
    }
    const second = facts[FACT_ACCEPT_SEC]!;
    const microsecond = facts[FACT_ACCEPT_USEC]!;
    if (tenant.session !== session || tenant.second !== second || tenant.microsecond !== microsecond) {
      tenant.session = session;
      tenant.second = second;
      tenant.microsecond = microsecond;
      tenant.request = -1;
      tenant.sess.clear();
    }
    if (tenant.request !== facts[FACT_REQUESTS]!) this.nextRequest(tenant);
    if (!tenant.responding && (this.phase === PHASE_RESPONSE || this.phase === PHASE_TCP_RESPONSE)) {
      tenant.responding = true;
      tenant.req.clear();
    }
    return tenant;
  }

  private nextRequest(tenant: Tenant): void {
    // What "tcp-request connection/session" rules set before the first request is still the first request's.
    const first = tenant.request === 0;
    tenant.request = this.facts[FACT_REQUESTS]!;
    if (first) return;
    tenant.responding = false;
    tenant.txn.clear();
    tenant.req.clear();
    tenant.res.clear();
  }
}

function newTenant(): Tenant {
  return {
    session: -1, second: 0, microsecond: 0, request: -1, responding: false,
    sess: new Map(), txn: new Map(), req: new Map(), res: new Map(),
  };
}

/** Addresses may be views of the window: what is kept is a copy. */
function keep(value: Value): Value {
  return typeof value === 'object' && 'family' in value ? { family: value.family, bytes: Uint8Array.from(value.bytes) } : value;
}

import { PHASE_AFTER, PHASE_END, PHASE_RESPONSE, PHASE_TCP_RESPONSE } from './abi.js';
import type { Value } from './row.js';
import { NO_TENANT, Slots, type Tenant } from './slots.js';

export const SCOPES = ['proc', 'sess', 'txn', 'req', 'res', 'check'] as const;
export type Scope = (typeof SCOPES)[number];

/** A variable's name split once: manual, section 2.8. */
export interface VariableName {
  readonly scope: Scope;
  readonly name: string;
}

/** `txn.name` as scope and name, undefined if it is not a variable's name. */
export function parseVariable(text: string): VariableName | undefined {
  const found = /^(proc|sess|txn|req|res|check)\.([A-Za-z0-9_]+)$/.exec(text);
  return found === null ? undefined : { scope: found[1] as Scope, name: found[2]! };
}

type Values = Map<string, Value>;

/** Variables of one session. */
interface Scopes extends Tenant {
  /** The request's variables end where the response's begin. */
  responding: boolean;
  readonly sess: Values;
  readonly txn: Values;
  readonly req: Values;
  readonly res: Values;
  /** Of a health check, whose session is one run of it. */
  readonly check: Values;
}

/** Variables of a worker: those of the process, and by session slot those of the sessions. */
export class Variables {
  readonly proc: Values = new Map();
  /** Hears of every change that a rule makes to a variable of the process; undefined: removed. */
  onProcess: ((name: string, value: Value | undefined) => void) | null = null;
  private readonly slots = new Slots<Scopes>({ make: newScopes, nextSession, nextRequest });
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
    const kept = keep(value);
    values.set(variable.name, kept);
    if (variable.scope === 'proc') this.onProcess?.(variable.name, kept);
    return true;
  }

  /** Names and values of a scope, in the order in which they were first set. */
  all(scope: Scope): Iterable<readonly [string, Value]> {
    return this.values(scope, false) ?? [];
  }

  unset(variable: VariableName): void {
    this.values(variable.scope, false)?.delete(variable.name);
    if (variable.scope === 'proc') this.onProcess?.(variable.name, undefined);
  }

  private values(scope: Scope, make: boolean): Values | undefined {
    if (scope === 'proc') return this.proc;
    const scopes = this.scopes(make);
    if (scopes === undefined) return undefined;
    if (scope === 'req') return scopes.responding ? undefined : scopes.req;
    if (scope === 'res') return this.inResponse() ? scopes.res : undefined;
    return scopes[scope];
  }

  private inResponse(): boolean {
    return this.phase === PHASE_RESPONSE || this.phase === PHASE_AFTER || this.phase === PHASE_TCP_RESPONSE || this.phase === PHASE_END;
  }

  private scopes(make: boolean): Scopes | undefined {
    const scopes = this.slots.of(this.facts, make);
    if (scopes !== undefined && !scopes.responding && (this.phase === PHASE_RESPONSE || this.phase === PHASE_TCP_RESPONSE)) {
      scopes.responding = true;
      scopes.req.clear();
    }
    return scopes;
  }
}

function nextSession(scopes: Scopes): void {
  scopes.sess.clear();
  scopes.check.clear();
}

function nextRequest(scopes: Scopes): void {
  scopes.responding = false;
  scopes.txn.clear();
  scopes.req.clear();
  scopes.res.clear();
}

function newScopes(): Scopes {
  return { ...NO_TENANT, responding: false, sess: new Map(), txn: new Map(), req: new Map(), res: new Map(), check: new Map() };
}

/** Addresses may be views of the window: what is kept is a copy. */
function keep(value: Value): Value {
  return typeof value === 'object' && 'family' in value ? { family: value.family, bytes: Uint8Array.from(value.bytes) } : value;
}

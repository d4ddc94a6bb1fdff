import type { AclTest, Condition, LogFormat, Model, Proxy, SampleExpression } from '../../config/model.js';
import type { ProfileStep } from '../../config/log.js';
import { VERDICT_RESPOND } from '../abi.js';
import { cannedAnswer } from '../action/answer.js';
import { compileReply } from '../action/reply.js';
import type { Engine } from '../addon.js';
import type { Counters } from '../count.js';
import { PatternReferences } from '../pattern/references.js';
import { builtinError, ERROR_STATUSES } from '../response.js';
import type { CompileEnv, Fetch, SampleType, Visit } from '../row.js';
import { NO_STICKS, type StickAccess } from '../stick/access.js';
import type { Tx } from '../tx.js';
import { verdict } from '../verdict.js';
import { toNumber } from './cast.js';
import { asTest, ConditionCompiler, judgeOf, type Folded, type Judge } from './condition.js';
import type { Encoding, Keepsake } from './env.js';
import { compileLogFormat } from './log_format.js';
import { compileEach, compileSample, compileTyped } from './sample.js';

/** Stand for a response index: the connection is closed without a word; PHASE_ERROR is asked. The engine keeps index + 1, where 0 is its own page. */
export const NO_RESPONSE = -2;
const ASKED = -3;

/** What the plan's maker gives to compile against. */
export interface Surroundings {
  readonly model: Model;
  readonly state: Int32Array;
  readonly worker: number;
  readonly counters: Counters;
  ask(topic: string, request: unknown): Promise<unknown>;
  engine(): Engine;
  /** Absent: all tables seem empty. */
  sticks?(): StickAccess;
  /** Writes log lines; left out: none are. */
  logLine?(step: ProfileStep, profile: string | null): (tx: Tx) => void;
}

/** The compiler of one worker: rows call it back for the parts of their data. */
export class Environment implements CompileEnv {
  readonly model: Model;
  readonly state: Int32Array;
  readonly worker: number;
  readonly counters: Counters;
  readonly patterns: PatternReferences;
  readonly keeps = new Set<Keepsake>();
  /** Canned responses in the order of their indices, as on the wire. */
  readonly responses: string[] = [];
  private readonly responseIndex = new Map<string, number>();
  private readonly conditions = new ConditionCompiler(this);
  private builtins: readonly (readonly [number, number])[] | null = null;
  private readonly errors = new Map<number, (tx: Tx) => number>();
  private backends: ReadonlyMap<string, number> | null = null;
  private stickAccess: StickAccess | null = null;

  constructor(private readonly around: Surroundings) {
    this.model = around.model;
    this.state = around.state;
    this.worker = around.worker;
    this.counters = around.counters;
    this.patterns = new PatternReferences(around.model);
  }

  sample(expression: SampleExpression): { readonly fetch: Fetch; readonly type: SampleType } {
    return compileSample(expression, this);
  }
  typed(expression: SampleExpression, type: SampleType): Fetch {
    const { fetch } = compileTyped(expression, type, this);
    if (type !== 'int') return fetch;
    return (tx) => {
      const value = fetch(tx);
      return value === undefined ? undefined : toNumber(value);
    };
  }
  text(expression: SampleExpression): (tx: Tx) => string | undefined {
    return this.typed(expression, 'str') as (tx: Tx) => string | undefined;
  }
  each(expression: SampleExpression, visit: Visit): (tx: Tx) => boolean {
    return compileEach(expression, 'any', visit, this);
  }
  logFormat(format: LogFormat, encoding: Encoding = 'http'): (tx: Tx) => string {
    return compileLogFormat(format, encoding, this);
  }
  condition(condition: Condition): (tx: Tx) => boolean {
    return asTest(this.fold(condition));
  }
  acl(test: AclTest): (tx: Tx) => boolean {
    return asTest(this.conditions.test(test));
  }
  /** The condition, or what it always is. */
  fold(condition: Condition): Folded {
    return this.conditions.fold(condition);
  }

  /** The condition over bytes that may still come. */
  judge(condition: Condition): Judge {
    return judgeOf(condition, this.conditions);
  }

  /** Backends by name. */
  backendNames(): ReadonlyMap<string, number> {
    return (this.backends ??= new Map(this.model.proxies.filter((proxy) => proxy.isBackend).map((proxy) => [proxy.name, proxy.index])));
  }

  canned(raw: string): number {
    let index = this.responseIndex.get(raw);
    if (index === undefined) {
      index = this.responses.push(raw) - 1;
      this.responseIndex.set(raw, index);
    }
    return index;
  }

  /**
   * [status, response index] pairs of a proxy for the errors that the engine itself meets; NO_RESPONSE where nothing is to be sent.
   * A backend has its own only: for the others the engine looks at the frontend.
   */
  errorsOf(proxy: number): readonly (readonly [number, number])[] {
    const { errors, errorReplies, isFrontend } = this.model.proxies[proxy]!;
    const pairs = new Map<number, number>(isFrontend ? this.builtinErrors() : []);
    for (const { status, raw } of errors) pairs.set(status, raw === '' ? NO_RESPONSE : this.canned(raw));
    for (const { status } of errorReplies) {
      pairs.set(status, ASKED);
      this.error(status);   // compiled before it is asked for
    }
    return [...pairs];
  }

  private builtinErrors(): readonly (readonly [number, number])[] {
    return (this.builtins ??= ERROR_STATUSES.map((status) => [status, this.canned(builtinError(status))]));
  }

  error(status: number): (tx: Tx) => number {
    let send = this.errors.get(status);
    if (send === undefined) {
      const own = this.model.proxies.map((proxy) => this.ownError(proxy, status));
      const builtin = verdict(VERDICT_RESPOND, this.canned(builtinError(status)));
      send = own.every((reply) => reply === null) ? () => builtin : (tx) => {
        const reply = (tx.backend < 0 ? null : own[tx.backend]!) ?? own[tx.frontend]!;
        return reply === null ? builtin : typeof reply === 'number' ? reply : reply(tx);
      };
      this.errors.set(status, send);
    }
    return send;
  }

  /** What a proxy of its own answers with for a status: a verdict, what makes one, or null. */
  private ownError(proxy: Proxy, status: number): number | ((tx: Tx) => number) | null {
    const fixed = proxy.errors.find((error) => error.status === status);
    if (fixed !== undefined) return cannedAnswer(this, fixed.raw);
    const made = proxy.errorReplies.find((error) => error.status === status);
    return made === undefined ? null : compileReply(made.reply, this);
  }

  logLine(step: ProfileStep, profile: string | null): (tx: Tx) => void {
    return this.around.logLine?.(step, profile) ?? (() => undefined);
  }
  ask(topic: string, request: unknown): Promise<unknown> {
    return this.around.ask(topic, request);
  }
  sticks(): StickAccess {
    return (this.stickAccess ??= this.around.sticks?.() ?? NO_STICKS);
  }
  engine(): Engine {
    return this.around.engine();
  }
}

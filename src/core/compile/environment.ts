import type { AclTest, Condition, LogFormat, Model, SampleExpression } from '../../config/model.js';
import { VERDICT_CLOSE, VERDICT_RESPOND } from '../abi.js';
import type { Engine } from '../addon.js';
import type { Counters } from '../count.js';
import { builtinError, ERROR_STATUSES } from '../response.js';
import type { CompileEnv, Fetch, SampleType, Visit } from '../row.js';
import type { Tx } from '../tx.js';
import { verdict } from '../verdict.js';
import { asTest, ConditionCompiler, type Folded } from './condition.js';
import type { Encoding, Keepsake } from './env.js';
import { compileLogFormat } from './log_format.js';
import { compileEach, compileSample, compileTyped } from './sample.js';

/** Stands for a response index: the connection is closed without a word. The engine keeps index + 1, where 0 is its own page. */
export const NO_RESPONSE = -2;

/** What the plan's maker gives to compile against. */
export interface Surroundings {
  readonly model: Model;
  readonly state: Int32Array;
  readonly worker: number;
  readonly counters: Counters;
  ask(topic: string, request: unknown): Promise<unknown>;
  engine(): Engine;
}

/** The compiler of one worker: rows call it back for the parts of their data. */
export class Environment implements CompileEnv {
  readonly model: Model;
  readonly state: Int32Array;
  readonly worker: number;
  readonly counters: Counters;
  readonly keeps = new Set<Keepsake>();
  /** Canned responses in the order of their indices, as on the wire. */
  readonly responses: string[] = [];
  private readonly responseIndex = new Map<string, number>();
  private readonly conditions = new ConditionCompiler(this);
  private builtinErrors: readonly (readonly [number, number])[] | null = null;
  private readonly errorTables = new Map<number, Int32Array>();
  private backends: ReadonlyMap<string, number> | null = null;

  constructor(private readonly around: Surroundings) {
    this.model = around.model;
    this.state = around.state;
    this.worker = around.worker;
    this.counters = around.counters;
  }

  sample(expression: SampleExpression): { readonly fetch: Fetch; readonly type: SampleType } {
    return compileSample(expression, this);
  }
  typed(expression: SampleExpression, type: SampleType): Fetch {
    return compileTyped(expression, type, this).fetch;
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

  /** The raw error response of a proxy for a status; empty = nothing is to be sent. */
  errorResponse(proxy: number, status: number): string {
    return this.model.proxies[proxy]?.errors.find((error) => error.status === status)?.raw ?? builtinError(status);
  }

  /** [status, response index] pairs of a proxy: its own and the built-in ones; NO_RESPONSE where nothing is to be sent. */
  errorsOf(proxy: number): readonly (readonly [number, number])[] {
    const own = this.model.proxies[proxy]!.errors;
    if (own.length === 0) return (this.builtinErrors ??= ERROR_STATUSES.map((status) => [status, this.canned(builtinError(status))]));
    const statuses = new Set([...ERROR_STATUSES, ...own.map((error) => error.status)]);
    return [...statuses].map((status): [number, number] => {
      const raw = this.errorResponse(proxy, status);
      return [status, raw === '' ? NO_RESPONSE : this.canned(raw)];
    });
  }

  error(status: number): (tx: Tx) => number {
    let table = this.errorTables.get(status);
    if (table === undefined) {
      const builtin = verdict(VERDICT_RESPOND, this.canned(builtinError(status)));
      table = Int32Array.from(this.model.proxies, (proxy) => {
        if (proxy.errors.length === 0) return builtin;
        const raw = this.errorResponse(proxy.index, status);
        return raw === '' ? VERDICT_CLOSE : verdict(VERDICT_RESPOND, this.canned(raw));
      });
      this.errorTables.set(status, table);
    }
    const verdicts = table;
    return (tx) => verdicts[tx.backend < 0 ? tx.frontend : tx.backend]!;
  }

  ask(topic: string, request: unknown): Promise<unknown> {
    return this.around.ask(topic, request);
  }
  engine(): Engine {
    return this.around.engine();
  }
}

import type { Model, Proxy, RuleFamily } from '../config/model.js';
import type { Backends } from '../backends/backend.js';
import {
  FACT_BACKEND, FACT_FRONTEND, FACT_SERVER, FACT_STATUS, PHASE_AFTER, PHASE_CONNECTION, PHASE_CONTENT, PHASE_COUNT, PHASE_END, PHASE_ERROR, PHASE_PROXY_TLVS, PHASE_REQUEST, PHASE_RESPONSE,
  PHASE_SERVER, PHASE_SESSION, PHASE_SLOT, PHASE_TCP_RESPONSE, STICK_EVENT_ERROR, VERDICT_ARG_NONE, VERDICT_CLOSE, VERDICT_CONTINUE, VERDICT_MORE,
} from './abi.js';
import type { Engine } from './addon.js';
import { listenerCounter, serverRows } from './cells.js';
import { leaveFrontend } from './action/limit.js';
import { bufferStep, cutStep } from './body.js';
import { cacheStep } from './cacheable.js';
import { captureStep } from './capture.js';
import { compileChoice, reachableBackends, type Choice } from './choice.js';
import { Environment } from './compile/environment.js';
import { Counters } from './count.js';
import { departs, departureStep } from './departure.js';
import { ends } from './ending.js';
import { headerNamesStep } from './header_names.js';
import { logged, requestSteps } from './log/steps.js';
import type { LogShared } from './log/target.js';
import { compileTraffic, type Traffic } from './log/traffic.js';
import { monitorStep } from './monitor.js';
import { compileRules, once, sequence, type RuleSet } from './phase.js';
import type { PatternReferences } from './pattern/references.js';
import type { Changes } from './process_variables.js';
import { proxyTlvStep } from './proxy_tlvs.js';
import { requestLineStep } from './request_line.js';
import { statisticsStep } from './statistics/step.js';
import type { StickAccess } from './stick/access.js';
import { compileStickResponse } from './stick/choice.js';
import { Tx } from './tx.js';
import { compileServerChoice, type ServerChoice } from './server_choice.js';
import type { Variables } from './variable.js';
import { verdict } from './verdict.js';

/** What a worker gives to its plan. */
export interface PlanParts {
  /** Shared state cells. */
  readonly state: Int32Array;
  /** This worker's row of counters. */
  readonly counters: BigUint64Array;
  /** Number of this worker, from 0. */
  readonly worker: number;
  readonly backends: Backends;
  ask(topic: string, request: unknown): Promise<unknown>;
  /** Only called from decide() on. */
  engine(): Engine;
  /** The stick tables; only called from decide() on. */
  sticks?(): StickAccess;
  /** Where messages of log lines go; without it nothing is logged. */
  readonly route?: LogShared['route'];
  /** Takes one line about a rule that failed. */
  log?(line: string): void;
}

/** The compiled configuration of one worker: tables for the engine, and what it asks. */
export interface Plan {
  /** Canned responses as on the wire, by index. */
  readonly responses: readonly Uint8Array[];
  /** By proxy: bits 1 << PHASE_x. */
  readonly phases: readonly number[];
  /** By proxy: [status, response index] pairs. */
  readonly errors: readonly (readonly (readonly [number, number])[])[];
  /** A rule asks for the TLVs of PROXY headers. */
  readonly keepsTlvs: boolean;
  /** The lists of ACLs and maps of this worker. */
  readonly patterns: PatternReferences;
  /** To be called once, before the engine starts; with the variables of the process. Returns where variables are kept. */
  attach(engine: Engine, variables: Changes): Variables;
  /** The answer to the engine: a verdict of abi.def. Never throws. */
  decide(phase: number, session: number): number;
}

type Sets = { readonly [family in RuleFamily]: RuleSet };
type Handler = (tx: Tx) => number;


const FAMILIES: readonly RuleFamily[] = [
  'tcp-request connection', 'tcp-request session', 'tcp-request content', 'tcp-response content', 'http-request', 'http-response', 'http-after-response',
];

const pass: Handler = () => VERDICT_CONTINUE;

function compileSets(proxy: Proxy, env: Environment): Sets {
  return Object.fromEntries(FAMILIES.map((family) => [family, compileRules(proxy.rules[family], family, env)])) as Sets;
}

/** What a request meets on its way in: content rules see the head in mode http. */
function inbound(proxy: Proxy, sets: Sets, env: Environment): RuleSet {
  if (proxy.mode !== 'http') return sets['tcp-request content'];
  return sequence([
    bufferStep(proxy, env), sets['tcp-request content'], once(monitorStep(proxy.monitor, env)), once(captureStep(proxy.captures, 'request')), sets['http-request'], statisticsStep(proxy, env),
    once(headerNamesStep(proxy.headerNames, env)),
  ]);
}

/** What a response meets in its backend, then in its frontend. A `listen` section is both. */
function outbound(proxy: Proxy, sets: Sets, env: Environment): RuleSet {
  if (proxy.mode !== 'http') return null;
  const checksCache = proxy.isBackend && proxy.options.flags.includes('checkcache');
  return sequence([sets['tcp-response content'], once(compileStickResponse(proxy, env)), sets['http-response'], checksCache ? once(cacheStep(env)) : null]);
}

/** Everything that decide() looks up, by proxy. */
interface Tables {
  readonly connection: readonly RuleSet[];
  readonly session: readonly RuleSet[];
  readonly inbound: readonly RuleSet[];
  readonly outbound: readonly RuleSet[];
  readonly after: readonly RuleSet[];
  /** Notes the request line before all rules, where one asks for it later. */
  readonly noteLine: RuleSet;
  /** By frontend: captures of the response, before all rules. */
  readonly captures: readonly RuleSet[];
  readonly choice: readonly Choice[];
  /** By frontend: what becomes of its rules' changes when the request goes on to another backend. */
  readonly leave: readonly (((tx: Tx) => void) | null)[];
  /** By backend. */
  readonly servers: readonly (ServerChoice | null)[];
  /** Additions to requests that have passed all rules. */
  readonly departure: RuleSet;
  /** VERDICT_MORE with the proxy's inspect delay. */
  readonly more: readonly number[];
  /** The same for responses. */
  readonly moreOfResponse: readonly number[];
  /** Rules about the first bytes of a server, in mode tcp. */
  readonly raw: readonly RuleSet[];
}

function tablesOf(model: Model, env: Environment, backends: Backends, traffic: Traffic | null): Tables {
  const sets = model.proxies.map((proxy) => compileSets(proxy, env));
  const by = <T>(make: (proxy: Proxy, sets: Sets) => T): T[] => model.proxies.map((proxy, i) => make(proxy, sets[i]!));
  return {
    connection: by((_proxy, own) => own['tcp-request connection']),
    session: by((_proxy, own) => own['tcp-request session']),
    inbound: by((proxy, own) => inbound(proxy, own, env)),
    outbound: by((proxy, own) => outbound(proxy, own, env)),
    after: by((_proxy, own) => own['http-after-response']),
    captures: by((proxy) => (proxy.mode === 'http' ? once(captureStep(proxy.captures, 'response')) : null)),
    choice: by((proxy) => compileChoice(proxy, env)),
    leave: by((proxy) => leaveFrontend(proxy)),
    servers: by((proxy) => (proxy.isBackend ? compileServerChoice(proxy, backends, env) : null)),
    departure: sequence([cutStep(model, env), departureStep(model, env)]),
    noteLine: sequence([once(requestLineStep(env)), once(traffic === null ? null : requestSteps(traffic))]),
    raw: by((proxy, own) => (proxy.mode === 'http' ? null : sequence([own['tcp-response content'], once(compileStickResponse(proxy, env))]))),
    moreOfResponse: by((proxy) => verdict(VERDICT_MORE, proxy.inspectDelay.response ?? VERDICT_ARG_NONE)),
    more: by((proxy) => verdict(VERDICT_MORE, proxy.inspectDelay.request ?? VERDICT_ARG_NONE)),
  };
}

/** Phases in which a proxy has something to decide, as the engine wants to know. */
function phasesOf(model: Model, tables: Tables, env: Environment): number[] {
  return model.proxies.map((proxy) => {
    const own = (set: readonly RuleSet[]): boolean => set[proxy.index] !== null;
    const asks = (other: Proxy): boolean => tables.inbound[other.index] !== null || departs(other, env);
    // A listen section takes the place of a default_backend that is hidden.
    const ahead = proxy.useBackend.length > 0 || (proxy.isBackend && proxy.defaultBackend !== null) || asks(proxy) || (tables.noteLine !== null && proxy.mode === 'http')
      || (proxy.isFrontend && reachableBackends(model, proxy).some((backend) => asks(model.proxies[backend]!)));
    let bits = 0;
    const set = (phase: number, there: boolean): void => {
      if (there) bits |= 1 << phase;
    };
    set(PHASE_CONNECTION, own(tables.connection));
    set(PHASE_SESSION, own(tables.session));
    set(proxy.mode === 'http' ? PHASE_REQUEST : PHASE_CONTENT, ahead && proxy.isFrontend);
    const cookie = tables.servers[proxy.index]?.cookie ?? null;
    set(PHASE_RESPONSE, own(tables.outbound) || own(tables.captures) || cookie !== null);
    set(PHASE_TCP_RESPONSE, own(tables.raw));
    set(PHASE_AFTER, own(tables.after));
    return bits;
  });
}

/** The rule sets of backend and frontend, in the order in which a response meets them. */
function onTheWayOut(sets: readonly RuleSet[], more: readonly number[], captures: readonly RuleSet[] | null = null): Handler {
  return (tx) => {
    const { frontend, backend } = tx;
    captures?.[frontend]?.(tx);
    const first = backend < 0 ? null : sets[backend]!;
    const result = first === null ? VERDICT_CONTINUE : first(tx);
    if (result === VERDICT_MORE) return more[backend]!;
    if (result !== VERDICT_CONTINUE || backend === frontend) return result;
    const second = sets[frontend]!;
    return second === null ? VERDICT_CONTINUE : second(tx);
  };
}

/** Rules of the frontend, choice of the backend, its rules, choice of the server: one decision. */
function onTheWayIn(tables: Tables, chooseServer: Handler, unavailable: Handler): Handler {
  const wait = (result: number, proxy: number): number => (result === VERDICT_MORE ? tables.more[proxy]! : result);
  return (tx) => {
    const { frontend } = tx;
    tables.noteLine?.(tx);
    const rules = tables.inbound[frontend]!;
    if (rules !== null) {
      const result = rules(tx);
      if (result !== VERDICT_CONTINUE) return wait(result, frontend);
    }
    // Rules of the backend hold the message back: it had been chosen by then.
    const backend = tx.stopped === null ? tables.choice[frontend]!(tx) : tx.backend;
    if (backend < 0) return unavailable(tx);
    tx.facts[FACT_BACKEND] = backend;
    if (backend !== frontend) tables.leave[frontend]?.(tx);
    const own = backend === frontend ? null : tables.inbound[backend]!;
    if (own !== null) {
      const result = own(tx);
      if (result !== VERDICT_CONTINUE) return wait(result, backend);
    }
    const left = tables.departure === null ? VERDICT_CONTINUE : tables.departure(tx);
    return left === VERDICT_CONTINUE ? chooseServer(tx) : left;
  };
}

/** Responses that passed all rules: the cookies that keep clients on their server. */
function persisted(tables: Tables, rules: Handler): Handler {
  if (tables.servers.every((choice) => choice === null || choice.cookie === null)) return rules;
  return (tx) => {
    const result = rules(tx);
    const respond = tx.backend < 0 ? null : (tables.servers[tx.backend]?.cookie?.respond ?? null);
    return result !== VERDICT_CONTINUE || respond === null ? result : respond(tx);
  };
}

/** There is no backend for the request, and so no server. */
function unavailable(env: Environment): Handler {
  const answer = env.error(503);
  return (tx) => {
    ends(tx, 'S', 'C');
    return answer(tx);
  };
}

function handlersOf(tables: Tables, backends: Backends, env: Environment): Handler[] {
  const handlers = new Array<Handler>(PHASE_COUNT).fill(pass);
  const chooseServer: Handler = (tx) => tables.servers[tx.backend]!.choose(tx);
  const ofFrontend = (sets: readonly RuleSet[]): Handler => (tx) => sets[tx.facts[FACT_FRONTEND]!]?.(tx) ?? VERDICT_CONTINUE;
  handlers[PHASE_CONNECTION] = ofFrontend(tables.connection);
  handlers[PHASE_SESSION] = ofFrontend(tables.session);
  handlers[PHASE_CONTENT] = handlers[PHASE_REQUEST] = onTheWayIn(tables, chooseServer, unavailable(env));
  handlers[PHASE_SERVER] = chooseServer;
  handlers[PHASE_ERROR] = (tx) => env.error(tx.facts[FACT_STATUS]!)(tx);
  handlers[PHASE_RESPONSE] = persisted(tables, onTheWayOut(tables.outbound, tables.moreOfResponse, tables.captures));
  handlers[PHASE_TCP_RESPONSE] = onTheWayOut(tables.raw, tables.moreOfResponse);
  handlers[PHASE_AFTER] = onTheWayOut(tables.after, tables.moreOfResponse);
  const tlvs = proxyTlvStep(env);
  if (tlvs !== null) handlers[PHASE_PROXY_TLVS] = (tx) => (tlvs(tx), VERDICT_CONTINUE);
  handlers[PHASE_END] = (tx) => {
    backends.forget(tx.session);
    return VERDICT_CONTINUE;
  };
  handlers[PHASE_SLOT] = (tx) => {
    backends.slotFree(tx.facts[FACT_SERVER]!);
    return VERDICT_CONTINUE;
  };
  return handlers;
}

/** Kinds of failures that are told once each. */
const MAX_FAILURES_TOLD = 100;

/** Turns an exception in a rule into an internal error of that one request. */
class Failures {
  private readonly told = new Set<string>();

  constructor(private readonly env: Environment, private readonly log: (line: string) => void) {}

  answer(error: unknown, phase: number, tx: Tx): number {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (!this.told.has(text) && this.told.size < MAX_FAILURES_TOLD) {
      this.told.add(text);
      this.log(`a rule failed, the request is answered with an internal error: ${text}`);
    }
    if (phase === PHASE_SLOT || phase === PHASE_END || phase === PHASE_AFTER) return VERDICT_CONTINUE;
    this.env.counters.internalError(tx);
    tx.edits.reset();
    ends(tx, 'I');
    return phase === PHASE_REQUEST || phase === PHASE_RESPONSE || phase === PHASE_SERVER ? this.env.error(500)(tx) : VERDICT_CLOSE;
  }
}

/** Compiles a Model for one worker. Throws only for a Model that load() would not have made. */
export function compile(model: Model, parts: PlanParts): Plan {
  const made: { traffic: Traffic | null } = { traffic: null };
  const env = new Environment({
    logLine: (step, profile) => made.traffic?.now(step, profile) ?? (() => undefined),
    model, state: parts.state, worker: parts.worker, counters: new Counters(parts.counters, model.proxies.length),
    ask: (topic, request) => parts.ask(topic, request), engine: () => parts.engine(),
    ...(parts.sticks === undefined ? {} : { sticks: parts.sticks }),
  });
  env.counters.listeners = model.listeners.map(({ proxy, index }) =>
    model.proxies[proxy]!.options.flags.includes('socket-stats') ? listenerCounter(model.proxies.length, serverRows(model), index, 0) : undefined);
  if (model.stickTables.length > 0) env.counters.onRequestDenied = (tx) => env.sticks().tables.count(tx.session, STICK_EVENT_ERROR);
  const traffic = parts.route === undefined ? null : compileTraffic(model, { env, route: parts.route, writers: new Map(), seen: new Map() });
  made.traffic = traffic;
  const tables = tablesOf(model, env, parts.backends, traffic);
  const handlers = logged(handlersOf(tables, parts.backends, env), traffic);
  env.error(500);
  const errors = model.proxies.map((proxy) => env.errorsOf(proxy.index));
  const failures = new Failures(env, parts.log ?? ((line) => process.stderr.write(`${line}\n`)));
  let tx: Tx | null = null;
  return {
    responses: env.responses.map((raw) => Buffer.from(raw, 'latin1')),
    phases: phasesOf(model, tables, env).map((bits, proxy) => bits | (traffic?.phases(model.proxies[proxy]!) ?? 0)),
    errors,
    keepsTlvs: env.keeps.has('proxy-tlvs'),
    patterns: env.patterns,
    attach(engine, variables) {
      tx = new Tx(engine.window, { offset: engine.editOffset, size: engine.editSize }, model.global.tune.maxHeaders);
      for (const [name, value] of variables) if (value !== undefined) tx.variables.proc.set(name, value);
      return tx.variables;
    },
    decide(phase) {
      const now = tx!;
      now.begin(phase);
      try {
        const result = handlers[phase]!(now);
        now.finish();
        return result;
      } catch (error) {
        return failures.answer(error, phase, now);
      }
    },
  };
}

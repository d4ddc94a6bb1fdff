/**
 * Health checks and agent checks of all servers: one scheduler in the main thread, beside the data path. What they find goes to the
 * server states, which tell the rest of the house.
 */
import { OP_STOPPED, SS_OP_STATE } from '../../core/abi.js';
import type { Addon } from '../../core/addon.js';
import { serverCell } from '../../core/cells.js';
import type { Changes } from '../../core/process_variables.js';
import { replaceServer } from '../../core/live_model.js';
import type { Model, SocketAddress } from '../../config/model.js';
import type { ServerStates } from '../server_states.js';
import { AgentCheck, agentProgram } from './agent_check.js';
import { EmailAlerts } from './email.js';
import { ExternalRun } from './external.js';
import { Health } from './health.js';
import type { Attempt, Item, Limits } from './item.js';
import { Observer } from './observer.js';
import { compileProgram, CONNECT_ONLY, type Program } from './program.js';
import type { CheckReport } from './report.js';
import { Router, type Aim } from './route.js';
import { Run, type RunResult } from './run.js';
import { CheckSamples } from './samples.js';
import { Scheduler, systemClock, type Clock } from './scheduler.js';
import { ServerCheck, type Ward } from './server_check.js';
import { CheckConnections } from './sockets.js';
import { stateHeader } from './state_header.js';

export interface Checks {
  /** Failed checks by server, of servers that were up. */
  readonly failures: Uint32Array;
  /** The last health check of a server; null = it has none. */
  health(server: number): CheckReport | null;
  agent(server: number): CheckReport | null;
  /** What an operator switches off and on. False if the server has no such check. */
  enable(server: number, which: 'health' | 'agent', enabled: boolean): boolean;
  /** What an operator says in place of a server's agent. False if the server has none. */
  setAgent(server: number, up: boolean): boolean;
  /** Where checks of a kind connect from now on, and what the agent is sent. False if the server has no such check. */
  redirect(server: number, which: 'health' | 'agent', to: CheckTarget): boolean;
  /** A server was added to the Model: its checks are there, and switched off. */
  added(server: number): void;
  /** A server is about to leave the Model. */
  deleted(server: number): void;
  /** Ends all checks; nothing is reported afterwards. */
  stop(): void;
}

/** What of a check's target is to change. */
export interface CheckTarget {
  readonly address?: SocketAddress;
  readonly port?: number;
  readonly send?: string;
}

/** How an attempt is made: `waits` tells that a connection begins or stands, `done` ends it. For tests. */
export type AttemptMaker = (server: number, which: 'health' | 'agent', waits: (what: 'connect' | 'answer') => void, done: (result: RunResult) => void) => Attempt;

export interface CheckParts {
  readonly model: Model;
  readonly state: Int32Array;
  readonly states: ServerStates;
  readonly addon: Pick<Addon, 'createCheckSockets'>;
  /** Variables of the process at start. */
  readonly variables?: Changes;
  /** The samples of checks are there: their variables of the process may be shared. */
  onSamples?(samples: CheckSamples): void;
  readonly clock?: Clock;
  readonly attempt?: AttemptMaker;
  random?(): number;
}

/** Agents have no rise and fall: each word counts. */
const AGENT_RULES = { rise: 1, fall: 1, fastinter: null, downinter: null } as const;

class CheckHouse implements Checks, Ward {
  readonly model: Model;
  readonly state: Int32Array;
  readonly states: ServerStates;
  private failed: Uint32Array;
  private readonly clock: Clock;
  private readonly scheduler: Scheduler;
  private readonly observer: Observer;
  private readonly checks: (ServerCheck | undefined)[] = [];
  private readonly agents: (AgentCheck | undefined)[] = [];
  private readonly routers = { health: new Map<number, Router>(), agent: new Map<number, Router>() } as const;
  private readonly programs = new Map<number | null, Program>([[null, CONNECT_ONLY]]);
  private readonly parts: CheckParts;
  private connected: CheckConnections | null = null;
  private sampled: CheckSamples | null = null;

  constructor(parts: CheckParts) {
    this.parts = parts;
    this.model = parts.model;
    this.state = parts.state;
    this.states = parts.states;
    this.clock = parts.clock ?? systemClock;
    const { spreadChecks, maxChecks, nbthread } = this.model.global;
    this.scheduler = new Scheduler({ clock: this.clock, inFlight: maxChecks * nbthread, spread: spreadChecks, random: parts.random ?? Math.random });
    this.failed = new Uint32Array(this.model.servers.length);
    const items = this.model.servers.flatMap(({ index }) => this.itemsOf(index));
    this.spread(items);
    this.observer = new Observer(this.model, this.state, this.clock, (server, info) => this.observed(server, info));
    if (this.model.proxies.some(({ email }) => email !== null)) this.states.listen(new EmailAlerts(this.model, () => this.connections(), this.clock));
    this.states.listen({ restarted: (server, health) => this.restarted(server, health) });
  }

  get failures(): Uint32Array {
    return this.failed;
  }
  health(server: number): CheckReport | null {
    return this.checks[server]?.report() ?? null;
  }
  agent(server: number): CheckReport | null {
    return this.agents[server]?.report() ?? null;
  }

  enable(server: number, which: 'health' | 'agent', enabled: boolean): boolean {
    const item = which === 'health' ? this.checks[server] : this.agents[server];
    if (item === undefined) return false;
    if (item.enabled === enabled) return true;
    item.enabled = enabled;
    this.scheduler.interrupt(item.number, enabled ? 0 : item.interval());
    return true;
  }

  setAgent(server: number, up: boolean): boolean {
    const agent = this.agents[server];
    agent?.force(up);
    return agent !== undefined;
  }

  redirect(server: number, which: 'health' | 'agent', { address, port, send }: CheckTarget): boolean {
    const now = this.model.servers[server]!;
    const check = which === 'health' ? now.check : now.agent;
    if (check === null) return false;
    const to = { address: address ?? check.address, port: port ?? check.port };
    if (which === 'health') replaceServer(this.model, { ...now, check: { ...now.check!, ...to } });
    else replaceServer(this.model, { ...now, agent: { ...now.agent!, address: to.address, port: to.port ?? now.agent!.port, send: send ?? now.agent!.send } });
    this.routers[which].get(server)?.redirect(to);
    return true;
  }

  added(server: number): void {
    if (server < this.failed.length) this.failed[server] = 0;
    else this.failed = Uint32Array.from({ length: server + 1 }, (_, i) => this.failed[i] ?? 0);
    for (const item of this.itemsOf(server)) {
      item.enabled = false;
      item.number = this.scheduler.add(item, 0);
    }
    this.observer.add(server);
    this.scheduler.wake();
  }

  deleted(server: number): void {
    this.observer.remove(server);
    for (const routers of Object.values(this.routers)) routers.delete(server);
    for (const list of [this.checks, this.agents]) {
      const item = list[server];
      if (item !== undefined) this.scheduler.remove(item.number);
      list[server] = undefined;
    }
  }

  stop(): void {
    this.observer.stop();
    this.scheduler.stop();
    this.connected?.closeAll();
  }

  now(): number {
    return this.clock.now();
  }
  failedUp(server: number): void {
    this.failed[server]!++;
  }
  ended(item: Item): void {
    this.scheduler.ended(item.number);
  }
  agentAgrees(server: number): boolean {
    return this.agents[server]?.health.up ?? true;
  }
  checkAgrees(server: number): boolean {
    return this.checks[server]?.health.up ?? true;
  }

  /** The first ones are spread over the shortest interval, so that servers aren't all asked in the same millisecond. */
  private spread(items: readonly Item[]): void {
    const { maxSpreadChecks } = this.model.global;
    const shortest = items.reduce((least, { health }) => Math.min(least, health.rules.inter), maxSpreadChecks ?? Infinity);
    items.forEach((item, i) => (item.number = this.scheduler.add(item, Math.floor((shortest * i) / items.length))));
    this.scheduler.wake();
  }

  private itemsOf(index: number): Item[] {
    const { check, agent, proxy, initState, saved } = this.model.servers[index]!;
    if (this.model.proxies[proxy]!.disabled) return [];
    const items: Item[] = [];
    if (check !== null) {
      const health = new Health(check, initState);
      // A state file tells how far it was on its way.
      if (saved !== null) health.restore(saved.opState === OP_STOPPED ? Math.min(saved.checkHealth, check.rise - 1) : Math.max(saved.checkHealth, check.rise));
      if (!health.up && Atomics.load(this.state, serverCell(this.model.proxies.length, index, SS_OP_STATE)) !== OP_STOPPED) this.states.begin(index, OP_STOPPED);
      const item = new ServerCheck(this, index, health, this.limits(proxy, check.inter));
      item.use(this.attemptOf(item, 'health', check.plan, check));
      this.checks[index] = item;
      items.push(item);
    }
    if (agent !== null) {
      const item = new AgentCheck(this, index, new Health({ ...AGENT_RULES, inter: agent.inter }), this.limits(proxy, agent.inter));
      const aim: Aim = { address: agent.address ?? check?.address ?? null, port: agent.port, sendProxy: 0, viaSocks4: false };
      item.use(this.attemptOf(item, 'agent', agentProgram(() => this.model.servers[index]!.agent?.send ?? null, (reply) => item.hear(reply)), aim));
      this.agents[index] = item;
      items.push(item);
    }
    return items;
  }

  /** `inter` for all of it; where `timeout check` is set, it is for the answer and a connect has its own (manual: timeout check). */
  private limits(proxy: number, inter: number): Limits {
    const { timeouts } = this.model.proxies[proxy]!;
    if (timeouts.check === null) return { connect: inter, answer: null };
    return { connect: Math.min(timeouts.connect ?? inter, inter), answer: timeouts.check };
  }

  private attemptOf(item: Item, which: 'health' | 'agent', plan: number | null | Program, aim: Aim): Attempt {
    const waits = (what: 'connect' | 'answer'): void => {
      const { connect, answer } = item.limits;
      if (answer !== null) this.scheduler.extend(item.number, what === 'connect' ? connect : answer);
    };
    const done = (result: RunResult): void => item.done(result);
    if (this.parts.attempt !== undefined) return this.parts.attempt(item.server, which, waits, done);
    const { model, state } = this;
    const { server } = item;
    const router = new Router(model, state, server, aim);
    this.routers[which].set(server, router);
    const external = typeof plan === 'number' && model.checkPlans[plan]!.type === 'external-check' ? model.checkPlans[plan]!.options : null;
    if (external !== null) return new ExternalRun({ model, state, server, command: external['command'] ?? '', path: external['path'] ?? '', address: () => router.target(), done });
    const { proxy } = model.servers[server]!;
    return new Run({
      program: typeof plan === 'object' && plan !== null ? plan : this.programOf(plan), connections: this.connections(), bufsize: model.global.tune.bufsize,
      route: (step, port, quiet) => router.route(step, port, quiet),
      samples: (run) => this.samples().at({ number: item.number, server, proxy, began: run.began, head: run.head, input: run.input }),
      stateHeader: () => stateHeader(model, state, server, item.health),
      isRunning: () => Atomics.load(state, serverCell(model.proxies.length, server, SS_OP_STATE)) !== OP_STOPPED,
      waits, done,
    });
  }

  private programOf(plan: number | null): Program {
    let program = this.programs.get(plan);
    if (program === undefined) this.programs.set(plan, (program = compileProgram(this.model.checkPlans[plan!]!, this.samples().env)));
    return program;
  }

  private connections(): CheckConnections {
    return (this.connected ??= new CheckConnections(this.parts.addon, (work) => this.scheduler.batch(work)));
  }

  private samples(): CheckSamples {
    if (this.sampled === null) {
      this.sampled = new CheckSamples(this.model, this.state, this.parts.variables ?? []);
      this.parts.onSamples?.(this.sampled);
    }
    return this.sampled;
  }

  private observed(server: number, info: string): void {
    const item = this.checks[server];
    const { observe } = this.model.servers[server]!;
    if (item === undefined || observe === null || !item.observed(observe.onError, info)) return;
    const { inter, fastinter } = item.health.rules;
    this.scheduler.expedite(item.number, fastinter ?? inter);
  }

  private restarted(server: number, health: 'initial' | 'up' | 'stopping' | 'down'): void {
    const item = this.checks[server];
    if (item === undefined) return;
    item.restart(health);
    if (health === 'initial') this.scheduler.interrupt(item.number, item.interval());
  }
}

/** Starts the checks of a Model. Main thread. */
export function startChecks(parts: CheckParts): Checks {
  return new CheckHouse(parts);
}

/** The agent check of a server: what the agent says is done. */
import { ADMIN_FORCED_DRAIN, ADMIN_FORCED_MAINT, OP_RUNNING, OP_STOPPED, SS_INITIAL_WEIGHT, SS_MAXCONN, SS_USER_WEIGHT } from '../../core/abi.js';
import { serverCell } from '../../core/cells.js';
import { upServers } from '../server_message.js';
import { isDynamic } from '../balance/index.js';
import { operationOf, setUserWeight } from '../state.js';
import { parseAgentReply, type AgentReply } from './agent.js';
import type { Health } from './health.js';
import { Item, type Limits } from './item.js';
import { reason, resultMessage } from './message.js';
import type { Program, Step } from './program.js';
import type { RunResult } from './run.js';
import { logsResults, type Ward } from './server_check.js';
import { CHECKED, L4_CONNECT, L4_TIMEOUT, L7_OK, L7_STATUS, L7_TIMEOUT } from './status.js';

/** Connects, says what is to be said (`send`, null = nothing), and takes a line; what it means is found out behind. `heard` gets the line. */
export function agentProgram(send: () => string | null, heard: (reply: AgentReply | null) => void): Program {
  const greeting: Step = { kind: 'send', number: 0, label: 'send', comment: null, method: null, make: () => Buffer.from(send() ?? '', 'latin1') };
  const answer: Step = {
    kind: 'protocol', number: 0, label: 'expect', comment: null, empty: CHECKED, timeout: L7_TIMEOUT,
    judge(data, last) {
      const reply = parseAgentReply(data.toString('latin1'));
      if (reply === null && !last) return null;
      heard(reply);
      if (reply === null) return { ok: false, status: CHECKED, code: 0, info: 'Ignoring incomplete line from agent' };
      if (reply.unknown !== null) return { ok: false, status: CHECKED, code: 0, info: `agent reports an error : ${reply.unknown}` };
      return { ok: true, status: reply.health ?? CHECKED, code: 0, info: reply.info };
    },
  };
  const connect: Step = { kind: 'connect', number: 0, label: 'connect', comment: null, rule: null, port: null, linger: false };
  return { steps: [connect, greeting, answer], http: false, tellsSteps: false, disableOn404: false };
}

export class AgentCheck extends Item {
  private reply: AgentReply | null = null;

  constructor(private readonly ward: Ward, server: number, health: Health, limits: Limits) {
    super(server, health, limits, () => ward.now(), (item) => ward.ended(item));
  }

  hear(reply: AgentReply | null): void {
    this.reply = reply;
  }

  /** What an operator says: it counts until the agent speaks again. */
  force(up: boolean): void {
    this.health.force(up);
    this.ward.states.operational(this.server, up ? OP_RUNNING : OP_STOPPED, ', changed from CLI');
  }

  /** It is asked in maintenance too: it may end it. */
  protected wanted(): boolean {
    return true;
  }

  protected take(result: RunResult): void {
    const before = this.status;
    const { reply } = this;
    this.reply = null;
    this.status = result.status;
    this.code = result.code;
    this.info = result.info;
    if (reply !== null) this.obey(reply);
    // An agent that can't be reached says nothing about the server (manual: agent-check).
    if (result.local || (result.status !== L7_OK && result.status !== L7_STATUS)) {
      if ((result.status === L4_CONNECT || result.status === L4_TIMEOUT) && result.status !== before) this.tell(result);
      return;
    }
    const news = this.health.take(result.status.passed);
    if (news || result.status !== before) this.tell(result);
    const { model, state, states } = this.ward;
    const cause = logsResults(model, this.server) ? '' : reason(result, this.ms);
    if (!this.health.up) states.operational(this.server, OP_STOPPED, cause);
    else if (operationOf(model, state, this.server) === OP_STOPPED && this.ward.checkAgrees(this.server)) states.operational(this.server, OP_RUNNING, cause);
  }

  private tell(result: RunResult): void {
    const { model, state, states } = this.ward;
    if (!logsResults(model, this.server)) return;
    const weight = Atomics.load(state, this.cell(SS_USER_WEIGHT));
    states.note(this.server, 'notice', 'info', resultMessage(model, this.server, 'Agent', this.health, weight, result, this.ms));
  }

  private obey({ admin, weight, maxconn }: AgentReply): void {
    const { states, state } = this.ward;
    if (admin === 'maint') states.admin(this.server, ADMIN_FORCED_MAINT, true);
    if (admin === 'drain') states.admin(this.server, ADMIN_FORCED_DRAIN, true);
    if (admin !== null && admin !== 'maint') states.admin(this.server, ADMIN_FORCED_MAINT, false);
    if (admin === 'ready') states.admin(this.server, ADMIN_FORCED_DRAIN, false);
    if (weight !== null) this.weigh(weight);
    if (maxconn !== null && Atomics.load(state, this.cell(SS_MAXCONN)) !== maxconn) {
      Atomics.store(state, this.cell(SS_MAXCONN), maxconn);
      states.touched(this.server);
    }
  }

  private weigh(weight: string): void {
    const { model, state, states } = this.ward;
    const initial = Atomics.load(state, this.cell(SS_INITIAL_WEIGHT));
    const wanted = weight.endsWith('%') ? Math.min(256, Math.floor((initial * Number(weight.slice(0, -1))) / 100)) : Number(weight);
    if (wanted === Atomics.load(state, this.cell(SS_USER_WEIGHT))) return;
    const { proxy } = model.servers[this.server]!;
    // Weights of algorithms that can't follow are all or nothing.
    if (!isDynamic(model.proxies[proxy]!) && wanted !== 0 && wanted !== initial) return;
    const before = upServers(model, state, proxy);
    setUserWeight(model, state, this.server, wanted);
    states.weighed(this.server, before);
    states.touched(this.server);
  }

  private cell(which: number): number {
    return serverCell(this.ward.model.proxies.length, this.server, which);
  }
}

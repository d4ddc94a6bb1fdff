/** The health check of a server: what its results make of the server. */
import { ADMIN_MAINT, OP_RUNNING, OP_STOPPED, OP_STOPPING, SS_CHECK_CODE, SS_CHECK_MS, SS_CHECK_STATUS, SS_USER_WEIGHT } from '../../core/abi.js';
import { serverCell } from '../../core/cells.js';
import type { Model } from '../../config/model.js';
import type { Observe } from '../../config/check_rules.js';
import type { ServerStates } from '../server_states.js';
import { adminOf, operationOf } from '../state.js';
import type { Health } from './health.js';
import { Item, type Limits } from './item.js';
import { reason, resultMessage } from './message.js';
import type { RunResult } from './run.js';
import { HEALTH_ANALYSIS, INITIALISING, L7_CONDITIONAL, UNKNOWN } from './status.js';

/** What all checks share. */
export interface Ward {
  readonly model: Model;
  readonly state: Int32Array;
  readonly states: ServerStates;
  /** Counts a failed check of a server that was up. */
  failedUp(server: number): void;
  now(): number;
  ended(item: Item): void;
  /** False while a server's agent says that it is down. */
  agentAgrees(server: number): boolean;
  /** False while a server's health check says that it is down. */
  checkAgrees(server: number): boolean;
}

export class ServerCheck extends Item {
  constructor(private readonly ward: Ward, server: number, health: Health, limits: Limits) {
    super(server, health, limits, () => ward.now(), (item) => ward.ended(item));
    this.store(SS_CHECK_STATUS, INITIALISING.code);
  }

  protected wanted(): boolean {
    return (adminOf(this.ward.model, this.ward.state, this.server) & ADMIN_MAINT) === 0;
  }

  protected take(result: RunResult): void {
    const { status, code, info, local } = result;
    const before = this.status;
    this.status = status;
    this.code = code;
    this.info = info;
    this.store(SS_CHECK_STATUS, status.code);
    this.store(SS_CHECK_CODE, code);
    this.store(SS_CHECK_MS, this.ms);
    // The machine being short of something says nothing about the server: it keeps its health.
    if (local) return;
    if (!status.passed && this.health.up) this.ward.failedUp(this.server);
    const news = this.health.take(status.passed);
    if ((news || status !== before) && logsResults(this.ward.model, this.server)) {
      const { model, state, states } = this.ward;
      const weight = Atomics.load(state, serverCell(model.proxies.length, this.server, SS_USER_WEIGHT));
      states.note(this.server, 'notice', 'info', resultMessage(model, this.server, 'Health', this.health, weight, result, this.ms));
    }
    this.apply(result);
  }

  /** Maintenance may have begun while the check was under way: it stays, whatever the check says. */
  private apply(result: RunResult): void {
    const { model, state, states } = this.ward;
    if (!this.wanted()) return;
    const cause = logsResults(model, this.server) ? '' : reason(result, this.ms);
    if (!result.status.passed) {
      if (!this.health.up) states.operational(this.server, OP_STOPPED, cause);
    } else if (this.health.up && result.status === L7_CONDITIONAL) {
      if (operationOf(model, state, this.server) !== OP_STOPPED) states.operational(this.server, OP_STOPPING, cause);
    } else if (this.health.up && this.ward.agentAgrees(this.server)) states.operational(this.server, OP_RUNNING, cause);
  }

  /** Traffic has met too many errors. True if the next check is to come soon. */
  observed(onError: Observe['onError'], info: string): boolean {
    if (!this.enabled || !this.wanted() || operationOf(this.ward.model, this.ward.state, this.server) === OP_STOPPED) return false;
    if (onError === 'fastinter') return true;
    if (onError === 'sudden-death') this.health.lower(2);
    if (onError === 'mark-down') this.health.lower(1);
    this.take({ status: HEALTH_ANALYSIS, code: 0, info, local: false });
    return true;
  }

  /** Its health begins anew: after maintenance, or as somebody says. */
  restart(health: 'initial' | 'up' | 'stopping' | 'down'): void {
    if (health === 'initial') {
      this.health.restart();
      this.status = UNKNOWN;
    } else this.health.force(health !== 'down');
  }

  private store(cell: number, value: number): void {
    Atomics.store(this.ward.state, serverCell(this.ward.model.proxies.length, this.server, cell), value);
  }
}

/** `option log-health-checks`. */
export function logsResults(model: Model, server: number): boolean {
  return model.proxies[model.servers[server]!.proxy]!.options.flags.includes('log-health-checks');
}

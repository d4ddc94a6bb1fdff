import type { Model } from '../config/model.js';
import { startChecks, type Checks, type DynamicBackends, type DynamicServers, type Resolver, type ServerControl, type ServerStates } from '../backends/index.js';
import type { CheckSamples } from '../backends/check/samples.js';
import { GS_STOPPING } from './abi.js';
import type { Addon } from './addon.js';
import type { MainVariables } from './main_variables.js';
import type { MainLogs } from './log/main_logs.js';
import type { SystemLog } from './log/system_log.js';
import type { Readings } from './metric/readings.js';
import type { MetricsSource } from './metrics_source.js';
import type { PatternControl } from './pattern/control.js';
import { print, printText } from './print.js';
import type { Changes } from './process_variables.js';
import type { SignalTarget } from './signals.js';
import type { Cleared } from './statistics/cleared.js';
import type { TrafficControl } from './traffic_control.js';
import type { StickControl } from './stick/index.js';
import { poolLines, statusLines, stoppedLines } from './status.js';
import type { WorkerPool } from './worker_pool.js';

export interface MasterParts {
  readonly model: Model;
  readonly readings: Readings;
  /** What `clear counters` has cleared. */
  readonly base: Cleared;
  readonly pool: WorkerPool;
  readonly traffic: TrafficControl;
  readonly metrics: MetricsSource;
  readonly log: SystemLog;
  readonly logs: MainLogs;
  readonly addon: Addon;
  readonly states: ServerStates;
  /** Maps and files of ACLs, as they are changed while the process runs. */
  readonly patterns: PatternControl;
  /** Stick tables, for the runtime API. */
  readonly sticks: StickControl;
  readonly resolver: Resolver;
  /** For the runtime API: servers that come and go, and what operators do to them. */
  readonly servers: DynamicServers;
  readonly backends: DynamicBackends;
  readonly processVariables: MainVariables;
  readonly control: ServerControl;
  /** Variables of the process at start. */
  readonly variables: Changes;
  /** Checks have variables of the process: they are the workers' too. */
  shareSamples(samples: CheckSamples): void;
  /** Ends the process. */
  exit(status: number): void;
}

/** The proxy once it runs: what signals and health checks do to it. */
export class Master implements SignalTarget {
  readonly parts: MasterParts;
  readonly checks: Checks;
  private stopping = false;
  private readonly leaving: (() => void)[] = [];

  constructor(parts: MasterParts) {
    this.parts = parts;
    const { model, states, addon, variables } = parts;
    const checks = startChecks({ model, state: parts.readings.pages.state, states, addon, variables, onSamples: parts.shareSamples });
    this.checks = checks;
    parts.metrics.show({
      servers: states.servers, backends: states.backends,
      get failures() {
        return checks.failures;
      },
    });
  }

  /** For the runtime API. */
  get servers(): DynamicServers {
    return this.parts.servers;
  }
  get control(): ServerControl {
    return this.parts.control;
  }

  /** What else is to be done at the beginning of a soft stop. */
  onStop(run: () => void): void {
    this.leaving.push(run);
  }

  /** Soft stop: no new connections; the process ends with the last session, or when hard-stop-after is over. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    const { model, pool, readings } = this.parts;
    this.checks.stop();
    for (const run of this.leaving) run();
    Atomics.store(readings.pages.state, GS_STOPPING, 1);
    const stopped = pool.all('stopped').then(() => {
      this.parts.traffic.closeShared();
      for (const { proxy, line } of stoppedLines(model, readings)) {
        print('warning', line);
        this.parts.log('warning', line, proxy);
      }
    });
    const drained = pool.all('drained');
    pool.tell({ kind: 'stop' });
    const { hardStopAfter } = model.global;
    if (hardStopAfter !== null) {
      setTimeout(() => {
        print('warning', 'soft-stop running for too long, performing a hard-stop.');
        this.end();
      }, hardStopAfter);
    }
    void Promise.all([stopped, drained]).then(() => this.end());
  }

  pause(paused: boolean): void {
    print('warning', paused ? 'SIGTTOU received, pausing the listeners.' : 'SIGTTIN received, resuming the listeners.');
    void this.parts.traffic.pause(paused);
  }

  reload(): void {
    print('warning', `SIGUSR2 received, but there is no master process to reload: start a new process with '-sf ${process.pid}'.`);
  }

  printStatus(): void {
    print('warning', 'SIGHUP received, dumping servers states.');
    for (const line of statusLines(this.parts.model, this.parts.readings)) print('warning', line);
  }

  printPools(): void {
    printText(poolLines(this.parts.readings).map((line) => `${line}\n`).join(''));
  }

  private end(): void {
    void this.parts.pool.close().then(() => {
      this.parts.logs.close();
      this.parts.exit(0);
    });
  }
}

import inspector from 'node:inspector';
import { print } from './print.js';

/** What the signals mean to the running proxy. */
export interface SignalTarget {
  /** SIGUSR1: soft stop. */
  stop(): void;
  /** SIGHUP: print the servers' states. */
  printStatus(): void;
  /** SIGQUIT: print the pools. */
  printPools(): void;
  /** SIGTTOU, SIGTTIN: a new process wants the ports; it failed to get them. */
  pause(paused: boolean): void;
  /** SIGUSR2: service files written for HAProxy's master process send it for a reload. */
  reload(): void;
}

type Meaning = (target: SignalTarget) => void;

const MEANINGS: readonly (readonly [NodeJS.Signals, Meaning])[] = [
  ['SIGUSR1', (target) => target.stop()],
  ['SIGHUP', (target) => target.printStatus()],
  ['SIGQUIT', (target) => target.printPools()],
  ['SIGTTOU', (target) => target.pause(true)],
  ['SIGTTIN', (target) => target.pause(false)],
  ['SIGUSR2', (target) => target.reload()],
];

/** Died of a signal, as a shell counts it. */
const SIGNAL_STATUS: Readonly<Record<'SIGTERM' | 'SIGINT', number>> = { SIGTERM: 143, SIGINT: 130 };

/**
 * Takes over the signals. To be called first of all: Node would open its debugger on SIGUSR1, and SIGHUP would end the process. What
 * comes before there is a target is kept for it. SIGPIPE needs nothing: Node ignores it from the start.
 */
export class Signals {
  private target: SignalTarget | null = null;
  private readonly early: Meaning[] = [];

  constructor() {
    for (const [signal, meaning] of MEANINGS) {
      process.on(signal, () => {
        if (this.target === null) this.early.push(meaning);
        else meaning(this.target);
      });
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => endBySignal(signal));
  }

  direct(target: SignalTarget): void {
    this.target = target;
    if (debuggerOpenedBySignal()) {
      inspector.close();
      this.early.push((early) => early.stop());
    }
    for (const meaning of this.early.splice(0)) meaning(target);
  }
}

/** A SIGUSR1 that came while Node itself was starting has opened its debugger, unless somebody asked for that. */
function debuggerOpenedBySignal(): boolean {
  const asked = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((word) => word.includes('--inspect'));
  return inspector.url() !== undefined && !asked;
}

/** Ends the process at once, by the signal itself, so that its parent sees what HAProxy's parent would see. */
function endBySignal(signal: 'SIGTERM' | 'SIGINT'): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Process 1 of a container does not die of a signal's default action.
  process.exit(SIGNAL_STATUS[signal]);
}

/** Sends a signal to processes; those that are gone already are not worth a word. */
export function signalProcesses(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') print('warning', `cannot send ${signal} to process ${pid}: ${(error as Error).message}`);
    }
  }
}

/** Checks without a network: scripted results, time that passes only when told to, and all that is said. */
import type { CheckParts, Checks } from '../../../src/backends/check/start.js';
import { startChecks } from '../../../src/backends/check/start.js';
import type { RunResult } from '../../../src/backends/check/run.js';
import type { Clock } from '../../../src/backends/check/scheduler.js';
import { L4_TIMEOUT, type CheckStatus } from '../../../src/backends/check/status.js';
import { initState, ServerStates } from '../../../src/backends/index.js';
import { serverCell } from '../../../src/core/cells.js';
import { model, pages, type ProxyShape } from '../model.js';

export const START = 1_000_000;

export class TestClock implements Clock {
  private time = START;
  private timers: { at: number; call: () => void }[] = [];
  most = 0;

  now(): number {
    return this.time;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.time + ms, call };
    this.timers.push(timer);
    this.most = Math.max(this.most, this.timers.length);
    return () => {
      this.timers = this.timers.filter((t) => t !== timer);
    };
  }

  /** Goes on to `START + ms`, calling what is due on the way. */
  to(ms: number): void {
    const end = START + ms;
    for (;;) {
      const next = this.timers.reduce<{ at: number; call: () => void } | null>((least, t) => (least === null || t.at < least.at ? t : least), null);
      if (next === null || next.at > end) break;
      this.timers.splice(this.timers.indexOf(next), 1);
      this.time = Math.max(this.time, next.at);
      next.call();
    }
    this.time = end;
  }
}

export type Scripted = readonly [status: CheckStatus, ms: number, more?: Partial<RunResult>] | null;

/** A ServerStates whose words are kept. */
export function statesOf(m: ReturnType<typeof model>, state: Int32Array, now: () => number) {
  const said: string[] = [];
  const logged: [level: string, text: string][] = [];
  const told: number[] = [];
  const ended: [server: number, cause: string][] = [];
  const mailed: [level: number, text: string][] = [];
  const states = new ServerStates({
    model: m, state, now,
    print: (severity, text) => void said.push(`${severity}: ${text}`),
    log: (level, text) => void logged.push([level, text]),
    tell: (server) => void told.push(server),
    shutdown: (server, cause) => void ended.push([server, cause]),
  });
  states.listen({ message: (_server, level, text) => void mailed.push([level, text]) });
  return { states, said, logged, told, ended, mailed };
}

/** `answer` says what the attempt number n at a port gives and after how many ms; null = silence. */
export function house(answer: (port: number, n: number, at: number, which: string) => Scripted, parts: Partial<CheckParts>, ...shapes: ProxyShape[]) {
  const m = model(...shapes);
  const p = pages(m);
  initState(m, p.state, 0);
  const clock = new TestClock();
  const heard = statesOf(m, p.state, () => clock.now());
  const attempts: { port: number; at: number; which: string }[] = [];
  const figures = { flying: 0, most: 0 };
  const attempt: CheckParts['attempt'] & {} = (server, which, _waits, done) => {
    const address = m.servers[server]!.address as { port: number };
    let over = true;
    let cancel = (): void => undefined;
    const end = (result: RunResult | null): void => {
      if (over) return;
      over = true;
      figures.flying--;
      cancel();
      if (result !== null) done(result);
    };
    return {
      begin() {
        over = false;
        figures.most = Math.max(figures.most, ++figures.flying);
        const { port } = address;
        const given = answer(port, attempts.filter((x) => x.port === port && x.which === which).length, clock.now() - START, which);
        attempts.push({ port, at: clock.now() - START, which });
        cancel = given === null ? () => undefined : clock.after(given[1], () => end({ status: given[0], code: 0, info: given[0].passed ? '' : 'Connection refused', local: false, ...given[2] }));
      },
      timedOut: () => end({ status: L4_TIMEOUT, code: 0, info: '', local: false }),
      cancel: () => end(null),
    };
  };
  const never = (): never => {
    throw new Error('no sockets in this test');
  };
  const checks: Checks = startChecks({ model: m, state: p.state, states: heard.states, addon: { createCheckSockets: never }, clock, attempt, ...parts });
  const cell = (server: number, which: number): number => p.state[serverCell(m.proxies.length, server, which)]!;
  return { m, p, clock, attempts, figures, checks, cell, ...heard };
}

export const at = (port: number, check = {}) => ({ address: { kind: 'ip', family: 4, address: '127.0.0.1', port } as const, check });

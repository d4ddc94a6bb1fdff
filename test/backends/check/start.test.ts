import { describe, expect, test } from '@jest/globals';
import { PS_EPOCH, PS_SERVERS_UP, SRV_DOWN, SRV_MAINT, SRV_UP, SS_CHECK_MS, SS_CHECK_STATUS, SS_LAST_CHANGE, SS_STATE } from '../../../src/core/abi.js';
import { proxyCell, serverCell } from '../../../src/core/cells.js';
import type { ProbeResult } from '../../../src/backends/check/probe.js';
import { startChecks, type CheckChange, type CheckParts, type Clock } from '../../../src/backends/check/start.js';
import { INITIALISING, L4_CONNECT, L4_OK, L4_TIMEOUT, SOCKET_ERROR, type CheckStatus } from '../../../src/backends/check/status.js';
import { initState, setServerState } from '../../../src/backends/index.js';
import { model, pages, type ProxyShape } from '../model.js';

const START = 1_000_000;

/** Time that passes only when told to. */
class TestClock implements Clock {
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

/** Checks over a scripted network: `answer` says what the probe number n of an address gives and after how many ms; null = silence. */
function house(answer: (port: number, n: number, at: number) => [CheckStatus, number] | null, parts: Partial<CheckParts>, ...shapes: ProxyShape[]) {
  const m = model(...shapes);
  const p = pages(m);
  initState(m, p.state, 0);
  const clock = new TestClock();
  const changes: CheckChange[] = [];
  const probes: { port: number; at: number }[] = [];
  const figures = { flying: 0, most: 0 };
  const probe = (address: { port?: number }, done: (result: ProbeResult) => void) => {
    const port = address.port!;
    const given = answer(port, probes.filter((x) => x.port === port).length, clock.now() - START);
    probes.push({ port, at: clock.now() - START });
    figures.most = Math.max(figures.most, ++figures.flying);
    let over = false;
    const end = () => {
      if (!over) figures.flying--;
      over = true;
    };
    const cancelTimer = given === null ? () => {} : clock.after(given[1], () => {
      end();
      done({ status: given[0], info: given[0].passed ? '' : 'Connection refused' });
    });
    return () => {
      cancelTimer();
      end();
    };
  };
  const checks = startChecks(m, p.state, (change) => changes.push(change), { clock, probe: probe as CheckParts['probe'] & {}, ...parts });
  const cell = (server: number, which: number) => p.state[serverCell(m.proxies.length, server, which)];
  return { m, p, clock, changes, probes, figures, checks, cell };
}

const at = (port: number, check = {}) => ({ address: { kind: 'ip', family: 4, address: '127.0.0.1', port } as const, check });
const GOOD: [CheckStatus, number] = [L4_OK, 1];
const BAD: [CheckStatus, number] = [L4_CONNECT, 1];

describe('startChecks', () => {
  test('one bad check takes a fresh server down, `rise` good ones bring it up, then it takes `fall` bad ones', () => {
    const script = [BAD, GOOD, GOOD, BAD, BAD, GOOD, BAD, BAD, BAD, GOOD];
    const { clock, changes, p, cell } = house((_, n) => script[n] ?? GOOD, {}, { servers: [at(1, { inter: 1000, rise: 2, fall: 3 }), {}] });
    const ends = (n: number) => n * 1001 + 1;
    clock.to(ends(0));
    expect(changes.map(({ from, to }) => [from, to])).toEqual([[SRV_UP, SRV_DOWN]]);
    expect([cell(0, SS_STATE), cell(0, SS_LAST_CHANGE), cell(0, SS_CHECK_STATUS), cell(0, SS_CHECK_MS)]).toEqual([SRV_DOWN, START / 1000, L4_CONNECT.code, 1]);
    expect(p.state[proxyCell(0, PS_SERVERS_UP)]).toBe(1);
    clock.to(ends(1));
    expect(changes).toHaveLength(1);
    clock.to(ends(2));
    expect(changes.map((c) => c.to)).toEqual([SRV_DOWN, SRV_UP]);
    expect(p.state[proxyCell(0, PS_SERVERS_UP)]).toBe(2);
    clock.to(ends(7));
    expect(changes).toHaveLength(2);
    clock.to(ends(9));
    expect(changes.map((c) => c.to)).toEqual([SRV_DOWN, SRV_UP, SRV_DOWN]);
  });

  test('each change raises the epoch, and the lines are HAProxy\'s', () => {
    const { clock, changes, p } = house((_, n) => (n === 0 ? BAD : GOOD), {}, { name: 'b2', servers: [at(1, { inter: 1000, rise: 1 })] });
    const before = p.state[proxyCell(0, PS_EPOCH)]!;
    clock.to(5000);
    expect(p.state[proxyCell(0, PS_EPOCH)]).toBe(before + 2);
    expect(changes.map((c) => [c.message, c.alert])).toEqual([
      ['Server b2/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 1ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
        'backend \'b2\' has no server available!'],
      ['Server b2/s1 is UP, reason: Layer4 check passed, check duration: 1ms. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.', null],
    ]);
  });

  test('a backend is down while it has no usable server', () => {
    const { clock, checks } = house((port, n) => (port === 1 || n < 2 ? BAD : GOOD), {}, { servers: [at(1, { inter: 1000 }), at(2, { inter: 1000, rise: 1 })] });
    clock.to(400);
    expect(checks.figures.backends.downs[0]).toBe(0);
    clock.to(10_000);
    const { backends } = checks.figures;
    expect([backends.downs[0], backends.downtime(0, clock.now()), backends.changed[0]]).toEqual([1, 2002, START + 500 + 2003]);
  });

  test('running on backup is said', () => {
    const { clock, changes } = house(() => BAD, {}, { servers: [at(1), { backup: true }] });
    clock.to(100);
    expect(changes[0]!.message).toContain('0 active and 1 backup servers left. Running on backup. 0 sessions active');
    expect(changes[0]!.alert).toBeNull();
  });

  test('fastinter between the states, downinter when down, inter when up', () => {
    const check = { inter: 1000, fastinter: 100, downinter: 5000, rise: 2, fall: 2 };
    const script = [GOOD, GOOD, BAD, BAD, BAD, GOOD, GOOD, GOOD];
    const { clock, probes } = house((_, n) => script[n] ?? GOOD, {}, { servers: [at(1, check)] });
    clock.to(20_000);
    const gaps = probes.map(({ at: when }, i) => when - (probes[i - 1]?.at ?? 0)).slice(1, 8);
    expect(gaps).toEqual([1001, 1001, 101, 5001, 5001, 101, 1001]);
  });

  test('silence ends with the time for a check: inter, or the smaller of timeout connect and inter with timeout check', () => {
    const shape = (check: number | null): ProxyShape => ({ servers: [at(1, { inter: 1000, downinter: 9000 })], timeouts: { connect: 300, check } as never });
    for (const [check, ms] of [[null, 1000], [5000, 300]] as const) {
      const { clock, changes, cell, figures } = house(() => null, {}, shape(check));
      clock.to(ms - 1);
      expect([changes.length, figures.flying, cell(0, SS_CHECK_STATUS)]).toEqual([0, 1, INITIALISING.code]);
      clock.to(ms);
      expect(changes[0]!.message).toContain(`reason: Layer4 timeout, check duration: ${ms}ms.`);
      expect([figures.flying, cell(0, SS_CHECK_STATUS)]).toEqual([0, L4_TIMEOUT.code]);
    }
  });

  test('a server in maintenance is left alone, also if the check was under way', () => {
    const { m, p, clock, changes, cell, probes } = house((_, n) => [L4_CONNECT, n === 0 ? 50 : 1], {}, { servers: [at(1, { inter: 1000 })] });
    clock.to(20);
    setServerState(m, p.state, 0, SRV_MAINT, 1);
    clock.to(10_000);
    expect([changes.length, cell(0, SS_STATE), probes.length]).toEqual([0, SRV_MAINT, 1]);
  });

  test('a machine that can\'t open a socket takes no server down', () => {
    const { clock, changes, cell, checks, probes } = house(() => [SOCKET_ERROR, 1], {}, { servers: [at(1, { inter: 100 })] });
    clock.to(1000);
    expect(probes.length).toBeGreaterThan(5);
    expect([changes.length, cell(0, SS_STATE), cell(0, SS_CHECK_STATUS), checks.figures.failures[0]]).toEqual([0, SRV_UP, SOCKET_ERROR.code, 0]);
  });

  test('5,000 servers: first checks spread over the interval, one timer, bounded connects', () => {
    const servers = Array.from({ length: 5000 }, (_, i) => at(i, { inter: 2000 }));
    const { clock, probes, figures } = house(() => null, { inFlight: 100 }, { servers });
    expect(clock.most).toBe(1);
    clock.to(1999);
    expect(figures.most).toBe(100);
    const quick = house(() => [L4_OK, 5], { inFlight: 100 }, { servers });
    quick.clock.to(2010);
    expect(quick.probes.slice(0, 5000).map((x) => x.port).sort((a, b) => a - b)).toEqual(servers.map((_, i) => i));
    expect(quick.probes[2500]!.at).toBe(1000);
    expect(quick.figures.most).toBeLessThan(20);
    expect(probes.length).toBe(100);
  });

  test('nothing is reported after stop', () => {
    const { clock, changes, checks, figures } = house(() => [L4_CONNECT, 50], {}, { servers: [at(1), at(2)] });
    clock.to(20);
    checks.stop();
    clock.to(10_000);
    expect([changes.length, figures.flying]).toEqual([0, 0]);
  });

  test('10,000 random results: the state is what the last ones say, and downtime adds up', () => {
    let seed = 7;
    const rand = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const results: boolean[] = [];
    const [rise, fall] = [3, 3];
    const { clock, changes, checks, cell } = house(() => {
      results.push(rand() < 0.6);
      return results.at(-1)! ? [L4_OK, 0] : [L4_CONNECT, 0];
    }, {}, { servers: [at(1, { inter: 100, rise, fall })] });
    let up = true;
    let down = 0;
    for (let n = 1; n <= 10_000; n++) {
      clock.to((n - 1) * 100);
      const last = (count: number, good: boolean) => results.length >= count && results.slice(-count).every((r) => r === good);
      if (up && (last(fall, false) || (results.length === 1 && !results[0]))) up = false;
      else if (!up && last(rise, true)) up = true;
      expect(cell(0, SS_STATE)).toBe(up ? SRV_UP : SRV_DOWN);
      if (!up) down += 100;
    }
    expect(results).toHaveLength(10_000);
    expect(checks.figures.servers.downtime(0, clock.now() + 100)).toBe(down);
    expect(checks.figures.failures[0]).toBe(results.filter((r) => !r).length);
    expect(checks.figures.servers.downs[0]).toBe(changes.filter((c) => c.to === SRV_DOWN).length);
  });
});

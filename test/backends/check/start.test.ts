import { describe, expect, test } from '@jest/globals';
import { L4_CONNECT, L4_OK, L4_TIMEOUT, SOCKET_ERROR, INITIALISING } from '../../../src/backends/check/status.js';
import { setServerState } from '../../../src/backends/index.js';
import { PS_EPOCH, PS_SERVERS_UP, SRV_DOWN, SRV_MAINT, SRV_UP, SS_CHECK_MS, SS_CHECK_STATUS, SS_LAST_CHANGE, SS_STATE } from '../../../src/core/abi.js';
import { proxyCell } from '../../../src/core/cells.js';
import type { ProxyShape } from '../model.js';
import { at, house, START, type Scripted } from './house.js';

const GOOD: Scripted = [L4_OK, 1];
const BAD: Scripted = [L4_CONNECT, 1];

/** What each change made of a server. */
const moves = (said: readonly string[]): string[] => said.flatMap((line) => / is (UP|DOWN|stopping)/.exec(line)?.[1] ?? []);

describe('startChecks', () => {
  test('one bad check takes a fresh server down, `rise` good ones bring it up, then it takes `fall` bad ones', () => {
    const script = [BAD, GOOD, GOOD, BAD, BAD, GOOD, BAD, BAD, BAD, GOOD];
    const { clock, said, p, cell } = house((_, n) => script[n] ?? GOOD, {}, { servers: [at(1, { inter: 1000, rise: 2, fall: 3 }), {}] });
    const ends = (n: number) => n * 1001 + 1;
    clock.to(ends(0));
    expect(moves(said)).toEqual(['DOWN']);
    expect([cell(0, SS_STATE), cell(0, SS_LAST_CHANGE), cell(0, SS_CHECK_STATUS), cell(0, SS_CHECK_MS)]).toEqual([SRV_DOWN, START / 1000, L4_CONNECT.code, 1]);
    expect(p.state[proxyCell(0, PS_SERVERS_UP)]).toBe(1);
    clock.to(ends(1));
    expect(moves(said)).toHaveLength(1);
    clock.to(ends(2));
    expect(moves(said)).toEqual(['DOWN', 'UP']);
    expect(p.state[proxyCell(0, PS_SERVERS_UP)]).toBe(2);
    clock.to(ends(7));
    expect(moves(said)).toHaveLength(2);
    clock.to(ends(9));
    expect(moves(said)).toEqual(['DOWN', 'UP', 'DOWN']);
  });

  test('each change raises the epoch, and the lines are HAProxy\'s', () => {
    const { clock, said, logged, told, p } = house((_, n) => (n === 0 ? BAD : GOOD), {}, { name: 'b2', servers: [at(1, { inter: 1000, rise: 1 })] });
    const before = p.state[proxyCell(0, PS_EPOCH)]!;
    clock.to(5000);
    expect(p.state[proxyCell(0, PS_EPOCH)]).toBe(before + 2);
    const down = 'Server b2/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 1ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.';
    const up = 'Server b2/s1 is UP, reason: Layer4 check passed, check duration: 1ms. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.';
    expect(said).toEqual([`warning: ${down}`, "alert: backend 'b2' has no server available!", `warning: ${up}`]);
    expect(logged).toEqual([['alert', down], ['emerg', 'backend b2 has no server available!'], ['notice', up]]);
    expect(told).toEqual([0, 0]);
  });

  test('a backend is down while it has no usable server', () => {
    const { clock, states } = house((port, n) => (port === 1 || n < 2 ? BAD : GOOD), {}, { servers: [at(1, { inter: 1000 }), at(2, { inter: 1000, rise: 1 })] });
    clock.to(400);
    expect(states.backends.downs[0]).toBe(0);
    clock.to(10_000);
    const { backends } = states;
    expect([backends.downs[0], backends.downtime(0, clock.now()), backends.changed[0]]).toEqual([1, 2002, START + 500 + 2003]);
  });

  test('running on backup is said', () => {
    const { clock, said } = house(() => BAD, {}, { servers: [at(1), { backup: true }] });
    clock.to(100);
    expect(said).toEqual([expect.stringContaining('0 active and 1 backup servers left. Running on backup. 0 sessions active')]);
  });

  test('fastinter between the states, downinter when down, inter when up', () => {
    const check = { inter: 1000, fastinter: 100, downinter: 5000, rise: 2, fall: 2 };
    const script = [GOOD, GOOD, BAD, BAD, BAD, GOOD, GOOD, GOOD];
    const { clock, attempts: probes } = house((_, n) => script[n] ?? GOOD, {}, { servers: [at(1, check)] });
    clock.to(20_000);
    const gaps = probes.map(({ at: when }, i) => when - (probes[i - 1]?.at ?? 0)).slice(1, 8);
    expect(gaps).toEqual([1001, 1001, 101, 5001, 5001, 101, 1001]);
  });

  test('silence ends with the time for a check: inter, or the smaller of timeout connect and inter with timeout check', () => {
    const shape = (check: number | null): ProxyShape => ({ servers: [at(1, { inter: 1000, downinter: 9000 })], timeouts: { connect: 300, check } as never });
    for (const [check, ms] of [[null, 1000], [5000, 300]] as const) {
      const { clock, said, cell, figures } = house(() => null, {}, shape(check));
      clock.to(ms - 1);
      expect([said.length, figures.flying, cell(0, SS_CHECK_STATUS)]).toEqual([0, 1, INITIALISING.code]);
      clock.to(ms);
      expect(said[0]).toContain(`reason: Layer4 timeout, check duration: ${ms}ms.`);
      expect([figures.flying, cell(0, SS_CHECK_STATUS)]).toEqual([0, L4_TIMEOUT.code]);
    }
  });

  test('a server in maintenance is left alone, also if the check was under way', () => {
    const { m, p, clock, said, cell, attempts } = house((_, n) => [L4_CONNECT, n === 0 ? 50 : 1], {}, { servers: [at(1, { inter: 1000 })] });
    clock.to(20);
    setServerState(m, p.state, 0, SRV_MAINT, 1);
    clock.to(10_000);
    expect([said.length, cell(0, SS_STATE), attempts.length]).toEqual([0, SRV_MAINT, 1]);
  });

  test('a machine that can\'t open a socket takes no server down', () => {
    const { clock, said, cell, checks, attempts } = house(() => [SOCKET_ERROR, 1, { local: true }], {}, { servers: [at(1, { inter: 100 })] });
    clock.to(1000);
    expect(attempts.length).toBeGreaterThan(5);
    expect([said.length, cell(0, SS_STATE), cell(0, SS_CHECK_STATUS), checks.failures[0]]).toEqual([0, SRV_UP, SOCKET_ERROR.code, 0]);
  });

  test('5,000 servers: first checks spread over the interval, one timer', () => {
    const servers = Array.from({ length: 5000 }, (_, i) => at(i, { inter: 2000 }));
    const { clock, attempts, figures } = house(() => [L4_OK, 5], {}, { servers });
    // One for the checks, one for each attempt of the script.
    expect(clock.most).toBe(1);
    clock.to(2010);
    expect(attempts.slice(0, 5000).map((x) => x.port).sort((a, b) => a - b)).toEqual(servers.map((_, i) => i));
    expect(attempts[2500]!.at).toBe(1000);
    expect(figures.most).toBeLessThan(50);
  });

  test('nothing is reported after stop', () => {
    const { clock, said, checks, figures } = house(() => [L4_CONNECT, 50], {}, { servers: [at(1), at(2)] });
    clock.to(20);
    checks.stop();
    clock.to(10_000);
    expect([said.length, figures.flying]).toEqual([0, 0]);
  });

  test('10,000 random results: the state is what the last ones say, and downtime adds up', () => {
    let seed = 7;
    const rand = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const results: boolean[] = [];
    const [rise, fall] = [3, 3];
    const { clock, said, states, checks, cell } = house(() => {
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
    expect(states.servers.downtime(0, clock.now() + 100)).toBe(down);
    expect(checks.failures[0]).toBeGreaterThan(0);
    expect(checks.failures[0]).toBeLessThan(results.filter((r) => !r).length);
    expect(states.servers.downs[0]).toBe(moves(said).filter((to) => to === 'DOWN').length);
  });
});

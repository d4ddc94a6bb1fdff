/** Changes of servers: the lines are those of haproxy 2.6 for the same operations. */
import { describe, expect, test } from '@jest/globals';
import { initState } from '../../src/backends/index.js';
import {
  ADMIN_FORCED_DRAIN, ADMIN_FORCED_MAINT, ADMIN_INHERITED_MAINT, ADMIN_RESOLUTION_MAINT, OP_RUNNING, OP_STOPPED, OP_STOPPING, SRV_DOWN, SRV_DRAIN, SRV_MAINT, SRV_UP, SS_ADMIN, SS_STATE,
} from '../../src/core/abi.js';
import { serverCell } from '../../src/core/cells.js';
import { model, pages, type ProxyShape } from './model.js';
import { statesOf, START } from './check/house.js';

function house(...shapes: ProxyShape[]) {
  const m = model(...shapes);
  const p = pages(m);
  initState(m, p.state, 0);
  let now = START;
  const heard = statesOf(m, p.state, () => now);
  const cell = (server: number, which: number): number => p.state[serverCell(m.proxies.length, server, which)]!;
  /** What was printed since the last call. */
  const lines = (): string[] => heard.said.splice(0);
  return { ...heard, m, cell, lines, later: (ms: number) => void (now += ms), now: () => now };
}

/** Backend a with a checked server and a backup, backend b whose servers track it in a chain. */
const chain = () => house(
  { name: 'a', servers: [{ check: {} }, { name: 'b1', backup: true }] },
  { name: 'b', servers: [{ name: 't1', track: 0 }, { name: 't2', track: 2 }] },
);

const NONE = "alert: backend 'b' has no server available!";

describe('ServerStates', () => {
  test('health: down, stopping, up, and the servers that track', () => {
    const { states, lines, logged, cell } = chain();
    states.operational(0, OP_STOPPING, ', reason: x');
    expect(lines()).toEqual([
      'warning: Server a/s1 is stopping, reason: x. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.',
      'warning: Server b/t1 is stopping via a/s1. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      'warning: Server b/t2 is stopping via b/t1. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      NONE,
    ]);
    expect([0, 2, 3].map((server) => cell(server, SS_STATE))).toEqual([SRV_DRAIN, SRV_DRAIN, SRV_DRAIN]);
    states.operational(0, OP_STOPPED, ', reason: y');
    expect(lines()).toEqual([
      'warning: Server a/s1 is DOWN, reason: y. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
      'warning: Server b/t1 is DOWN via a/s1. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      'warning: Server b/t2 is DOWN via b/t1. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
    ]);
    // One that had asked for no more sessions is no surprise.
    expect(logged.map(([level]) => level)).toEqual(['notice', 'notice', 'notice', 'emerg', 'notice', 'notice', 'notice']);
    states.operational(0, OP_RUNNING, ', reason: z');
    expect(lines()).toEqual([
      'warning: Server a/s1 is UP, reason: z. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.',
      'warning: Server b/t1 is UP via a/s1. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      'warning: Server b/t2 is UP via b/t1. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
    ]);
    expect(states.operational(0, OP_RUNNING, '')).toBe(false);
    logged.length = 0;
    states.operational(0, OP_STOPPED, '');
    expect(logged[0]?.[0]).toBe('alert');
  });

  test('maintenance and drain by an operator', () => {
    const { states, lines, cell } = chain();
    states.admin(0, ADMIN_FORCED_MAINT, true);
    expect(lines()).toEqual([
      'warning: Server a/s1 is going DOWN for maintenance. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
      'warning: Server b/t1 is going DOWN for maintenance via a/s1. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      'warning: Server b/t2 is going DOWN for maintenance via b/t1. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      NONE,
    ]);
    expect([cell(2, SS_STATE), cell(2, SS_ADMIN)]).toEqual([SRV_MAINT, ADMIN_INHERITED_MAINT]);
    states.admin(0, ADMIN_FORCED_MAINT, false);
    expect(lines()).toEqual([
      'warning: Server a/s1 is UP/READY (leaving forced maintenance).', 'warning: Server b/t1 is UP/READY (leaving maintenance).', 'warning: Server b/t2 is UP/READY (leaving maintenance).',
    ]);
    states.admin(0, ADMIN_FORCED_DRAIN, true);
    expect(lines()).toEqual([
      'warning: Server a/s1 enters drain state. 0 active and 1 backup servers online. Running on backup. 0 sessions requeued, 0 total in queue.',
      'warning: Server b/t1 enters drain state via a/s1. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      'warning: Server b/t2 enters drain state via b/t1. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      NONE,
    ]);
    states.admin(0, ADMIN_FORCED_DRAIN, false);
    expect(lines()).toEqual(['a/s1', 'b/t1', 'b/t2'].map((name) => `warning: Server ${name} is UP (leaving forced drain).`));
    expect([0, 2, 3].map((server) => cell(server, SS_STATE))).toEqual([SRV_UP, SRV_UP, SRV_UP]);
  });

  test('a server that is down already', () => {
    const { states, lines } = chain();
    states.operational(0, OP_STOPPED, '');
    lines();
    states.admin(0, ADMIN_FORCED_DRAIN, true);
    expect(lines()[0]).toBe('warning: Server a/s1 enters drain state. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.');
    states.admin(0, ADMIN_FORCED_MAINT, true);
    expect(lines()).toEqual([
      'warning: Server a/s1 was DOWN and now enters maintenance.', 'warning: Server b/t1 was DOWN and now enters maintenance via a/s1.',
      'warning: Server b/t2 was DOWN and now enters maintenance via b/t1.',
    ]);
    states.admin(0, ADMIN_FORCED_MAINT, false);
    expect(lines().slice(0, 2)).toEqual(['warning: Server a/s1 is UP/DRAIN (leaving forced maintenance).', 'warning: Server a/s1 remains in forced drain mode.']);
  });

  test('a name without an address, and with one again', () => {
    const { states, lines, cell } = house({ name: 'b', servers: [{ hostname: 'www.example' }, {}] });
    states.admin(0, ADMIN_RESOLUTION_MAINT, true, 'DNS NX status');
    expect(lines()).toEqual(['warning: Server b/s1 is going DOWN for maintenance (DNS NX status). 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.']);
    states.admin(0, ADMIN_FORCED_MAINT, true);
    expect(lines()).toEqual([]);
    states.admin(0, ADMIN_RESOLUTION_MAINT, false);
    expect([lines(), cell(0, SS_STATE)]).toEqual([['warning: Server b/s1 is leaving maintenance but remains in maintenance.'], SRV_MAINT]);
    states.admin(0, ADMIN_RESOLUTION_MAINT, true);
    states.admin(0, ADMIN_FORCED_MAINT, false);
    lines();
    states.admin(0, ADMIN_RESOLUTION_MAINT, false);
    expect(lines()).toEqual(["warning: Server b/s1 ('www.example') is UP/READY (resolves again)."]);
  });

  test('trackers of a server that starts in maintenance do so, too', () => {
    const { cell, lines } = house({ servers: [{ check: {}, disabled: true }, { track: 0 }, { track: 1 }] });
    expect([0, 1, 2].map((server) => cell(server, SS_STATE))).toEqual([SRV_MAINT, SRV_MAINT, SRV_MAINT]);
    expect(lines()).toEqual([]);
  });

  test('what operators say of a server\'s health', () => {
    const { states, lines, cell } = house({ name: 'b', servers: [{}, {}] });
    const heard: unknown[] = [];
    states.listen({ restarted: (server, health) => void heard.push([server, health]) });
    states.health(0, 'down');
    states.health(0, 'up');
    expect(lines()).toEqual([
      'warning: Server b/s1 is DOWN, changed from CLI. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      'warning: Server b/s1 is UP, changed from CLI. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
    ]);
    expect([heard, cell(0, SS_STATE)]).toEqual([[[0, 'down'], [0, 'up']], SRV_UP]);
  });

  test('on-marked-down ends the sessions of the server, on-marked-up those of the backups', () => {
    const { states, ended } = house({ servers: [{ shutdownOnDown: true, shutdownBackups: true }, { backup: true }, { backup: true }, {}] });
    states.operational(0, OP_STOPPED, '');
    expect(ended.splice(0)).toEqual([[0, 'D']]);
    states.operational(0, OP_RUNNING, '');
    expect(ended.splice(0)).toEqual([[1, 'U'], [2, 'U']]);
    states.admin(0, ADMIN_FORCED_MAINT, true);
    expect(ended.splice(0)).toEqual([[0, 'D']]);
    states.operational(3, OP_STOPPED, '');
    expect(ended).toEqual([]);
  });

  test('a server without a weight takes no sessions from the backups', () => {
    const { states, ended } = house({ servers: [{ shutdownBackups: true, weight: 0 }, { backup: true }] });
    states.operational(0, OP_STOPPED, '');
    states.operational(0, OP_RUNNING, '');
    expect(ended).toEqual([]);
  });

  test('time spent down, of servers and of backends without a server', () => {
    const { states, later, now } = house({ servers: [{}, {}] });
    states.operational(0, OP_STOPPED, '');
    later(1000);
    states.admin(1, ADMIN_FORCED_MAINT, true);
    later(500);
    states.operational(0, OP_RUNNING, '');
    later(100);
    expect([states.servers.downtime(0, now()), states.servers.downtime(1, now()), states.backends.downtime(0, now())]).toEqual([1500, 600, 500]);
    expect([...states.servers.downs, states.backends.downs[0]]).toEqual([1, 1, 1]);
  });

  test('workers and listeners hear of each change once', () => {
    const { states, told, m } = house({ servers: [{ check: {} }, { track: 0 }] });
    const changed: number[] = [];
    const up: number[] = [];
    states.listen({ changed: (server) => void changed.push(server), cameUp: (server) => void up.push(server) });
    states.operational(0, OP_STOPPED, '');
    states.operational(0, OP_RUNNING, '');
    expect([told, changed, up, m.servers.length]).toEqual([[0, 1, 0, 1], [0, 1, 0, 1], [1, 0], 2]);
  });

  test('backup servers are called so', () => {
    const { states, lines } = house({ name: 'b', servers: [{}, { backup: true }] });
    states.operational(1, OP_STOPPED, '');
    expect(lines()).toEqual(['warning: Backup Server b/s2 is DOWN. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.']);
    expect(SRV_DOWN).toBe(0);
  });
});

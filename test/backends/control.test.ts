import { describe, expect, test } from '@jest/globals';
import { ADMIN_FORCED_DRAIN, ADMIN_FORCED_MAINT, OP_RUNNING, OP_STOPPED, OP_STOPPING, SRV_DRAIN, SRV_MAINT, SRV_UP, SS_MAXCONN, SS_WEIGHT } from '../../src/core/abi.js';
import { serverCell } from '../../src/core/cells.js';
import { addressOf } from '../../src/backends/address.js';
import { ServerControl } from '../../src/backends/control.js';
import { startResolver } from '../../src/backends/resolver/start.js';
import { ServerStates } from '../../src/backends/server_states.js';
import { adminOf, initState, operationOf, serverState } from '../../src/backends/state.js';
import { model, pages, type ProxyShape } from './model.js';

function house(...shapes: ProxyShape[]) {
  const m = model(...shapes);
  const { state } = pages(m);
  initState(m, state, 1);
  const logged: string[] = [];
  const told: number[] = [];
  const log = (level: string, text: string): void => void logged.push(`${level}: ${text}`);
  const tell = (server: number): void => void told.push(server);
  const states = new ServerStates({ model: m, state, log, print: () => undefined, tell, shutdown: () => undefined });
  const resolver = startResolver({ model: m, state, states, log, tell });
  const control = new ServerControl({ model: m, state, states, resolver, log, tell });
  return { m, state, control, logged, told, cell: (which: number) => state[serverCell(m.proxies.length, 0, which)], at: () => addressOf(m, state, 0) };
}

describe('find', () => {
  test.each([['be/s2', 1], ['#2/#1', 0], ['be', "Require 'backend/server'."], ['x/s1', 'No such backend.'], ['be/x', 'No such server.']])('%s', (path, found) => {
    expect(house({ servers: [{}, {}] }).control.find(path)).toBe(found);
  });
});

// Answers as Debian's haproxy 2.6 gives them.
describe('weights', () => {
  test.each([
    ['30', null, 480], ['50%', null, 160], ['3000%', null, 4096], ['0', null, 0], ['256', null, 4096],
    ['-5%', 'Relative weight must be positive.', 320], ['-5', 'Absolute weight can only be between 0 and 256 inclusive.', 320], ['257', 'Absolute weight can only be between 0 and 256 inclusive.', 320],
    ['5x', 'Trailing garbage in weight string', 320], ['x', 'Empty weight string empty or preceded by garbage', 320], ['', 'Require <weight> or <weight%>.', 320],
  ])('%j', (text, said, weight) => {
    const { control, cell } = house({ servers: [{ weight: 20 }] });
    expect([control.setWeight(0, text), cell(SS_WEIGHT)]).toEqual([said, weight]);
  });

  test('of a static algorithm are all or nothing', () => {
    const { control } = house({ servers: [{ weight: 20 }], balance: { algorithm: 'static-rr', args: [] } });
    expect(control.setWeight(0, '5')).toBe("Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.");
    expect([control.setWeight(0, '0%'), control.weightText(0), control.setWeight(0, '100%'), control.weightText(0)]).toEqual([null, '0 (initial 20)', null, '20 (initial 20)']);
  });
});

describe('states', () => {
  test('ready, drain and maint', () => {
    const { m, state, control, logged } = house({ servers: [{}, {}] });
    const look = (): number[] => [serverState(m, state, 0), adminOf(m, state, 0)];
    control.administer(0, 'maint');
    expect(look()).toEqual([SRV_MAINT, ADMIN_FORCED_MAINT]);
    control.administer(0, 'drain');
    expect(look()).toEqual([SRV_DRAIN, ADMIN_FORCED_DRAIN]);
    control.administer(0, 'ready');
    expect(look()).toEqual([SRV_UP, 0]);
    expect(logged.map((line) => line.replace(/\. .*/, '.'))).toEqual([
      'alert: Server be/s1 is going DOWN for maintenance.', 'notice: Server be/s1 is UP/DRAIN (leaving forced maintenance).', 'notice: Server be/s1 remains in forced drain mode.',
      'notice: Server be/s1 is UP (leaving forced drain).',
    ]);
  });

  test('enable leaves a drain alone', () => {
    const { m, state, control } = house({ servers: [{}] });
    control.administer(0, 'drain');
    control.enable(0, false);
    control.enable(0, true);
    expect(adminOf(m, state, 0)).toBe(ADMIN_FORCED_DRAIN);
  });

  test('health by an operator, but not of a tracking server', () => {
    const { m, state, control } = house({ servers: [{}, { track: 0 }] });
    const ops = (['down', 'up', 'stopping'] as const).map((word) => {
      expect(control.setHealth(0, word)).toBeNull();
      return [operationOf(m, state, 0), operationOf(m, state, 1)];
    });
    expect(ops).toEqual([[OP_STOPPED, OP_STOPPED], [OP_RUNNING, OP_RUNNING], [OP_STOPPING, OP_STOPPING]]);
    expect(control.setHealth(1, 'up')).toBe('cannot change health on a tracking server.');
  });
});

describe('addresses', () => {
  test('change with and without their port', () => {
    const { control, logged, at, told } = house({ servers: [{ address: { kind: 'ip', family: 4, address: '127.0.0.1', port: 80 } }] });
    const by = " by 'stats socket command'";
    expect(control.setAddr(0, '127.0.0.44', null)).toBe(`IP changed from '127.0.0.1' to '127.0.0.44'${by}`);
    expect(control.setAddr(0, '127.0.0.44', null)).toBe(`no need to change the addr${by}`);
    expect(control.setAddr(0, '127.0.0.45', '99')).toBe(`IP changed from '127.0.0.44' to '127.0.0.45', port changed from '80' to '99'${by}`);
    expect(control.setAddr(0, '127.0.0.45', '100')).toBe(`no need to change the addr, port changed from '99' to '100'${by}`);
    expect(control.setAddr(0, '::1', null)).toBe(`IP changed from '127.0.0.45' to '::1'${by}`);
    expect([control.setAddr(0, 'foo', null), control.setAddr(0, '127.0.0.1', '99999'), at()]).toEqual([`Invalid addr 'foo'${by}`, `provided port is not an integer${by}`, { kind: 'ip', family: 6, address: '::1', port: 100 }]);
    expect([logged.length, told]).toEqual([4, [0, 0, 0, 0]]);
  });

  test('a server without one comes out of its maintenance', () => {
    const { m, state, control, at } = house({ servers: [{ unresolved: true, hostname: 'x.test', address: { kind: 'ip', family: 4, address: '0.0.0.0', port: 80 } }] });
    expect([serverState(m, state, 0), at()]).toEqual([SRV_MAINT, null]);
    control.setAddr(0, '127.0.0.9', null);
    expect([serverState(m, state, 0), at()]).toMatchObject([SRV_UP, { address: '127.0.0.9', port: 80 }]);
  });

  test('of unix sockets and by names without resolvers do not', () => {
    const { control } = house({ servers: [{ address: { kind: 'unix', path: '/s' } }] });
    expect(control.setAddr(0, '127.0.0.1', null)).toContain('only supported through configuration file');
    expect(control.setFqdn(0, 'x.test')).toBe('set server <b>/<s> fqdn failed because no resolution is configured.');
  });
});

test.each([['5', null, 5], ['0', null, 0], ['x', 'maxconn string empty or preceded by garbage', 7], ['5x', 'Trailing garbage in maxconn string', 7], ['-1', 'Value out of range.', 7]])('maxconn %j', (text, said, limit) => {
  const { control, cell } = house({ servers: [{ maxconn: 7 }] });
  expect([control.setMaxconn(0, text), cell(SS_MAXCONN)]).toEqual([said, limit]);
});

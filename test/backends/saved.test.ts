import { describe, expect, test } from '@jest/globals';
import {
  ADMIN_CONFIGURED_MAINT, ADMIN_FORCED_DRAIN, ADMIN_FORCED_MAINT, OP_RUNNING, OP_STARTING, OP_STOPPED, OP_STOPPING, SS_LAST_CHANGE, SS_OP_STATE, SS_USER_WEIGHT,
} from '../../src/core/abi.js';
import { serverCell } from '../../src/core/cells.js';
import { parseStateFile } from '../../src/config/server_state.js';
import type { SavedServer } from '../../src/config/model.js';
import { applySaved } from '../../src/backends/saved.js';
import { writeStateFile } from '../../src/backends/state_file.js';
import { adminOf, initState, setAdmin, setOperation, setUserWeight } from '../../src/backends/state.js';
import { setAddress } from '../../src/backends/address.js';
import { model, pages, type ServerShape } from './model.js';

const saved = (more: Partial<SavedServer> = {}): SavedServer => ({
  address: '127.0.0.1', port: 80, opState: OP_RUNNING, adminState: 0, userWeight: 1, initialWeight: 1, sinceChange: 100, checkStatus: 0, checkResult: 0, checkHealth: 0,
  checkState: 0, agentState: 0, fqdn: null, srvRecord: null, checkAddress: null, checkPort: 0, agentAddress: null, agentPort: 0, ...more,
});

function started(shape: ServerShape) {
  const m = model({ servers: [shape] });
  const { state } = pages(m);
  initState(m, state, 1000);
  const applied = applySaved(m, state, 1000);
  return { ...applied, admin: adminOf(m, state, 0), cell: (which: number) => state[serverCell(1, 0, which)] };
}

describe('a saved state', () => {
  test('brings back weight and date', () => {
    const { cell, lines } = started({ weight: 10, saved: saved({ userWeight: 5, initialWeight: 10 }) });
    expect([cell(SS_USER_WEIGHT), cell(SS_LAST_CHANGE), lines]).toEqual([5, 900, []]);
  });

  test('leaves a weight alone that the configuration has changed', () => {
    expect(started({ weight: 20, saved: saved({ userWeight: 7, initialWeight: 21 }) }).cell(SS_USER_WEIGHT)).toBe(20);
  });

  test.each([
    ['maintenance by an operator stays', false, ADMIN_FORCED_MAINT, ADMIN_FORCED_MAINT],
    ['that of an older configuration ends with it', false, ADMIN_FORCED_MAINT | ADMIN_CONFIGURED_MAINT, 0],
    ['that of this configuration begins', true, 0, ADMIN_FORCED_MAINT | ADMIN_CONFIGURED_MAINT],
    ['drain stays', false, ADMIN_FORCED_DRAIN, ADMIN_FORCED_DRAIN],
  ])('%s', (_, disabled, before, after) => {
    expect(started({ disabled, saved: saved({ adminState: before }) }).admin).toBe(after);
  });

  test('health: down with its message, stopping, and the rest of a slow start', () => {
    const down = started({ saved: saved({ opState: OP_STOPPED }) });
    expect([down.cell(SS_OP_STATE), down.lines]).toEqual([OP_STOPPED, ['Server be/s1 is DOWN, changed from server-state after a reload. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.']]);
    expect(started({ saved: saved({ opState: OP_STOPPING }) }).cell(SS_OP_STATE)).toBe(OP_STOPPING);
    expect(started({ slowstart: 60_000, saved: saved({ opState: OP_STARTING, sinceChange: 10 }) })).toMatchObject({ starts: [{ server: 0, elapsed: 10_000 }] });
    expect(started({ slowstart: 60_000, saved: saved({ opState: OP_STARTING, sinceChange: 70 }) }).cell(SS_OP_STATE)).toBe(OP_RUNNING);
    // Stopped because of its maintenance: not by its health.
    expect(started({ saved: saved({ opState: OP_STOPPED, adminState: ADMIN_FORCED_MAINT }) }).cell(SS_OP_STATE)).toBe(OP_RUNNING);
  });

  test('drain is told', () => {
    expect(started({ saved: saved({ adminState: ADMIN_FORCED_DRAIN }) }).lines).toEqual(['Server be/s1 remains in forced drain mode.']);
  });
});

describe('writeStateFile', () => {
  const m = model({ kind: 'frontend' }, { servers: [{ weight: 20, id: 77, forcedId: true, address: { kind: 'ip', family: 4, address: '127.0.0.1', port: 83 } }, { hostname: '_s._tcp.z.test', unresolved: true, address: { kind: 'ip', family: 4, address: '0.0.0.0', port: 0 } }, { disabled: true }] });
  const { state } = pages(m);
  initState(m, state, 900);
  const names = [null, 'a.z.test', null];
  const write = (proxy: number | null = null): string => writeStateFile({ model: m, state, nameOf: (server) => names[server]!, now: () => 1000 }, proxy);

  test('as haproxy writes it', () => {
    expect(write().split('\n').slice(2)).toEqual([
      '3 be 77 s1 127.0.0.1 2 0 20 20 100 1 0 2 0 0 0 1 - 83 - 0 0 - - 0', '3 be 2 s2 - 0 32 1 1 100 1 0 2 0 0 0 0 a.z.test 0 _s._tcp.z.test 0 0 - - 0', '3 be 3 s3 127.0.0.1 0 5 1 1 100 1 0 2 0 0 0 0 - 1 - 0 0 - - 0', '',
    ]);
    expect([write(1), write(0).split('\n').length]).toEqual([write(), 3]);
  });

  test('what was written is read again', () => {
    setUserWeight(m, state, 0, 5);
    setAddress(m, state, 0, '127.0.0.9', 90);
    setAdmin(m, state, 0, ADMIN_FORCED_DRAIN, true, 950);
    setOperation(m, state, 0, OP_STOPPED, 960);
    const lines = parseStateFile(write(), () => { throw new Error('a line that is no state'); })!;
    expect(lines.map(({ server }) => server)).toEqual([{ name: 's1', id: 77, forced: true }, { name: 's2', id: 2, forced: false }, { name: 's3', id: 3, forced: false }]);
    expect(lines[0]!.state).toMatchObject({ address: '127.0.0.9', port: 90, opState: OP_STOPPED, adminState: ADMIN_FORCED_DRAIN, userWeight: 5, initialWeight: 20, sinceChange: 40 });
    expect(lines[1]!.state).toMatchObject({ address: null, fqdn: 'a.z.test', srvRecord: '_s._tcp.z.test' });
  });
});

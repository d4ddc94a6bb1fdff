import { describe, expect, test } from '@jest/globals';
import { ADMIN_FORCED_MAINT, PS_EPOCH, SRV_MAINT, SRV_UP, SS_SESSIONS, SS_WEIGHT } from '../../src/core/abi.js';
import { proxyCell, serverCell } from '../../src/core/cells.js';
import { insertServer, isPresent, liveModel, removeServer, revisionOf } from '../../src/core/live_model.js';
import { DynamicServers, type ServerListChange } from '../../src/backends/dynamic.js';
import { adminOf, initState, serverState, setAdmin } from '../../src/backends/state.js';
import { model, pages, server, type ProxyShape } from './model.js';

function house(rows: number, ...shapes: ProxyShape[]) {
  const frozen = model(...shapes);
  Object.freeze(frozen.servers);
  frozen.proxies.forEach((proxy) => Object.freeze(proxy.servers));
  const m = liveModel({ ...frozen, serverRows: rows });
  const { state } = pages({ ...m, servers: Array.from({ length: rows }, (_, i) => server(i, 0, i, {})) });
  initState(m, state, 1);
  const changes: ServerListChange[] = [];
  const kept: string[] = [];
  const keepers = [{ added: (s: number) => void kept.push(`+${s}`), deleted: (s: number) => void kept.push(`-${s}`) }];
  const servers = new DynamicServers({ model: m, state, keepers, spread: (change) => Promise.resolve(void changes.push(change)) });
  const fresh = (proxy: number, name: string, more = {}) => ({ ...server(-1, proxy, 0, {}), name, id: null, ...more });
  return { m, state, servers, changes, kept, fresh, frozen };
}

describe('add', () => {
  test('a server gets a row, in maintenance, behind the others, and everybody hears of it', async () => {
    const { m, state, servers, changes, kept, fresh, frozen } = house(4, { servers: [{}, {}] });
    const epoch = state[proxyCell(0, PS_EPOCH)]!;
    expect(await servers.add(fresh(0, 'new', { weight: 3 }))).toBe(2);
    expect(m.proxies[0]!.servers).toEqual([0, 1, 2]);
    expect([m.servers[2]!.name, m.servers[2]!.id, serverState(m, state, 2), adminOf(m, state, 2), state[serverCell(1, 2, SS_WEIGHT)]]).toEqual(['new', 3, SRV_MAINT, ADMIN_FORCED_MAINT, 48]);
    expect([changes.length, kept, servers.isDynamic(2), servers.isDynamic(0)]).toEqual([1, ['+2'], true, false]);
    expect(state[proxyCell(0, PS_EPOCH)]).toBeGreaterThan(epoch);
    expect(frozen.servers).toHaveLength(2);
    setAdmin(m, state, 2, ADMIN_FORCED_MAINT, false, 2);
    expect(serverState(m, state, 2)).toBe(SRV_UP);
  });

  test('is refused for a name that is taken, a static algorithm, a frontend, and without room', async () => {
    const { servers, fresh } = house(4, { servers: [{}, {}] }, { balance: { algorithm: 'static-rr', args: [] } }, { kind: 'frontend' });
    expect(await servers.add(fresh(0, 's1'))).toBe('Already exists a server with the same name in backend.');
    expect(await servers.add(fresh(1, 's1'))).toBe("backend 'be' uses a non dynamic load balancing method");
    expect(await servers.add(fresh(2, 's1'))).toBe('No such backend.');
    const added = await Promise.all(['a', 'b', 'c'].map((name) => servers.add(fresh(0, name))));
    expect(added).toEqual([2, 3, 'No room for another server.']);
  });
});

describe('delete', () => {
  test('takes a server that nothing uses, and its row serves again', async () => {
    const { m, state, servers, changes, kept, fresh } = house(3, { servers: [{}, {}] });
    const index = (await servers.add(fresh(0, 'new'))) as number;
    setAdmin(m, state, index, ADMIN_FORCED_MAINT, false, 2);
    expect(await servers.delete(index)).toBe('Only servers in maintenance mode can be deleted.');
    setAdmin(m, state, index, ADMIN_FORCED_MAINT, true, 2);
    Atomics.store(state, serverCell(1, index, SS_SESSIONS), 1);
    expect(await servers.delete(index)).toBe('Server still has connections attached to it, cannot remove it.');
    Atomics.store(state, serverCell(1, index, SS_SESSIONS), 0);
    expect(await servers.delete(index)).toBeNull();
    expect([m.proxies[0]!.servers, isPresent(m, index), kept, changes.at(-1)]).toEqual([[0, 1], false, ['+2', '-2'], { kind: 'delete', index: 2 }]);
    expect(await servers.add(fresh(0, 'other'))).toBe(2);
  });

  test('a tracked server and one that rules name stay', async () => {
    const { servers } = house(3, { servers: [{ disabled: true }, { track: 0 }, { disabled: true, referenced: true }] });
    expect(await servers.delete(0)).toBe('This server cannot be removed at runtime due to other configuration elements pointing to it.');
    expect(await servers.delete(2)).toBe('This server cannot be removed at runtime due to other configuration elements pointing to it.');
  });
});

test('a live Model counts its changes', () => {
  const m = liveModel(model({ servers: [{}] }));
  expect(revisionOf(m)).toBe(0);
  insertServer(m, server(1, 0, 2, {}));
  removeServer(m, 0);
  expect([revisionOf(m), m.proxies[0]!.servers, m.servers.map(({ name }) => name)]).toEqual([2, [1], ['s1', 's2']]);
});

describe('rename', () => {
  test('gives a server in maintenance another name, everywhere', async () => {
    const { m, servers, changes } = house(2, { servers: [{ disabled: true }, {}] });
    const before = revisionOf(m);
    expect(await servers.rename(0, 'blue')).toBeNull();
    expect([m.servers[0]!.name, changes.at(-1)?.kind, revisionOf(m) > before]).toEqual(['blue', 'replace', true]);
    expect(await servers.rename(0, 'blue')).toBeNull();
  });

  test.each([
    ['a server in use', 1, 'new', 'Server must be in maintenance mode to be renamed.'],
    ['a name that could not be written', 0, 'a/b', 'Server name contains invalid characters.'],
    ['no name', 0, '', 'Server name contains invalid characters.'],
    ['a name that is taken', 0, 's2', 'A server with the same name already exists in this backend.'],
    ['a server that rules name', 2, 'new', 'Server is statically referenced by a rule, a tracking server or a sample and cannot be renamed.'],
    ['a server that is tracked', 3, 'new', 'Server is statically referenced by a rule, a tracking server or a sample and cannot be renamed.'],
  ])('is refused for %s', async (_what, index, name, problem) => {
    const { servers, m } = house(5, { servers: [{ disabled: true }, {}, { disabled: true, referenced: true }, { disabled: true }, { track: 3 }] });
    expect(await servers.rename(index, name)).toBe(problem);
    expect(m.servers[index]!.name).toBe(`s${index + 1}`);
  });
});

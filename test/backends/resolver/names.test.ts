import { describe, expect, test } from '@jest/globals';
import { ADMIN_HOST_SET, ADMIN_RESOLUTION_MAINT, SRV_MAINT, SRV_UP, SS_ADDR_PORT, SS_USER_WEIGHT } from '../../../src/core/abi.js';
import { serverCell } from '../../../src/core/cells.js';
import type { Model, Resolution, Resolvers } from '../../../src/config/model.js';
import { addressOf } from '../../../src/backends/address.js';
import { startResolver } from '../../../src/backends/resolver/start.js';
import { ServerStates } from '../../../src/backends/server_states.js';
import { adminOf, initState, serverState } from '../../../src/backends/state.js';
import { model, pages, type ServerShape } from '../model.js';
import { ManualClock } from './clock.js';
import { fakeServers, nameserver } from './fake.js';
import { a, aaaa, srv, type Row } from './packet.js';

type Zone = Record<string, { rcode?: number; rows?: Row[]; more?: Row[]; silent?: boolean }>;

const section: Resolvers = {
  name: 'r', nameservers: [nameserver('ns1')], retries: 1, timeout: { resolve: 1000, retry: 500 },
  hold: { nx: 0, other: 0, refused: 0, timeout: 0, valid: 10000, obsolete: 0 }, payloadSize: 512,
};
const rules: Resolution = { resolvers: 0, prefer: 4, networks: [], allowDuplicates: false, ignoreWeight: false };

export function follower(hostname: string, more: Partial<Resolution> = {}, port = 80): ServerShape {
  return { hostname, resolution: { ...rules, ...more }, unresolved: true, address: { kind: 'ip', family: 4, address: '0.0.0.0', port } };
}

function house(zone: Zone, ...servers: ServerShape[]) {
  const bare = model({ servers });
  const m: Model = { ...bare, resolvers: [section], global: { ...bare.global, dnsFamilies: 'both' } };
  const { state } = pages(m);
  initState(m, state, 1);
  const clock = new ManualClock();
  const lines: string[] = [];
  const states = new ServerStates({ model: m, state, log: (level, text) => lines.push(`${level}: ${text}`), print: () => undefined, tell: () => undefined, shutdown: () => undefined, now: () => clock.now() });
  const { make, asked } = fakeServers((one) => {
    const entry = zone[one.name];
    if (entry?.silent === true) return;
    one.reply({ rcode: entry?.rcode ?? (entry === undefined ? 3 : 0), answers: (entry?.rows ?? []).filter(({ type }) => type === one.type), additional: entry?.more ?? [] });
  });
  const resolver = startResolver({ model: m, state, states, log: (level, text) => lines.push(`${level}: ${text}`), tell: () => undefined, clock, transport: make });
  const addresses = (): (string | null)[] => m.servers.map(({ index }) => {
    const address = addressOf(m, state, index);
    return address?.kind === 'ip' ? `${address.address}:${address.port}` : null;
  });
  return {
    m, state, clock, lines, asked, resolver, addresses,
    turn: (seconds = 1) => clock.pass(seconds * 1000),
    states: () => m.servers.map(({ index }) => serverState(m, state, index)),
    admin: (server: number) => adminOf(m, state, server),
    weights: () => m.servers.map(({ index }) => state[serverCell(1, index, SS_USER_WEIGHT)]),
    port: (server: number) => state[serverCell(1, server, SS_ADDR_PORT)],
  };
}

describe('addresses', () => {
  test('a server without one comes back when its name has one, in the words of haproxy', () => {
    const { addresses, states, lines } = house({ 'x.test': { rows: [a('x.test', '127.0.0.2')] } }, follower('x.test'));
    expect([addresses(), states()]).toEqual([['127.0.0.2:80'], [SRV_UP]]);
    expect(lines).toEqual([
      'notice: be/s1 changed its IP from (none) to 127.0.0.2 by r/ns1.', "notice: Server be/s1 ('x.test') is UP/READY (resolves again).",
      'notice: Server be/s1 administratively READY thanks to valid DNS answer.',
    ]);
  });

  test('servers of one name have different addresses; those beyond them are in maintenance', () => {
    const { addresses, states, asked, lines } = house({ 'x.test': { rows: [a('x.test', '127.0.0.2'), a('x.test', '127.0.0.3')] } }, follower('x.test'), follower('x.test'), follower('x.test'));
    expect([addresses(), states(), asked.length]).toEqual([['127.0.0.2:80', '127.0.0.3:80', null], [SRV_UP, SRV_UP, SRV_MAINT], 1]);
    expect(lines.filter((line) => line.includes('changed its IP'))).toEqual(['notice: be/s1 changed its IP from (none) to 127.0.0.2 by r/ns1.', 'notice: be/s2 changed its IP from (none) to 127.0.0.3 by DNS cache.']);
  });

  test('an address that is gone is replaced, the others keep theirs', () => {
    const zone: Zone = { 'x.test': { rows: [a('x.test', '127.0.0.2'), a('x.test', '127.0.0.3')] } };
    const { addresses, turn, lines } = house(zone, follower('x.test'), follower('x.test'));
    zone['x.test']!.rows = [a('x.test', '127.0.0.3'), a('x.test', '127.0.0.4')];
    turn();
    expect(addresses()).toEqual(['127.0.0.4:80', '127.0.0.3:80']);
    expect(lines.at(-1)).toBe('notice: be/s1 changed its IP from 127.0.0.2 to 127.0.0.4 by r/ns1.');
    zone['x.test']!.rows = [a('x.test', '127.0.0.3')];
    turn();
    expect(addresses()).toEqual([null, '127.0.0.3:80']);
    expect(lines.at(-1)).toMatch(/^alert: Server be\/s1 is going DOWN for maintenance \(No IP for server \)\. 1 active and 0 backup servers left\./);
  });

  test('allow-dup-ip: one address for all, different ones where there are', () => {
    const zone: Zone = { 'x.test': { rows: [a('x.test', '127.0.0.2')] } };
    const { addresses, turn } = house(zone, follower('x.test', { allowDuplicates: true }), follower('x.test', { allowDuplicates: true }));
    expect(addresses()).toEqual(['127.0.0.2:80', '127.0.0.2:80']);
    zone['x.test']!.rows!.push(a('x.test', '127.0.0.3'));
    turn();
    expect(new Set(addresses())).toEqual(new Set(['127.0.0.2:80', '127.0.0.3:80']));
  });

  test.each([
    [{ rcode: 3 }, 'DNS NX status'], [{ rcode: 5 }, 'DNS refused status'], [{ rcode: 2 }, 'unspecified DNS error'], [{ silent: true }, 'DNS timeout status'],
  ])('%j ends it with its cause, and it comes back', (bad, cause) => {
    const good = { rows: [a('x.test', '127.0.0.2')] };
    const zone: Zone = { 'x.test': good };
    const { states, turn, lines, addresses } = house(zone, follower('x.test'), { name: 'other' });
    zone['x.test'] = bad;
    turn(2);
    expect([states()[0], addresses()[0]]).toEqual([SRV_MAINT, null]);
    expect(lines.at(-1)).toContain(`Server be/s1 is going DOWN for maintenance (${cause}). 1 active`);
    zone['x.test'] = good;
    turn(2);
    expect([states()[0], addresses()[0]]).toEqual([SRV_UP, '127.0.0.2:80']);
  });

  test('resolve-prefer asks for its family first', () => {
    const rows = [a('x.test', '127.0.0.2'), aaaa('x.test', 0, 0, 0, 0, 0, 0, 0, 1)];
    expect(house({ 'x.test': { rows } }, follower('x.test', { prefer: 6 })).addresses()).toEqual(['::1:80']);
    expect(house({ 'x.test': { rows: rows.slice(0, 1) } }, follower('x.test', { prefer: 6 })).addresses()).toEqual(['127.0.0.2:80']);
  });

  test('resolve-net prefers its networks', () => {
    const rows = [a('x.test', '127.0.0.2'), a('x.test', '10.1.2.3')];
    const networks = [{ family: 4 as const, bytes: [10, 0, 0, 0], prefix: 8 }];
    expect(house({ 'x.test': { rows } }, follower('x.test', { networks })).addresses()).toEqual(['10.1.2.3:80']);
    expect(house({ 'x.test': { rows: rows.slice(0, 1) } }, follower('x.test', { networks })).addresses()).toEqual(['127.0.0.2:80']);
  });

  test('a server that starts with an address keeps it until the hold time is over', () => {
    const shape: ServerShape = { ...follower('x.test'), unresolved: false, address: { kind: 'ip', family: 4, address: '127.0.0.9', port: 80 } };
    expect(house({ 'x.test': { rows: [a('x.test', '127.0.0.2'), a('x.test', '127.0.0.9')] } }, shape).addresses()).toEqual(['127.0.0.9:80']);
    expect(house({ 'x.test': { rows: [a('x.test', '127.0.0.2')] } }, shape).addresses()).toEqual(['127.0.0.2:80']);
  });
});

describe('rename', () => {
  test('follows the new name', () => {
    const zone: Zone = { 'x.test': { rows: [a('x.test', '127.0.0.2')] }, 'y.test': { rows: [a('y.test', '127.0.0.3')] } };
    const { resolver, addresses, admin, lines, turn, asked } = house(zone, follower('x.test'), {});
    expect(resolver.names.rename(0, 'y.test', 'stats socket command')).toBe(true);
    expect([addresses()[0], resolver.names.nameOf(0), admin(0)]).toEqual(['127.0.0.3:80', 'y.test', ADMIN_HOST_SET]);
    expect(lines).toContain("notice: be/s1 changed its FQDN from x.test to y.test by 'stats socket command'");
    const before = asked.length;
    turn();
    expect(asked.slice(before).map(({ name }) => name)).toEqual(['y.test']);
    expect(resolver.names.rename(1, 'y.test', 'x')).toBe(false);
  });
});

test('names that an operator has set outlive a restart', () => {
  const zone: Zone = { 'x.test': { rows: [a('x.test', '127.0.0.2')] }, 'y.test': { rows: [a('y.test', '127.0.0.3')] } };
  const saved = (adminState: number) => ({ adminState, fqdn: 'y.test' }) as ServerShape['saved'] & object;
  const { addresses, admin } = house(zone, { ...follower('x.test'), saved: saved(ADMIN_HOST_SET) }, { ...follower('x.test'), saved: saved(0) });
  expect([addresses(), admin(0)]).toEqual([['127.0.0.3:80', '127.0.0.2:80'], ADMIN_HOST_SET]);
});

describe('services', () => {
  const NAME = '_s._tcp.z.test';
  const zone = (): Zone => ({
    [NAME]: { rows: [srv(NAME, 'a.z.test', 8001, 256), srv(NAME, 'b.z.test', 8002, 1000)], more: [a('a.z.test', '127.0.0.7')] },
    'b.z.test': { rows: [a('b.z.test', '127.0.0.8')] },
  });

  test('records fill servers: addresses from the record or by its name, ports and weights', () => {
    const { addresses, weights, states, admin, resolver, asked, lines } = house(zone(), follower(NAME, {}, 0), follower(NAME, {}, 0), follower(NAME, {}, 0));
    expect(addresses()).toEqual(['127.0.0.7:8001', '127.0.0.8:8002', null]);
    expect([weights(), states()]).toEqual([[1, 4, 1], [SRV_UP, SRV_UP, SRV_MAINT]]);
    expect([admin(0), admin(2)]).toEqual([ADMIN_HOST_SET, ADMIN_RESOLUTION_MAINT]);
    expect([0, 1, 2].map((server) => resolver.names.nameOf(server))).toEqual(['a.z.test', 'b.z.test', null]);
    expect(asked.map(({ name, type }) => `${type} ${name}`)).toEqual([`SRV ${NAME}`, 'A b.z.test']);
    expect(lines).toContain("notice: be/s1 changed its FQDN from (null) to a.z.test by 'SRV record'");
    expect(lines).toContain('notice: be/s1 changed its IP from (none) to 127.0.0.7 by DNS additional record.');
    expect(lines).toContain("notice: Server be/s2 ('b.z.test') is UP/READY (resolves again).");
  });

  test('a record that is gone empties its server, a new one takes it', () => {
    const now = zone();
    const { addresses, turn, lines, states } = house(now, follower(NAME, {}, 0), follower(NAME, {}, 0));
    now[NAME] = { rows: [srv(NAME, 'b.z.test', 8002, 1000)] };
    turn();
    expect([addresses(), states()]).toEqual([[null, '127.0.0.8:8002'], [SRV_MAINT, SRV_UP]]);
    expect(lines.at(-1)).toContain('Server be/s1 is going DOWN for maintenance (entry removed from SRV record).');
    now[NAME] = { rows: [srv(NAME, 'b.z.test', 8002, 1000), srv(NAME, 'c.z.test', 8003)] };
    now['c.z.test'] = { rows: [a('c.z.test', '127.0.0.9')] };
    turn();
    expect(addresses()).toEqual(['127.0.0.9:8003', '127.0.0.8:8002']);
  });

  test('weights follow the record, unless ignore-weight says no', () => {
    const now = zone();
    const one = house(now, follower(NAME, {}, 0), follower(NAME, { ignoreWeight: true }, 0));
    expect(one.weights()).toEqual([1, 1]);
    now[NAME] = { rows: [srv(NAME, 'a.z.test', 8001, 65535), srv(NAME, 'b.z.test', 8002, 65535)], more: [a('a.z.test', '127.0.0.7')] };
    one.turn();
    expect(one.weights()).toEqual([256, 1]);
  });

  test('a name that fails takes all its servers', () => {
    const now = zone();
    const { states, turn, lines } = house(now, follower(NAME, {}, 0), follower(NAME, {}, 0));
    now[NAME] = { rcode: 5 };
    turn();
    expect(states()).toEqual([SRV_MAINT, SRV_MAINT]);
    expect(lines.filter((line) => line.includes('DNS refused status'))).toHaveLength(2);
  });

  test('two ports of one target are two servers', () => {
    const { addresses } = house({ [NAME]: { rows: [srv(NAME, 'a.z.test', 1), srv(NAME, 'a.z.test', 2)] }, 'a.z.test': { rows: [a('a.z.test', '127.0.0.7')] } }, follower(NAME, {}, 0), follower(NAME, {}, 0));
    expect(addresses()).toEqual(['127.0.0.7:1', '127.0.0.7:2']);
  });
});

describe('questions of rules', () => {
  test('are answered from what is known for hold valid, and asked anew after it', async () => {
    const { resolver, asked, turn } = house({ 'x.test': { rows: [a('x.test', '127.0.0.2')] } });
    const ask = async (name: string) => (await resolver.address({ resolvers: 0, name, prefer: 4 })).address;
    expect([await ask('x.test'), await ask('X.test'), asked.length]).toEqual(['127.0.0.2', '127.0.0.2', 1]);
    turn(9);
    await ask('x.test');
    expect(asked.length).toBe(1);
    turn(2);
    await ask('x.test');
    expect(asked.length).toBe(2);
    expect([await ask('nowhere.test'), await ask('not a name'), await ask('')]).toEqual([null, null, null]);
  });

  test('many at once share one question', async () => {
    const zone: Zone = { 'x.test': { silent: true } };
    const { resolver, asked, turn } = house(zone);
    const answers = Promise.all(Array.from({ length: 5 }, () => resolver.address({ resolvers: 0, name: 'x.test', prefer: 4 })));
    expect(asked.length).toBe(1);
    turn(1);
    expect((await answers).map(({ address, valid }) => [address, valid])).toEqual(Array(5).fill([null, 0]));
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  ADMIN_CONFIGURED_MAINT, ADMIN_FORCED_MAINT, LS_MAXCONN, PS_EPOCH, PS_MAXCONN, PS_SERVERS_UP, PS_STATE, SRV_DOWN, SRV_MAINT, SRV_UP, SS_ADMIN, SS_LAST_CHANGE, SS_MAXCONN, SS_STATE, SS_WEIGHT,
} from '../../src/core/abi.js';
import { listenerCell, proxyCell, serverCell } from '../../src/core/cells.js';
import { initState, serverState, setServerState, setServerWeight } from '../../src/backends/index.js';
import { model, pages, type ProxyShape } from './model.js';
import type { Model } from '../../src/config/model.js';

function house(...shapes: ProxyShape[]) {
  const m: Model = { ...model(...shapes), listeners: [{ index: 0, maxconn: 9 } as Model['listeners'][0]] };
  const p = pages(m);
  initState(m, p.state, 77);
  return {
    m, state: p.state,
    server: (s: number, which: number) => p.state[serverCell(m.proxies.length, s, which)],
    proxy: (x: number, which: number) => p.state[proxyCell(x, which)],
  };
}

describe('initState', () => {
  test('servers start up, disabled ones in maintenance; limits and weights come from the configuration', () => {
    const { m, state, server, proxy } = house(
      { maxconn: 50, disabled: true },
      { servers: [{ weight: 256, maxconn: 7 }, { disabled: true, minconn: 5, maxconn: 2 }, { weight: 0 }] },
    );
    expect([0, 1, 2].map((s) => server(s, SS_STATE))).toEqual([SRV_UP, SRV_MAINT, SRV_UP]);
    expect([0, 1, 2].map((s) => server(s, SS_ADMIN))).toEqual([0, ADMIN_FORCED_MAINT | ADMIN_CONFIGURED_MAINT, 0]);
    expect([0, 1, 2].map((s) => server(s, SS_WEIGHT))).toEqual([4096, 16, 0]);
    expect([0, 1, 2].map((s) => server(s, SS_MAXCONN))).toEqual([7, 5, 0]);
    expect(server(0, SS_LAST_CHANGE)).toBe(77);
    expect([proxy(0, PS_STATE), proxy(0, PS_MAXCONN), proxy(1, PS_STATE)]).toEqual([0, 50, 1]);
    expect(state[listenerCell(2, 3, 0, LS_MAXCONN)]).toBe(9);
    expect(serverState(m, state, 1)).toBe(SRV_MAINT);
  });
});

// As `nbsrv` of HAProxy 2.6 counts them.
describe('usable servers', () => {
  const options = (flags: string[]) => ({ flags, connectionMode: 'http-keep-alive', reuse: 'safe', redispatch: 0 }) as const;

  test.each([[[], 1], [['allbackups'], 2]])('flags %j: the active ones, else the backups', (flags, onBackup) => {
    const { m, state, proxy } = house({ servers: [{}, {}, { backup: true }, { backup: true }], options: options(flags) });
    expect(proxy(0, PS_SERVERS_UP)).toBe(2);
    setServerState(m, state, 0, SRV_DOWN, 1);
    expect(proxy(0, PS_SERVERS_UP)).toBe(1);
    setServerWeight(m, state, 1, 0);
    expect(proxy(0, PS_SERVERS_UP)).toBe(onBackup);
    setServerState(m, state, 2, SRV_DOWN, 1);
    setServerState(m, state, 3, SRV_DOWN, 1);
    expect(proxy(0, PS_SERVERS_UP)).toBe(0);
  });
});

describe('setServerState', () => {
  test('raises the epoch and the date only when something changes', () => {
    const { m, state, server, proxy } = house({ servers: [{}] });
    const epoch = proxy(0, PS_EPOCH)!;
    expect(setServerState(m, state, 0, SRV_UP, 90)).toBe(SRV_UP);
    expect([proxy(0, PS_EPOCH), server(0, SS_LAST_CHANGE)]).toEqual([epoch, 77]);
    expect(setServerState(m, state, 0, SRV_DOWN, 91)).toBe(SRV_UP);
    expect([proxy(0, PS_EPOCH), server(0, SS_LAST_CHANGE)]).toEqual([epoch + 1, 91]);
  });
});

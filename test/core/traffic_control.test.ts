import { describe, expect, test } from '@jest/globals';
import * as abi from '../../src/core/abi.js';
import type { BoundListener } from '../../src/core/bind.js';
import { listenerCell, proxyCell, serverCell, serverRows, stateCells } from '../../src/core/cells.js';
import type { ToWorker } from '../../src/core/mail.js';
import { TrafficControl } from '../../src/core/traffic_control.js';
import { modelOf } from '../config/loaded.js';

const TEXT = `global
 maxconnrate 11
 maxsessrate 12
defaults
 timeout client 1s
 timeout server 1s
 timeout connect 1s
frontend f
 bind :8001
 bind unix@/tmp/traffic-control
 rate-limit sessions 13
 default_backend b
backend b
 server s 127.0.0.1:1
`;

async function stage(): Promise<{ control: TrafficControl; state: Int32Array; told: [number | null, ToWorker][]; calls: unknown[][]; cell(name: number): number; leave(): void }> {
  const model = await modelOf(TEXT);
  const state = new Int32Array(stateCells(model.proxies.length, serverRows(model), model.listeners.length));
  const told: [number | null, ToWorker][] = [];
  const calls: unknown[][] = [];
  const bound = model.listeners.map((listener, i): BoundListener => ({ listener, fds: [30 + i], shared: true, temporary: null }));
  const listening = (index: number): number => listenerCell(model.proxies.length, serverRows(model), index, abi.LS_LISTENING);
  for (const { index } of model.listeners) state[listening(index)] = 2;
  const control = new TrafficControl({
    addon: {
      closeFd: (fd) => void calls.push(['close', fd]),
      listen: (fd, backlog) => calls.push(['listen', fd, backlog]) * 0,
      pauseFd: (fd) => calls.push(['pause', fd]) * 0,
    },
    model, state, bound, maxconn: 500,
    pool: { tell: (mail) => void told.push([null, mail]), tellOne: (worker, mail) => void told.push([worker, mail]) },
  });
  return { control, state, told, calls, cell: (name) => state[proxyCell(0, name)]!, leave: () => model.listeners.forEach(({ index }) => (state[listening(index)] = 0)) };
}

test('limits of the configuration are in the cells from the start', async () => {
  const { control, state, cell } = await stage();
  expect([state[abi.GS_CONN_RATE_LIMIT], state[abi.GS_SESS_RATE_LIMIT], cell(abi.PS_RATE_LIMIT)]).toEqual([11, 12, 13]);
  expect([control.rateLimit('connections'), control.rateLimit('sessions')]).toEqual([11, 12]);
});

test('limits that change are told to the workers', async () => {
  const { control, state, cell, told } = await stage();
  control.setMaxconn(70);
  control.setFrontendMaxconn(0, 71);
  control.setServerMaxconn(0, 72);
  control.setRateLimit('sessions', 73);
  expect([state[abi.GS_MAXCONN], cell(abi.PS_MAXCONN), state[serverCell(2, 0, abi.SS_MAXCONN)], state[abi.GS_SESS_RATE_LIMIT]]).toEqual([70, 71, 72, 73]);
  expect(told).toEqual(Array.from({ length: 4 }, () => [null, { kind: 'look' }]));
});

test('sessions end by number in all workers, or one in its worker', async () => {
  const { control, told } = await stage();
  control.shutdownSessions({ of: 'server', index: 3 }, 'D');
  control.shutdownSessions({ of: 'session', worker: 1, handle: 0x1234 });
  expect(told).toEqual([
    [null, { kind: 'shutdown', of: abi.OF_SERVER, index: 3, cause: 'D' }],
    [1, { kind: 'shutdown', of: abi.OF_SESSION, index: 0x1234, cause: 'K' }],
  ]);
});

describe('shared sockets of a frontend', () => {
  test('are paused once no worker looks at them, a unix socket stays', async () => {
    const { control, cell, calls, leave } = await stage();
    const paused = control.setFrontend(0, 'paused');
    expect([cell(abi.PS_LISTENERS), cell(abi.PS_STATE), calls]).toEqual([abi.LISTEN_PAUSED, 0, []]);
    leave();
    await paused;
    expect(calls).toEqual([['pause', 30]]);
    await control.setFrontend(0, 'open');
    expect(calls.slice(1)).toEqual([['listen', 30, 500]]);
    expect([cell(abi.PS_STATE), control.frontend(0)]).toEqual([1, abi.LISTEN_OPEN]);
  });

  test('are closed for good, and not once more at the end', async () => {
    const { control, calls, leave } = await stage();
    leave();
    await control.setFrontend(0, 'closed');
    control.closeShared();
    expect(calls).toEqual([['close', 30], ['close', 31]]);
  });
});

import { expect, test } from '@jest/globals';
import { loadText } from '../../../src/config/load.js';
import { initState } from '../../../src/backends/index.js';
import { SRV_DOWN, SRV_UP, SS_STATE } from '../../../src/core/abi.js';
import { serverCell, serverRows, stateCells } from '../../../src/core/cells.js';
import { LogBackend } from '../../../src/core/log/log_backend.js';
import { Receivers } from '../../../src/core/log/receivers.js';
import { LogSink } from '../../../src/core/log/sink.js';

async function backend(balance: string): Promise<{ next(): number | null; set(server: number, state: number): void }> {
  const { model } = await loadText(`backend b
  mode log
  balance ${balance}
  timeout connect 1s
  timeout server 1s
  server a udp@127.0.0.1:1
  server b udp@127.0.0.1:2
  server c 127.0.0.1:3
`);
  const state = new Int32Array(stateCells(1, serverRows(model!), 0));
  initState(model!, state);
  const ways = { output: new LogSink(() => undefined), rings: new LogSink(() => undefined) };
  const made = new LogBackend(model!, 0, new Receivers(model!), ways, state);
  return {
    next: () => {
      const route = made.route();
      return route === undefined ? null : route.sink === ways.rings ? 2 : route.receiver;
    },
    set: (server, to) => void (state[serverCell(1, server, SS_STATE)] = to),
  };
}

test('roundrobin takes all servers that are up in turn, over UDP and TCP', async () => {
  const log = await backend('roundrobin');
  const six = Array.from({ length: 6 }, () => log.next());
  expect([...six].sort()).toEqual([0, 0, 1, 1, 2, 2]);
  expect(six.slice(0, 3)).toEqual(six.slice(3));
  log.set(1, SRV_DOWN);
  expect(new Set(Array.from({ length: 6 }, () => log.next()))).toEqual(new Set([0, 2]));
});

test('sticky stays with a server until it is down, and does not go back', async () => {
  const log = await backend('sticky');
  expect([log.next(), log.next()]).toEqual([0, 0]);
  log.set(0, SRV_DOWN);
  expect([log.next(), log.next()]).toEqual([1, 1]);
  log.set(0, SRV_UP);
  expect(log.next()).toBe(1);
  log.set(1, SRV_DOWN);
  expect(log.next()).toBe(2);
});

test('random takes all; without a server there is no way', async () => {
  const log = await backend('random');
  expect(new Set(Array.from({ length: 200 }, () => log.next()))).toEqual(new Set([0, 1, 2]));
  for (const server of [0, 1, 2]) log.set(server, SRV_DOWN);
  expect(log.next()).toBeNull();
});

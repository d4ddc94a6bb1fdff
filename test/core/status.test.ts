import { expect, test } from '@jest/globals';
import { initState } from '../../src/backends/index.js';
import { loadText } from '../../src/config/load.js';
import * as abi from '../../src/core/abi.js';
import { counterCells, frontendCounter, serverCell, serverCounter, serverRows, stateCells } from '../../src/core/cells.js';
import { Readings } from '../../src/core/metric/readings.js';
import { Sampler } from '../../src/core/metric/sampler.js';
import { poolLines, statusLines, stoppedLines } from '../../src/core/status.js';

test('the words of SIGHUP, SIGQUIT and a stop', async () => {
  const { model } = await loadText('frontend f\n bind :80\n default_backend b\nbackend b\n server s1 192.0.2.1:80\n server s2 192.0.2.2:80\n server s3 192.0.2.3:80 backup\nbackend empty\nbackend off\n disabled\n');
  if (model === null) throw new Error('the configuration of the test is wrong');
  const counts = [model.proxies.length, serverRows(model), model.listeners.length] as const;
  const pages = { state: new Int32Array(stateCells(...counts)), counters: new BigUint64Array(counterCells(...counts) * 2), rowCells: counterCells(...counts), workers: 2 };
  initState(model, pages.state);
  pages.state[serverCell(counts[0], 1, abi.SS_STATE)] = abi.SRV_DOWN;
  pages.state[serverCell(counts[0], 0, abi.SS_SESSIONS)] = 4;
  pages.state[abi.GS_CONNECTIONS] = 9;
  pages.counters[serverCounter(counts[0], 0, abi.CS_SESSIONS)] = 10n;
  pages.counters[pages.rowCells + serverCounter(counts[0], 0, abi.CS_SESSIONS)] = 5n;
  pages.counters[frontendCounter(0, abi.CF_CONNECTIONS)] = 20n;
  const facts = { version: '', startTime: 0, maxconn: 1, maxpipes: 1, descriptors: 1 };
  const readings = new Readings(model, pages, facts, new Sampler(model, pages, 0), null);

  expect(statusLines(model, readings)).toEqual([
    'SIGHUP: Proxy f has no servers. Conn: act(FE+BE): 0+0, 0 pend, tot(FE+BE): 20+0.',
    'SIGHUP: Server b/s1 is UP. Conn: 4 act, 0 pend, 15 tot.',
    'SIGHUP: Server b/s2 is DOWN. Conn: 0 act, 0 pend, 0 tot.',
    'SIGHUP: Server b/s3 is UP. Conn: 0 act, 0 pend, 0 tot.',
    'SIGHUP: Proxy b has 1 active servers and 1 backup servers available. Conn: act(FE+BE): 0+0, 0 pend, tot(FE+BE): 0+0.',
    'SIGHUP: Proxy empty has no servers. Conn: act(FE+BE): 0+0, 0 pend, tot(FE+BE): 0+0.',
    'SIGHUP: Proxy off has no servers. Conn: act(FE+BE): 0+0, 0 pend, tot(FE+BE): 0+0.',
  ]);
  expect(stoppedLines(model, readings).map(({ line }) => line)).toEqual([
    'Proxy f stopped (cumulated conns: FE: 20, BE: 0).',
    'Proxy b stopped (cumulated conns: FE: 0, BE: 0).',
    'Proxy empty stopped (cumulated conns: FE: 0, BE: 0).',
  ]);
  expect(poolLines(readings)[1]).toBe('  - Connections : 9 now, 0 at most');
});

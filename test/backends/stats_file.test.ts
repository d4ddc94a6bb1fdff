import { expect, test } from '@jest/globals';
import { CB_SESSIONS, CF_BYTES_IN, CF_SESSIONS, CL_SESSIONS, CS_SESSIONS } from '../../src/core/abi.js';
import { backendCounter, frontendCounter, listenerCounter, serverCounter } from '../../src/core/cells.js';
import { parseStatsFile } from '../../src/config/stats_file.js';
import type { Model } from '../../src/config/model.js';
import { preloadCounters, writeStatsFile } from '../../src/backends/stats_file.js';
import { model, pages } from './model.js';

const bare = model({ kind: 'frontend', guid: 'guid-fe' }, { guid: 'guid-be', servers: [{ guid: 'guid-srv' }, {}] }, { kind: 'listen', guid: 'guid-both' });
const house: Model = { ...bare, listeners: [{ index: 0, proxy: 0, guid: 'guid-fe-0', maxconn: 0 } as Model['listeners'][0]] };

const withFile = (text: string): Model => ({ ...house, global: { ...house.global, savedCounters: parseStatsFile(text) } });
const rowOf = (m: Model): BigUint64Array => {
  const row = pages(m).counters;
  preloadCounters(m, row);
  return row;
};

test('counters come back by guid and side', () => {
  const row = rowOf(withFile('#fe guid,stot,bin,\nguid-fe,1024,7,\nguid-fe,abc,\nguid-fe-0,5\nguid-unknown,1\nguid-be,3\nguid-both,8,\n#be guid,unknown,stot,\nguid-be,512,1025,\nguid-srv,512,1026,\nguid-both,1,9\n'));
  const at = (cell: number): number => Number(row[cell]);
  expect([at(frontendCounter(0, CF_SESSIONS)), at(frontendCounter(0, CF_BYTES_IN)), at(listenerCounter(3, 2, 0, CL_SESSIONS))]).toEqual([1024, 7, 5]);
  expect([at(backendCounter(1, CB_SESSIONS)), at(serverCounter(3, 0, CS_SESSIONS)), at(serverCounter(3, 1, CS_SESSIONS))]).toEqual([1025, 1026, 0]);
  expect([at(frontendCounter(2, CF_SESSIONS)), at(backendCounter(2, CB_SESSIONS))]).toEqual([8, 9]);
});

test('what is written is read again', () => {
  const first = rowOf(withFile('#fe guid,stot,bin\nguid-fe,1024,7\nguid-fe-0,5\n#be guid,stot\nguid-srv,9\n'));
  const text = writeStatsFile(house, (cell) => first[cell]!);
  expect(text).toMatch(/^#fe guid,stot,bin,.*,\nguid-fe,1024,7,/);
  expect([...rowOf(withFile(text))]).toEqual([...first]);
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import type { Model } from '../../../src/config/model.js';
import { STICK_CONN_CNT, STICK_GPC0 } from '../../../src/core/abi.js';
import type { PagesHandle } from '../../../src/core/addon.js';
import { addonPath, loadAddon } from '../../../src/core/load_addon.js';
import { accessSticks, stickSpecs, type StickAccess } from '../../../src/core/stick/access.js';
import { dataPlace, entryLine, keyText, StickControl, tableLine, type DataPlace, type Filter } from '../../../src/core/stick/index.js';
import { modelOf } from '../../config/loaded.js';

const CONFIG = `
backend ips
 stick-table type ip size 1k expire 1h store gpc0,conn_rate(10s),conn_cnt,server_id,server_key
backend names
 stick-table type string len 8 size 3000 store gpt(2),gpc_rate(2,1s)
backend few
 stick-table type integer size 2 nopurge store gpc0
`;

const addon = loadAddon();
let model: Model;
let pages: PagesHandle;
let access: StickAccess;
let control: StickControl;

beforeAll(async () => {
  model = await modelOf(CONFIG);
  pages = addon.createPages(1, 3, 0, 0);
  addon.createStickTables(pages.id, stickSpecs(model));
  access = accessSticks(addon, pages.id, null);
  control = new StickControl(model, access);
});
afterAll(() => addon.releasePages(pages.id));

const place = (table: string, name: string): DataPlace => dataPlace(control.find(table)!, name) as DataPlace;
const filter = (table: string, name: string, operator: Filter['operator'], value: number): Filter => ({ place: place(table, name), operator, value });

describe('StickControl', () => {
  test('entries are made, changed, found and removed by key and by address', () => {
    const table = control.find('ips')!;
    expect(control.get(table, { key: '10.0.0.1' })).toBeUndefined();
    expect(control.set(table, { key: '10.0.0.1' }, [[place('ips', 'gpc0'), 5], [place('ips', 'conn_rate'), 9]])).toBe(true);
    const entry = control.get(table, { key: '10.0.0.1' })!;
    expect([entry.values, entry.uses, control.used(table.index)]).toEqual([[0, 5, 0, 9, 0], 0, 1]);
    expect(entry.expire).toBeGreaterThan(3_590_000);
    expect(control.get(table, { address: entry.address })).toEqual({ ...entry, expire: expect.any(Number) });
    expect(control.get(table, { address: entry.address + 1 })).toBeUndefined();
    expect(control.set(table, { address: entry.address }, [[place('ips', 'gpc0'), 6]])).toBe(true);
    expect(control.get(table, { key: '10.0.0.1' })!.values[1]).toBe(6);
    expect(control.set(table, { key: 'no address' }, [])).toBe(false);
    expect([control.remove(table, { key: '10.0.0.1' }), control.remove(table, { key: '10.0.0.1' })]).toEqual(['removed', undefined]);
  });

  test('a full table takes no more', () => {
    const table = control.find('few')!;
    expect(['1', '2', '3', '1'].map((key) => control.set(table, { key }, []))).toEqual([true, true, false, true]);
  });

  test('pages show every entry once, and filters leave some of them', () => {
    const table = control.find('names')!;
    const gpt = place('names', 'gpt[1]');
    for (let i = 0; i < 1500; i++) control.set(table, { key: `k${i}` }, [[gpt, i]]);
    const all = (filters: readonly Filter[]): string[] => {
      const keys: string[] = [];
      let next = 0;
      do {
        const page = control.page(table, next, filters);
        keys.push(...page.entries.map(({ key }) => keyText(table, key)));
        next = page.next;
      } while (next !== 0);
      return keys;
    };
    expect(new Set(all([])).size).toBe(1500);
    expect(all([])).toHaveLength(1500);
    expect(all([filter('names', 'gpt[1]', 'ge', 10), filter('names', 'gpt[1]', 'lt', 13)]).sort()).toEqual(['k10', 'k11', 'k12']);
    let cleared = 0;
    let next = 0;
    do {
      const page = control.clearPage(table, next, [filter('names', 'gpt[1]', 'ne', 7)]);
      cleared += page.removed;
      next = page.next;
    } while (next !== 0);
    expect([cleared, all([])]).toEqual([1499, ['k7']]);
  });

  test('names of data: arrays by element, first elements by their own names', () => {
    const [ips, names] = [control.find('ips')!, control.find('names')!];
    expect(dataPlace(ips, 'conn_rate')).toMatchObject({ at: 3, index: 0 });
    expect(dataPlace(names, 'gpc1_rate')).toMatchObject({ at: 3, index: 1 });
    expect(dataPlace(names, 'gpt0')).toMatchObject({ at: 0, index: 0 });
    expect([dataPlace(names, 'gpt[2]'), dataPlace(names, 'gpc0'), dataPlace(names, 'foo')]).toEqual([{ problem: 'not stored' }, { problem: 'not stored' }, { problem: 'unknown' }]);
  });

  test('tables and entries as the console shows them', () => {
    const [ips, names] = [control.find('ips')!, control.find('names')!];
    expect(control.list().map(({ table, used }) => tableLine(table, used))).toEqual([
      '# table: ips, type: ip, size:1024, used:0', '# table: names, type: string, size:3000, used:1', '# table: few, type: integer, size:2, used:2',
    ]);
    const line = (table: typeof ips, key: Uint8Array, values: number[]): string => entryLine(table, { key, address: 0xabc, uses: 1, expire: 9, values }, () => 's1');
    expect(line(ips, Uint8Array.from([10, 0, 0, 1]), [3, 1, 2, 4, 0])).toBe('0xabc: key=10.0.0.1 use=1 exp=9 shard=0 server_id=3 gpc0=1 conn_cnt=2 conn_rate(10000)=4 server_key=-');
    expect(line(ips, Uint8Array.from([10, 0, 0, 1]), [3, 1, 2, 4, 1])).toContain('server_key=s1');
    expect(line(names, Buffer.from('a =\\\n\u00e9\0\0', 'latin1'), [1, 2, 3, 4])).toBe('0xabc: key=a\\ \\=\\\\\\n\\xE9 use=1 exp=9 shard=0 gpt0=1 gpt1=2 gpc0_rate(1000)=3 gpc1_rate(1000)=4');
  });
});

describe('the addon', () => {
  test('threads see the same tables', async () => {
    access.keys.set([10, 0, 0, 9]);
    expect(access.tables.increase(0, 4, STICK_GPC0, 0, 2)).toBe(2);
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      const addon = require(workerData.path);
      const keys = new Uint8Array(64);
      const tables = addon.attachStickTables(workerData.id, keys, null);
      keys.set([10, 0, 0, 9]);
      parentPort.postMessage([tables.increase(0, 4, ${STICK_GPC0}, 0, 3), tables.read(0, 4, ${STICK_CONN_CNT}, 0), tables.track(1, 0, 0, 0, 4)]);`;
    const worker = new Worker(code, { eval: true, workerData: { path: addonPath({}), id: pages.id } });
    expect(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))).toEqual([5, 0, false]);
    expect(access.tables.read(0, 4, STICK_GPC0, 0)).toBe(5);
    await worker.terminate();
  });

  test('refuses what it can not make', () => {
    expect(() => addon.attachStickTables(9999, new Uint8Array(4), null)).toThrow('these pages have no stick tables');
    expect(() => addon.createStickTables(9999, [])).toThrow('there are no such pages');
    expect(() => addon.createStickTables(pages.id, [{ ...stickSpecs(model)[0]!, size: 0 }])).toThrow('StickSpec.size is out of range');
    expect(() => access.tables.used(77)).toThrow('there is no such stick table');
  });
});

import { describe, expect, test } from '@jest/globals';
import { STICK_ABSENT, STICK_NOT_STORED } from '../../../src/core/abi.js';
import { converters } from '../../../src/core/convert/index.js';
import { fetches } from '../../../src/core/fetch/index.js';
import { changesEntries, measured, MEASURES } from '../../../src/core/stick/measure.js';
import { RuleBench } from '../../support/rules.js';
import { modelOf } from '../../config/loaded.js';

const named = (name: string): (typeof MEASURES)[number] => MEASURES.find((measure) => measure.name === name)!;

describe('measures', () => {
  test('an entry that is not there, a column that is not stored, and values', () => {
    const all = (name: string): (number | undefined)[] => [STICK_ABSENT, STICK_NOT_STORED, 5000].map((answer) => measured(named(name), answer, 0));
    expect(all('conn_cnt')).toEqual([0, undefined, 5000]);
    expect(all('kbytes_in')).toEqual([0, undefined, 4]);
    expect(all('inc_gpc0')).toEqual([0, 0, 5000]);
    expect(all('clr_gpc0')).toEqual([0, undefined, 5000]);
    expect(measured(named('conn_cnt'), STICK_ABSENT, undefined)).toBeUndefined();
  });

  test('those that change entries are known by their names', () => {
    const changing = [...fetches, ...converters].map(({ name }) => name).filter(changesEntries);
    expect(changing).toEqual(expect.arrayContaining(['sc_inc_gpc', 'sc0_clr_gpc1', 'src_inc_gpc0', 'src_updt_conn_cnt', 'table_inc_gpc', 'table_clr_gpc0']));
    expect(changing).toHaveLength(6 + 3 * 4 + 7 + 6);
    expect(changesEntries('sc0_conn_cnt')).toBe(false);
  });

  test('each has its forms: by number, by the three short names, for the source, as a converter', () => {
    const names = new Set([...fetches, ...converters].map(({ name }) => name));
    for (const name of ['sc_http_req_rate', 'sc0_http_req_rate', 'sc2_http_req_rate', 'src_http_req_rate', 'table_http_req_rate', 'sc_gpc_rate', 'src_get_gpt', 'table_gpt', 'sc1_trackers', 'table_trackers', 'sc_key', 'sc0_tracked'])
      expect(names).toContain(name);
    for (const name of ['sc0_gpc_rate', 'src_trackers', 'table_get_gpt', 'sc3_conn_cnt']) expect(names).not.toContain(name);
  });
});

test('where there are no tables all of them seem empty', async () => {
  const bench = new RuleBench(await modelOf(`
defaults
 mode http
 timeout client 1s
frontend f
 bind :80
 stick-table type ip size 10 store conn_cnt
 http-request track-sc0 src
 http-request return status 200 content-type text/plain lf-string "%[src_conn_cnt] %[sc0_conn_cnt] %[src,in_table] %[table_cnt] %[table_avl] %[sc0_tracked]"
`));
  expect(bench.request('GET / HTTP/1.1\n\n').response).toMatch(/\n0 {2}0 0 10 0$/);
});

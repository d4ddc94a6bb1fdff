import { describe, expect, test } from '@jest/globals';
import {
  FACT_ATTEMPT, FACT_BACKEND, FACT_FLAGS, FACT_REQUESTS, FACT_SERVER, FACT_SESSION, FACT_STATUS, FACT_TERM, FF_REDISPATCH, PHASE_AFTER, PHASE_END, PHASE_REQUEST,
  PHASE_RESPONSE,
} from '../../../src/core/abi.js';
import { envOf, fetchOf, rowOf, txOf } from './fixture.js';

const timeouts = { client: 1, connect: 2, queue: 3, server: 4, tarpit: 5, tunnel: null };
const model = { proxies: [{ timeouts, retries: 3 }, { timeouts: { ...timeouts, server: 40, tunnel: 60 }, retries: 7 }], servers: [] };
const env = envOf({ model, worker: 1, counters: { workers: 4 } });

describe('what rules left on a stream', () => {
  test('is the configuration as long as they left nothing', () => {
    const tx = txOf(PHASE_REQUEST, { [FACT_BACKEND]: 1 });
    const values = ['client', 'connect', 'queue', 'server', 'tarpit', 'tunnel'].map((name) => fetchOf(`cur_${name}_timeout`, [], env)(tx));
    expect(values).toEqual([1, 2, 3, 40, 5, 60]);
    expect(fetchOf('cur_max_retries', [], env)(tx)).toBe(7);
    expect(fetchOf('cur_server_timeout', [], env)(txOf(PHASE_REQUEST))).toBe(4);
    expect([fetchOf('prio_class', [], env)(tx), fetchOf('prio_offset', [], env)(tx)]).toEqual([0, 0]);
    for (const name of ['last_rule_file', 'last_rule_line', 'last_entity', 'waiting_entity', 'unique-id', 'server_status']) expect(fetchOf(name, [], env)(tx)).toBeUndefined();
    expect(fetchOf('capture.req.hdr', [0], env)(tx)).toBeUndefined();
  });

  test('is read back in later phases', () => {
    const tx = txOf(PHASE_REQUEST);
    const stream = tx.stream();
    stream.timeouts = { server: 99 };
    stream.retries = 1;
    stream.priorityClass = -5;
    stream.priorityOffset = 12;
    stream.lastRule = 'a:b.cfg:17';
    stream.waitingRule = 'c.cfg:3';
    stream.requestCaptures[1] = 'host';
    stream.responseCaptures[0] = 'type';
    tx.begin(PHASE_RESPONSE);
    const read = (name: string, ...args: number[]) => fetchOf(name, args, env)(tx);
    expect([read('cur_server_timeout'), read('cur_max_retries'), read('prio_class'), read('prio_offset')]).toEqual([99, 1, -5, 12]);
    expect([read('last_rule_file'), read('last_rule_line'), read('last_entity'), read('waiting_entity')]).toEqual(['a:b.cfg', 17, 'a:b.cfg:17', 'c.cfg:3']);
    expect([read('capture.req.hdr', 0), read('capture.req.hdr', 1), read('capture.res.hdr', 0)]).toEqual([undefined, 'host', 'type']);
  });

  test('is gone with the next request and the next session', () => {
    for (const [cell, value] of [[FACT_REQUESTS, 2], [FACT_SESSION, 0x102]] as const) {
      const tx = txOf(PHASE_REQUEST, { [FACT_REQUESTS]: 1 });
      Object.assign(tx.stream(), { priorityClass: 3, retries: 9, uniqueId: 'x', lastRule: 'f:1' });
      tx.stream().timeouts = { client: 5 };
      tx.stream().requestCaptures[0] = 'old';
      tx.facts[cell] = value;
      expect(tx.stream()).toMatchObject({ priorityClass: 0, retries: undefined, uniqueId: undefined, lastRule: undefined, timeouts: {}, requestCaptures: [] });
    }
  });
});

test('rules that ask for the last rule make it kept', () => {
  const asking = envOf({ model });
  fetchOf('last_rule_line', [], asking);
  expect([...asking.keeps]).toEqual(['last-rule']);
});

test('captures are counted from 0', () => {
  expect(rowOf('capture.req.hdr').check!([-1])).toMatchObject({ arg: 0 });
  expect(rowOf('capture.res.hdr').check!([0])).toBeNull();
});

test('transactions have numbers of their own, over the workers', () => {
  const tx = txOf(PHASE_REQUEST, { [FACT_REQUESTS]: 1 });
  const id = fetchOf('txn.id32', [], env);
  const first = id(tx) as number;
  expect(id(tx)).toBe(first);
  tx.facts[FACT_REQUESTS] = 2;
  expect(id(tx)).toBe(first + 4);
  expect(first % 4).toBe(1);
});

test('the state of the end', () => {
  expect(fetchOf('txn.sess_term_state')(txOf(PHASE_REQUEST))).toBe('--');
  expect(fetchOf('txn.sess_term_state')(txOf(PHASE_END, { [FACT_TERM]: 0x73 | (0x51 << 8) }))).toBe('sQ');
  expect(fetchOf('txn.sess_term_state')(txOf(PHASE_END))).toBe('--');
  expect(fetchOf('term_events')(txOf(PHASE_END))).toBe('-');
});

test('retries and redispatches', () => {
  const tx = txOf(PHASE_RESPONSE, { [FACT_ATTEMPT]: 2, [FACT_FLAGS]: FF_REDISPATCH });
  expect([fetchOf('txn.conn_retries')(tx), fetchOf('txn.redispatched')(tx)]).toEqual([2, true]);
  expect(fetchOf('txn.redispatched')(txOf(PHASE_RESPONSE))).toBe(false);
});

test("the server's status, whatever became of it", () => {
  const status = fetchOf('server_status');
  expect(status(txOf(PHASE_RESPONSE, { [FACT_STATUS]: 404 }))).toBe(404);
  expect(status(txOf(PHASE_AFTER, { [FACT_STATUS]: 503 }))).toBeUndefined();
  const tx = txOf(PHASE_AFTER, { [FACT_STATUS]: 200, [FACT_SERVER]: 0 });
  expect(status(tx)).toBe(200);
  tx.stream().serverStatus = 500;
  expect(status(tx)).toBe(500);
});

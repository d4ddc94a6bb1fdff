import { expect, test } from '@jest/globals';
import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_BYTES_IN_HI, FACT_BYTES_IN_LO, FACT_BYTES_OUT_LO, FACT_CONNECT_MS, FACT_DATA_MS, FACT_FLAGS, FACT_HANDSHAKE_MS, FACT_IDLE_MS,
  FACT_QUEUE_MS, FACT_RECEIVED_LO, FACT_REQUEST_MS, FACT_RESPONSE_MS, FACT_SENT_LO, FACT_TOTAL_MS, FF_KNOWN, PHASE_END, PHASE_REQUEST,
} from '../../../src/core/abi.js';
import { timerFetches } from '../../../src/core/fetch/timer.js';
import { fetchOf, rowOf, txOf } from './fixture.js';

const FACTS = {
  [FACT_FLAGS]: FF_KNOWN, [FACT_HANDSHAKE_MS]: 1, [FACT_IDLE_MS]: 20, [FACT_REQUEST_MS]: 300, [FACT_QUEUE_MS]: 4, [FACT_CONNECT_MS]: 5, [FACT_RESPONSE_MS]: 6, [FACT_DATA_MS]: 7,
  [FACT_TOTAL_MS]: 4000, [FACT_BYTES_IN_LO]: -1, [FACT_BYTES_IN_HI]: 1, [FACT_BYTES_OUT_LO]: 10, [FACT_SENT_LO]: 11, [FACT_RECEIVED_LO]: 12,
  [FACT_ACCEPT_SEC]: 1000, [FACT_ACCEPT_USEC]: 500,
};
/** Values with all facts, and with those of an engine that tells times at the end only. */
const EXPECTED: readonly (readonly [name: string, known: number, timed: number | undefined])[] = [
  ['fc.timer.handshake', 1, 0], ['fc.timer.total', 4021, 4020], ['req.timer.idle', 20, 20], ['req.timer.hdr', 300, 300], ['req.timer.tq', 321, 320],
  ['req.timer.queue', 4, 4], ['bc.timer.connect', 5, 5], ['res.timer.hdr', 6, 6], ['res.timer.data', 7, undefined], ['txn.timer.total', 4000, 4000],
  ['txn.timer.user', 4001, 4000], ['bytes_in', 2 ** 33 - 1, 2 ** 33 - 1], ['req.bytes_in', 2 ** 33 - 1, 2 ** 33 - 1], ['req.bytes_out', 11, undefined],
  ['bytes_out', 12, undefined], ['res.bytes_in', 12, undefined], ['res.bytes_out', 10, 10], ['request_date', 1000, 1000],
];

test.each(EXPECTED)('%s', (name, known, timed) => {
  expect(fetchOf(name)(txOf(PHASE_REQUEST, FACTS))).toBe(known);
  expect(fetchOf(name)(txOf(PHASE_END, { ...FACTS, [FACT_FLAGS]: 0 }))).toBe(timed);
});

test('every timer has its test', () => {
  expect(timerFetches.map((row) => row.name).sort()).toEqual(EXPECTED.map(([name]) => name).sort());
});

test('nothing is told before it is known', () => {
  for (const [name] of EXPECTED.slice(0, -1)) expect(fetchOf(name)(txOf(PHASE_REQUEST, { ...FACTS, [FACT_FLAGS]: 0 }))).toBeUndefined();
});

test('what is not over is -1, also in sums', () => {
  const tx = txOf(PHASE_REQUEST, { ...FACTS, [FACT_REQUEST_MS]: -1, [FACT_TOTAL_MS]: -1, [FACT_CONNECT_MS]: -1 });
  for (const name of ['req.timer.hdr', 'req.timer.tq', 'fc.timer.total', 'txn.timer.user', 'bc.timer.connect']) expect(fetchOf(name)(tx)).toBe(-1);
});

test('the date of the request is that of its first byte', () => {
  const tx = txOf(PHASE_REQUEST, FACTS);
  expect([fetchOf('request_date', ['ms'])(tx), fetchOf('request_date', ['us'])(tx)]).toEqual([1_000_021, 1_000_021_500]);
  expect(rowOf('request_date').check!(['min'])).toMatchObject({ arg: 0 });
});

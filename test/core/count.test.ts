import { expect, test } from '@jest/globals';
import {
  CB_COUNT, CB_REQ_DENIED, CB_RESP_DENIED, CF_COUNT, CF_INTERCEPTED, CF_REQ_DENIED, CF_RESP_DENIED, CS_COUNT, CS_RESP_DENIED, CW_COUNT, FACT_BACKEND, FACT_COUNT, FACT_FLAGS,
  FACT_SERVER, FF_RESPONSE, PHASE_REQUEST,
} from '../../src/core/abi.js';
import { backendCounter, frontendCounter, serverCounter } from '../../src/core/cells.js';
import { Counters } from '../../src/core/count.js';
import { Tx } from '../../src/core/tx.js';

const PROXIES = 2;

function counting(backend: number, server: number, flags: number) {
  const row = new BigUint64Array(CW_COUNT + PROXIES * (CF_COUNT + CB_COUNT) + CS_COUNT);
  const tx = new Tx(new ArrayBuffer(FACT_COUNT * 4));
  tx.facts[FACT_BACKEND] = backend;
  tx.facts[FACT_SERVER] = server;
  tx.facts[FACT_FLAGS] = flags;
  tx.begin(PHASE_REQUEST);
  return { row, tx, counters: new Counters(row, PROXIES) };
}

test('a refused request counts for its frontend and, once chosen, its backend', () => {
  const { row, tx, counters } = counting(-1, -1, 0);
  counters.denied(tx);
  tx.facts[FACT_BACKEND] = 1;
  counters.denied(tx);
  counters.intercepted(tx);
  expect([row[frontendCounter(0, CF_REQ_DENIED)], row[backendCounter(1, CB_REQ_DENIED)], row[frontendCounter(0, CF_INTERCEPTED)]]).toEqual([2n, 1n, 1n]);
  expect(row.reduce((sum, cell) => sum + cell, 0n)).toBe(4n);
});

test('a refused response counts for its server too', () => {
  const { row, tx, counters } = counting(1, 0, FF_RESPONSE);
  counters.denied(tx);
  expect([row[frontendCounter(0, CF_RESP_DENIED)], row[backendCounter(1, CB_RESP_DENIED)], row[serverCounter(PROXIES, 0, CS_RESP_DENIED)]]).toEqual([1n, 1n, 1n]);
});

test('a cell goes on beyond 32 bits', () => {
  const { row, tx, counters } = counting(-1, -1, 0);
  row[frontendCounter(0, CF_REQ_DENIED)] = 0xffffffffn;
  counters.denied(tx);
  expect(row[frontendCounter(0, CF_REQ_DENIED)]).toBe(0x100000000n);
});

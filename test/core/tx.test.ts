import { describe, expect, test } from '@jest/globals';
import {
  FACT_BODY_LEN, FACT_BODY_OFF, FACT_COUNT, FACT_FLAGS, FACT_HEADER_COUNT, FACT_HEADER_TABLE, FACT_HEAD_LEN, FACT_HEAD_OFF, FACT_METHOD, FACT_METHOD_LEN, FACT_SRC_ADDR,
  FACT_SRC_FAMILY, FACT_URI_LEN, FACT_URI_OFF, FF_RESPONSE, HM_GET, HM_OTHER, PHASE_REQUEST, PHASE_RESPONSE,
} from '../../src/core/abi.js';
import { formatIp } from '../../src/core/ip.js';
import { headerName, Tx } from '../../src/core/tx.js';

const HEAD_AT = 4096;
const EDITS = { offset: 8192, size: 512 };

/** A Tx over a window that holds `GET <target>` and these headers. */
function shown(target: string, headers: readonly (readonly [string, string])[], method = 'GET'): Tx {
  const tx = new Tx(new ArrayBuffer(16384), EDITS, 20);
  const { facts } = tx;
  const bytes = Buffer.from(tx.bytes.buffer);
  let text = `${method} ${target} HTTP/1.1\r\n`;
  headers.forEach(([name, value], row) => {
    facts.set([text.length, name.length, text.length + name.length + 2, value.length], FACT_COUNT + row * 4);
    text += `${name}: ${value}\r\n`;
  });
  bytes.write(`${text}\r\nbody`, HEAD_AT, 'latin1');
  Object.assign(facts, {
    [FACT_HEAD_OFF]: HEAD_AT, [FACT_HEAD_LEN]: text.length + 2, [FACT_METHOD]: method === 'GET' ? HM_GET : HM_OTHER, [FACT_METHOD_LEN]: method.length,
    [FACT_URI_OFF]: method.length + 1, [FACT_URI_LEN]: target.length, [FACT_HEADER_TABLE]: FACT_COUNT, [FACT_HEADER_COUNT]: headers.length,
    [FACT_BODY_OFF]: HEAD_AT + text.length + 2, [FACT_BODY_LEN]: 4,
  });
  tx.begin(PHASE_REQUEST);
  return tx;
}

const rows = (tx: Tx, name: string | null): string[] => {
  const out: string[] = [];
  const wanted = name === null ? null : headerName(name);
  for (let row = tx.nextHeader(wanted, 0); row >= 0; row = tx.nextHeader(wanted, row + 1)) out.push(`${tx.rowName(row)}=${tx.rowValue(row)}`);
  return out;
};

describe('headers', () => {
  const tx = () => shown('/', [['Host', 'h'], ['X-A', '1'], ['x-a', '2'], ['X-AB', '3'], ['X\xc1', '\xff']]);

  test('are found whatever the case of ASCII letters', () => {
    expect(rows(tx(), 'X-a')).toEqual(['X-A=1', 'x-a=2']);
    expect(rows(tx(), 'x\xc1')).toEqual(['X\xc1=\xff']);
    expect(rows(tx(), 'x')).toEqual([]);
    expect(rows(tx(), null)).toHaveLength(5);
    expect(tx().header(headerName('host'))).toBe('h');
    expect(tx().header(headerName('nope'))).toBeUndefined();
  });

  test('show their edits, and come back with the next message', () => {
    const now = tx();
    now.removeHeader(1);
    now.replaceHeader(2, 'x-a', 'two');
    now.addHeader('x-a', 'three');
    expect(rows(now, 'x-a')).toEqual(['x-a=two', 'x-a=three']);
    expect(rows(now, null)).toHaveLength(5);
    now.begin(PHASE_REQUEST);
    expect(rows(now, 'x-a')).toEqual(['X-A=1', 'x-a=2']);
  });
});

describe('the request line', () => {
  test('is read once and again after an edit', () => {
    const tx = shown('/p?q', []);
    expect([tx.method(), tx.uri(), tx.path(), tx.pathq(), tx.query()]).toEqual(['GET', '/p?q', '/p', '/p?q', 'q']);
    tx.setUri('/new');
    expect([tx.uri(), tx.path(), tx.query()]).toEqual(['/new', '/new', undefined]);
    tx.begin(PHASE_REQUEST);
    expect([tx.uri(), tx.path()]).toEqual(['/p?q', '/p']);
  });

  test('has methods without a number', () => {
    expect(shown('/', [], 'PURGE').method()).toBe('PURGE');
  });

  test('is not there in a response', () => {
    const tx = shown('/p', [['A', 'b']]);
    tx.facts[FACT_FLAGS] = FF_RESPONSE;
    tx.begin(PHASE_RESPONSE);
    expect([tx.uri(), tx.path(), tx.query(), tx.hasRequest(), tx.hasResponse(), tx.method()]).toEqual([undefined, undefined, undefined, false, true, 'GET']);
  });
});

test('addresses follow the facts', () => {
  const tx = shown('/', []);
  expect(tx.src()).toBeUndefined();
  tx.facts[FACT_SRC_FAMILY] = 4;
  tx.bytes.set([192, 0, 2, 1], FACT_SRC_ADDR * 4);
  const ip = tx.src()!;
  expect(formatIp(ip)).toBe('192.0.2.1');
  tx.bytes.set([192, 0, 2, 2], FACT_SRC_ADDR * 4);
  expect(tx.src()).toBe(ip);
  expect(formatIp(ip)).toBe('192.0.2.2');
  tx.facts[FACT_SRC_FAMILY] = 1;
  expect(tx.src()).toBeUndefined();
});

test('the body that is there', () => {
  const tx = shown('/', []);
  expect([tx.body(), tx.body(1, 2), tx.bodyLength()]).toEqual(['body', 'od', 4]);
});

test('a decision without edits leaves the edit page alone', () => {
  const tx = shown('/', [['A', 'b']]);
  tx.bytes[EDITS.offset] = 0xee;
  tx.finish();
  expect(tx.bytes[EDITS.offset]).toBe(0xee);
});

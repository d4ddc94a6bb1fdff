import { describe, expect, test } from '@jest/globals';
import { FACT_FLAGS, FACT_HEAD_LEN, FF_CLIENT_SHUT, FF_SERVER_SHUT, FF_TIMEOUT, PHASE_CONTENT, PHASE_TCP_RESPONSE } from '../../../src/core/abi.js';
import type { Arg } from '../../../src/config/model.js';
import { fetchOf, rowOf, txOf } from './fixture.js';

/** The sample, and whether more bytes might change it. */
function inspect(name: string, args: readonly Arg[], bytes: string, flags = 0): [unknown, boolean] {
  const tx = txOf(name.startsWith('res') ? PHASE_TCP_RESPONSE : PHASE_CONTENT, { [FACT_FLAGS]: flags }, bytes);
  return [fetchOf(name, args)(tx), tx.mayChange];
}

describe('raw bytes', () => {
  test.each([
    [[0, 3], 'abcdef', 'abc', false], [[3, 3], 'abcdef', 'def', false], [[2, 0], 'abcdef', 'cdef', true], [[0, 7], 'abcdef', undefined, true],
    [[6, 0], 'abcdef', undefined, true], [[0, 0], '', undefined, true],
  ] as const)('payload(%j) of %j', (args, bytes, expected, mayChange) => {
    for (const name of ['req.payload', 'payload', 'res.payload']) {
      expect(inspect(name, args, bytes)).toEqual([expected === undefined ? undefined : { bin: expected }, mayChange]);
    }
  });

  test.each([
    [[0, 1, null], '\x03abcd', 'abc', false], [[0, 2, null], '\0\x02xyz', 'xy', false], [[1, 1, '4'], '?\x02__AB', 'AB', false], [[0, 1, '+1'], '\x02_ab', 'ab', false],
    [[1, 1, '-2'], 'x\x02', 'x\x02', false], [[0, 1, null], '\x05ab', undefined, true], [[0, 2, null], '\0', undefined, true], [[0, 1, null], '\0ab', undefined, false],
    [[0, 2, null], '\xff\xff', undefined, false],
  ] as const)('payload_lv(%j) of %j', (args, bytes, expected, mayChange) => {
    for (const name of ['req.payload_lv', 'payload_lv', 'res.payload_lv']) {
      expect(inspect(name, args, bytes)).toEqual([expected === undefined ? undefined : { bin: expected }, mayChange]);
    }
  });

  test('nothing may change once no more bytes come', () => {
    for (const flags of [FF_TIMEOUT, FF_CLIENT_SHUT]) expect(inspect('req.payload', [0, 9], 'abc', flags)).toEqual([undefined, false]);
    expect(inspect('res.payload', [0, 9], 'abc', FF_CLIENT_SHUT)).toEqual([undefined, true]);
    expect(inspect('res.payload', [0, 9], 'abc', FF_SERVER_SHUT)).toEqual([undefined, false]);
  });

  test('mean nothing once the message has a head', () => {
    const tx = txOf(PHASE_CONTENT, { [FACT_HEAD_LEN]: 20 }, 'abc');
    for (const [name, args] of [['req.payload', [0, 1]], ['req.payload_lv', [0, 1, null]], ['req.rdp_cookie', []], ['distcc_param', ['DIST', null]]] as const) {
      expect(fetchOf(name, args)(tx)).toBeUndefined();
    }
    expect(tx.mayChange).toBe(false);
  });

  test.each([
    ['req.payload', [-1, 2], 0], ['req.payload', [0, -2], 1], ['req.payload_lv', [0, 0, null], 1], ['req.payload_lv', [0, 1, 'x'], 2], ['req.payload_lv', [0, 1, '-2'], 2],
    ['distcc_param', ['DOT', null], 0], ['distcc_body', ['DOTI', 0], 1],
  ] as const)('%s(%j) is refused for argument %i', (name, args, arg) => {
    expect(rowOf(name).check!([...args])).toMatchObject({ arg });
  });
});

test.each(['req.len', 'req_len', 'res.len'])('%s counts bytes, and may grow', (name) => {
  expect(inspect(name, [], 'abc')).toEqual([3, true]);
  expect(inspect(name, [], 'abc', FF_TIMEOUT)).toEqual([3, false]);
});

test('wait_end is true at the end of the inspection', () => {
  expect(inspect('wait_end', [], 'x')).toEqual([undefined, true]);
  expect(inspect('wait_end', [], 'x', FF_TIMEOUT)).toEqual([true, false]);
});

describe('RDP cookies', () => {
  const PREFIX = '\x03\0\0\x2f\x2a\xe0\0\0\0\0\0';

  test.each([
    [`${PREFIX}Cookie: mstshash=bob\r\n`, '', 'bob', false], [`${PREFIX}Cookie: mstshash=bob\r\nmore`, 'MSTSHASH', 'bob', false],
    [`${PREFIX}cookie:   msts=1.2.3\r\n`, 'msts', '1.2.3', false], [`${PREFIX}Cookie: msts=\r\n`, '', '', false], [`${PREFIX}Cookie: msts=1\r\n`, 'other', undefined, false],
    [`${PREFIX}Cookie: msts=1\r`, '', undefined, true], [`${PREFIX}Coo`, '', undefined, true], [PREFIX.slice(0, 4), '', undefined, true],
    [`${PREFIX}Other: a=b\r\n`, '', undefined, false], [`${PREFIX}Cookie: none\r\n`, '', undefined, false], [`${PREFIX}Cookie: a=b\rX`, '', undefined, false],
    [`${PREFIX}Cookie: a=${'b'.repeat(2000)}`, '', undefined, false],
  ])('%j, %j', (bytes, name, expected, mayChange) => {
    const args = name === '' ? [] : [name];
    for (const fetch of ['req.rdp_cookie', 'rdp_cookie']) expect(inspect(fetch, args, bytes)).toEqual([expected, mayChange]);
    for (const fetch of ['req.rdp_cookie_cnt', 'rdp_cookie_cnt']) expect(inspect(fetch, args, bytes)).toEqual([expected === undefined ? 0 : 1, mayChange]);
  });
});

describe('distcc', () => {
  const MESSAGE = 'DIST00000002ARGC00000002ARGV00000003gccARGV00000002-cDOTI00000005int x';

  test.each([
    ['distcc_param', 'DIST', null, 2, false], ['distcc_param', 'ARGV', null, 3, false], ['distcc_param', 'ARGV', 2, 2, false], ['distcc_param', 'DOTI', null, 5, false],
    ['distcc_param', 'ARGV', 3, undefined, true], ['distcc_body', 'ARGV', null, { bin: 'gcc' }, false], ['distcc_body', 'ARGV', 2, { bin: '-c' }, false],
    ['distcc_body', 'DOTI', null, { bin: 'int x' }, false], ['distcc_body', 'DIST', null, { bin: '' }, false], ['distcc_param', 'NONE', null, undefined, true],
  ] as const)('%s(%s,%j)', (name, token, occurrence, expected, mayChange) => {
    expect(inspect(name, [token, occurrence], MESSAGE)).toEqual([expected, mayChange]);
  });

  test('a body that is not all there may still come, its length is known', () => {
    expect(inspect('distcc_body', ['DOTI'], MESSAGE.slice(0, -1))).toEqual([undefined, true]);
    expect(inspect('distcc_param', ['DOTI'], MESSAGE.slice(0, -1))).toEqual([5, false]);
  });

  test('anything else is no message', () => {
    expect(inspect('distcc_param', ['DIST'], 'GET / HTTP/1.1\r\n')).toEqual([undefined, false]);
  });
});

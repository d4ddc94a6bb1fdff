import { expect, test } from '@jest/globals';
import { PHASE_REQUEST } from '../../../src/core/abi.js';
import { eachOf, envOf, fetchOf, rowOf, txOf } from './fixture.js';

const tlv = (type: number, value: string): number[] => [type, value.length >> 8, value.length & 255, ...Buffer.from(value, 'latin1')];
const TLVS = Uint8Array.from([...tlv(1, 'h2'), ...tlv(2, 'a.example'), ...tlv(5, 'id\xff'), ...tlv(2, 'b.example'), ...tlv(0xe0, ''), ...tlv(0xe1, 'x'.repeat(1025)), 9, 0, 5, 1]);
const env = envOf({ engine: () => ({ proxyTlvs: () => TLVS }) });
const tx = txOf(PHASE_REQUEST);

test.each([
  ['fc_pp_authority', [], 'a.example'], ['fc_pp_unique_id', [], 'id\xff'], ['fc_pp_tlv', ['ALPN'], 'h2'], ['fc_pp_tlv', ['2'], 'a.example'], ['fc_pp_tlv', ['0x05'], 'id\xff'],
  ['fc_pp_tlv', ['0xE0'], ''], ['fc_pp_tlv', ['0xE1'], undefined], ['fc_pp_tlv', ['9'], undefined], ['fc_pp_tlv', ['NETNS'], undefined], ['fc_pp_tlv', ['unique_id'], 'id\xff'],
] as const)('%s(%j)', (name, args, expected) => {
  expect(fetchOf(name, args, env)(tx)).toBe(expected);
});

test('ACLs see all values of a type', () => {
  expect(eachOf('fc_pp_tlv', ['AUTHORITY'], tx, env)).toEqual(['a.example', 'b.example']);
});

test('without a PROXY header there is no sample', () => {
  for (const engine of [{ proxyTlvs: () => null }, {}]) expect(fetchOf('fc_pp_authority', [], envOf({ engine: () => engine }))(tx)).toBeUndefined();
});

test.each(['256', '-1', 'NOPE', '0x100', ''])('%j names no type', (id) => {
  expect(rowOf('fc_pp_tlv').check!([id])).toMatchObject({ arg: 0 });
});

test('rules that ask for TLVs make them kept', () => {
  expect([...env.keeps]).toEqual(['proxy-tlvs']);
});

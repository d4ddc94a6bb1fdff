import { describe, expect, test } from '@jest/globals';
import { FACT_ERRORS, FACT_FLAGS, FACT_INSPECTED, FACT_SERVER, FF_KNOWN, FF_REUSED, INSPECT_CLIENT_TCP, INSPECT_SERVER_ADDRESSES, INSPECT_SERVER_TCP, PHASE_RESPONSE } from '../../../src/core/abi.js';
import { formatIp, parseIp } from '../../../src/core/ip.js';
import type { Ip } from '../../../src/core/row.js';
import type { Tx } from '../../../src/core/tx.js';
import { envOf, fetchOf, rowOf, txOf } from './fixture.js';

const SERVED = { [FACT_SERVER]: 0, [FACT_FLAGS]: FF_KNOWN };

/** An engine that answers inspect() from a table of cells. */
function inspecting(tx: Tx, answers: Readonly<Record<number, readonly number[]>>): ReturnType<typeof envOf> {
  return envOf({
    engine: () => ({
      inspect(session: number, what: number): boolean {
        const cells = session === 0x101 ? answers[what] : undefined;
        if (cells !== undefined) tx.facts.set(cells, FACT_INSPECTED);
        return cells !== undefined;
      },
    }),
  });
}

describe('errors of connections', () => {
  test.each([[0, 0, '', 'Success'], [13, 46, 'EREFUSED', 'ECONNREFUSED returned by OS'], [17, 56, 'EPIPE', 'EPIPE returned by OS']])('client %i, server %i', (client, server, name, text) => {
    const tx = txOf(PHASE_RESPONSE, { ...SERVED, [FACT_ERRORS]: client | (server << 8) });
    expect(fetchOf('fc_err')(tx)).toBe(client);
    expect([fetchOf('bc_err')(tx), fetchOf('bc_err_name')(tx), fetchOf('bc_err_str')(tx)]).toEqual([server, name, text]);
  });

  test('of the client have names too', () => {
    const tx = txOf(PHASE_RESPONSE, { ...SERVED, [FACT_ERRORS]: 13 });
    expect([fetchOf('fc_err_name')(tx), fetchOf('fc_err_str')(tx)]).toEqual(['PRX_TIMEOUT', 'Timeout while waiting for PROXY protocol header']);
  });

  test('are no sample while the engine does not tell them', () => {
    for (const name of ['fc_err', 'fc_err_name', 'fc_err_str', 'bc_err']) expect(fetchOf(name)(txOf(PHASE_RESPONSE))).toBeUndefined();
  });
});

test('streams and glitches of HTTP/1', () => {
  const served = txOf(PHASE_RESPONSE, SERVED);
  const values = (side: string, tx: Tx) => ['nb_streams', 'settings_streams_limit', 'glitches'].map((name) => fetchOf(`${side}_${name}`)(tx));
  expect([values('fc', served), values('bc', served)]).toEqual([[1, 1, 0], [1, 1, 0]]);
  expect(values('bc', txOf(PHASE_RESPONSE))).toEqual([undefined, undefined, undefined]);
  expect([fetchOf('bc_http_major')(served), fetchOf('bc_http_major')(txOf(PHASE_RESPONSE))]).toEqual([1, undefined]);
  expect([fetchOf('bc_reused')(served), fetchOf('bc_reused')(txOf(PHASE_RESPONSE, { [FACT_FLAGS]: FF_REUSED }))]).toEqual([false, true]);
});

describe('what the kernel measured', () => {
  const CLIENT = [12_345, 999, 3, 4, 5, 6, 7, 8];

  test('of the client', () => {
    const tx = txOf(PHASE_RESPONSE, SERVED);
    const env = inspecting(tx, { [INSPECT_CLIENT_TCP]: CLIENT });
    const names = ['fc_rtt', 'fc_rttvar', 'fc_unacked', 'fc_sacked', 'fc_lost', 'fc_retrans', 'fc_fackets', 'fc_reordering'];
    expect(names.map((name) => fetchOf(name, [], env)(tx))).toEqual([12, 0, 3, 4, 5, 6, 7, 8]);
    expect([fetchOf('fc_rtt', ['us'], env)(tx), fetchOf('fc_rttvar', ['us'], env)(tx), fetchOf('fc_rtt', ['ms'], env)(tx)]).toEqual([12_345, 999, 12]);
    expect(fetchOf('bc_rtt', [], env)(tx)).toBeUndefined();
  });

  test('of the server', () => {
    const tx = txOf(PHASE_RESPONSE, SERVED);
    const env = inspecting(tx, { [INSPECT_SERVER_TCP]: [5000, 1000] });
    expect([fetchOf('bc_rtt', [], env)(tx), fetchOf('bc_rttvar', ['us'], env)(tx), fetchOf('fc_rtt', [], env)(tx)]).toEqual([5, 1000, undefined]);
  });

  test('comes in ms or us', () => {
    expect(rowOf('fc_rtt').check!(['s'])).toMatchObject({ arg: 0 });
  });
});

test('both ends of the server connection', () => {
  const tx = txOf(PHASE_RESPONSE, SERVED);
  const cells = (text: string): number[] => [...new Int32Array(Uint8Array.from([...parseIp(text)!.bytes, ...new Uint8Array(12)]).slice(0, 16).buffer)];
  const env = inspecting(tx, { [INSPECT_SERVER_ADDRESSES]: [4, 40000, ...cells('10.0.0.1'), 6, 443, ...cells('2001:db8::7')] });
  const address = (name: string) => formatIp(fetchOf(name, [], env)(tx) as Ip);
  expect([address('bc_src'), fetchOf('bc_src_port', [], env)(tx), address('bc_dst'), fetchOf('bc_dst_port', [], env)(tx)]).toEqual(['10.0.0.1', 40000, '2001:db8::7', 443]);
  const unix = inspecting(tx, { [INSPECT_SERVER_ADDRESSES]: [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0] });
  for (const name of ['bc_src', 'bc_src_port', 'bc_dst', 'bc_dst_port']) {
    expect(fetchOf(name, [], unix)(tx)).toBeUndefined();
    expect(fetchOf(name, [], inspecting(tx, {}))(tx)).toBeUndefined();
  }
});

test('the saved SYN', () => {
  const saved = (packet: Uint8Array | null) => fetchOf('fc_saved_syn', [], envOf({ engine: () => ({ savedSyn: () => packet }) }))(txOf(PHASE_RESPONSE));
  expect([saved(Uint8Array.of(0x45, 0)), saved(null)]).toEqual([{ bin: 'E\0' }, undefined]);
});

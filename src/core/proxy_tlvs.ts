/** What a PROXY header of version 2 carries beside addresses (proxy-v2-options, set-proxy-v2-tlv-fmt; proxy-protocol.txt, 2.2). */
import type { Server } from '../config/model.js';
import { FACT_SERVER } from './abi.js';
import { proxyTlvFetches } from './fetch/proxy_tlv.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';
import { uniqueIdOf } from './unique_id.js';

const TYPE_AUTHORITY = 0x02;
const TYPE_UNIQUE_ID = 0x05;

type Tlv = readonly [type: number, value: (tx: Tx) => string | undefined];

/** Answers PHASE_PROXY_TLVS: writes the TLVs of the server at hand to the edit page. null: no server has any. */
export function proxyTlvStep(env: CompileEnv): ((tx: Tx) => void) | null {
  const byServer = env.model.servers.map((server) => tlvsOf(server, env));
  if (byServer.every((tlvs) => tlvs.length === 0)) return null;
  return (tx) => {
    const found: [number, string][] = [];
    for (const [type, value] of byServer[tx.facts[FACT_SERVER]!] ?? []) {
      const text = value(tx);
      if (text !== undefined && text !== '') found.push([type, text]);
    }
    tx.edits.writeTlvs(tx.bytes, found);
  };
}

function tlvsOf({ proxyTlvs }: Server, env: CompileEnv): Tlv[] {
  const tlvs: Tlv[] = proxyTlvs.formats.map(({ type, format }) => [type, env.logFormat(format, 'raw')]);
  if (proxyTlvs.authority) tlvs.push([TYPE_AUTHORITY, authority(env)]);
  if (proxyTlvs.uniqueId) tlvs.push([TYPE_UNIQUE_ID, uniqueIdOf(env)]);
  return tlvs;
}

/** The name that the client's own PROXY header has; there is no TLS that could tell another one. */
function authority(env: CompileEnv): (tx: Tx) => string | undefined {
  const fetch = proxyTlvFetches.find(({ name }) => name === 'fc_pp_authority')!.compile([], env);
  return (tx) => {
    const name = fetch(tx);
    return typeof name === 'string' ? name : undefined;
  };
}

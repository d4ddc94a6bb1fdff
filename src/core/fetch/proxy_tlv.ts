import type { CompileEnv, Fetch, FetchRow } from '../row.js';
import type { Tx } from '../tx.js';

/** Types of TLVs by the names of the PROXY protocol's specification (proxy-protocol.txt, section 2.2). */
const TYPES: Readonly<Record<string, number>> = {
  ALPN: 0x01, AUTHORITY: 0x02, CRC32C: 0x03, CRC32: 0x03, NOOP: 0x04, UNIQUE_ID: 0x05, SSL: 0x20, SSL_VERSION: 0x21, SSL_CN: 0x22, SSL_CIPHER: 0x23,
  SSL_SIG_ALG: 0x24, SSL_KEY_ALG: 0x25, NETNS: 0x30,
};

/** A TLV beyond this is refused, as the manual says. */
const MAX_VALUE = 1024;

function typeOf(text: string): number | undefined {
  const named = TYPES[text.toUpperCase()];
  if (named !== undefined) return named;
  const number = /^(?:0x[0-9a-fA-F]{1,2}|[0-9]{1,3})$/.test(text) ? Number(text) : NaN;
  return number <= 255 ? number : undefined;
}

/** Calls visit with the values of one type, in their order, until it says true. */
function walk(tlvs: Uint8Array, type: number, visit: (value: string) => boolean): boolean {
  for (let at = 0; at + 3 <= tlvs.length;) {
    const from = at + 3;
    const to = from + ((tlvs[at + 1]! << 8) | tlvs[at + 2]!);
    if (to > tlvs.length) return false;
    if (tlvs[at] === type && to - from <= MAX_VALUE && visit(Buffer.from(tlvs.subarray(from, to)).toString('latin1'))) return true;
    at = to;
  }
  return false;
}

function reader(env: CompileEnv): (tx: Tx) => Uint8Array | null {
  env.keeps.add('proxy-tlvs');
  return (tx) => env.engine().proxyTlvs?.(tx.session) ?? null;
}

function first(type: number, env: CompileEnv): Fetch {
  const read = reader(env);
  return (tx) => {
    const tlvs = read(tx);
    let found: string | undefined;
    if (tlvs !== null) {
      walk(tlvs, type, (value) => {
        found = value;
        return true;
      });
    }
    return found;
  };
}

const named = (name: string, type: string, doc: string): FetchRow =>
  ({ name, args: [], out: 'str', needs: 'client', doc, compile: (_args, env) => first(TYPES[type]!, env) });

export const proxyTlvFetches: readonly FetchRow[] = [
  named('fc_pp_authority', 'AUTHORITY', "first authority TLV of the client's PROXY header"),
  named('fc_pp_unique_id', 'UNIQUE_ID', "first unique-id TLV of the client's PROXY header"),
  {
    name: 'fc_pp_tlv', args: [{ name: 'id', type: 'str' }], out: 'str', needs: 'client', doc: "TLV of the client's PROXY header by number or name",
    compile: (args, env) => first(typeOf(String(args[0]))!, env),
    each(args, visit, env) {
      const type = typeOf(String(args[0]))!;
      const read = reader(env);
      return (tx) => {
        const tlvs = read(tx);
        return tlvs !== null && walk(tlvs, type, (value) => visit(value, tx));
      };
    },
    check: (args) => (typeOf(String(args[0])) !== undefined ? null : { arg: 0, problem: 'expects a number from 0 to 255 or the name of a TLV type' }),
  },
];

/**
 * `persist rdp-cookie`: the routing token that a terminal server gives to its clients, `<address>.<port>.0000`, both as decimal numbers
 * of their bytes in the order of the network read from the last to the first ([MS-RDPBCGR], section 2.2.1.1: routingToken).
 */
import type { Backends } from '../backends/backend.js';
import type { Proxy } from '../config/model.js';
import { addressOf } from '../backends/address.js';
import { PS_EPOCH, VERDICT_CONTINUE } from './abi.js';
import { proxyCell } from './cells.js';
import { rdpCookie } from './fetch/rdp.js';
import type { Persistence } from './persist.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';

const TOKEN = /^([0-9]{1,10})\.([0-9]{1,5})\./;

/** `address:port` of a routing token; undefined if it is none. */
export function routedTo(token: string): string | undefined {
  const match = TOKEN.exec(token);
  const address = Number(match?.[1] ?? NaN);
  const port = Number(match?.[2] ?? NaN);
  if (!(address < 2 ** 32) || !(port < 65536)) return undefined;
  const bytes = [address & 255, (address >>> 8) & 255, (address >>> 16) & 255, address >>> 24];
  return `${bytes.join('.')}:${((port & 255) << 8) | (port >> 8)}`;
}

/** The servers of a backend by `address:port`, made anew when one has come, gone or moved. */
function byAddress(backend: Proxy, { model, state }: CompileEnv): () => ReadonlyMap<string, number> {
  const cell = proxyCell(backend.index, PS_EPOCH);
  let epoch = -1;
  let servers = new Map<string, number>();
  return () => {
    const now = Atomics.load(state, cell);
    if (now === epoch) return servers;
    epoch = now;
    servers = new Map();
    for (const index of backend.servers) {
      const address = addressOf(model, state, index);
      if (address?.kind === 'ip') servers.set(`${address.address}:${address.port}`, index);
    }
    return servers;
  };
}

/** A verdict with the server that the token names, CONTINUE without one; null for backends that don't ask. */
export function compileRdpPersistence(backend: Proxy, backends: Backends, env: CompileEnv): ((tx: Tx, persistence: Persistence) => number) | null {
  if (backend.persistRdpCookie === null) return null;
  const wanted = backend.persistRdpCookie.toLowerCase();
  const servers = byAddress(backend, env);
  return (tx, persistence) => {
    const cookie = rdpCookie(tx.body());
    const server = cookie?.name.toLowerCase() === wanted ? servers().get(routedTo(cookie.value) ?? '') : undefined;
    return server === undefined || persistence === 'ignored' ? VERDICT_CONTINUE : backends.use(server, tx, persistence === 'forced');
  };
}

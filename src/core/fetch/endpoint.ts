/** The ends of connections, as inspect() writes them into the facts. */
import { FACT_INSPECTED, INSPECT_CLIENT_ADDRESSES, PHASE_CONNECTION } from '../abi.js';
import type { CompileEnv, Ip } from '../row.js';
import type { Tx } from '../tx.js';

export type End = 'src' | 'dst';

/** Looks up an INSPECT_; false if the engine has no such connection. */
export function inspected(tx: Tx, env: CompileEnv, what: number): boolean {
  return env.engine().inspect?.(tx.session, what) ?? false;
}

/** Cells of one end in what INSPECT_x_ADDRESSES writes: family, port, address. */
const CELLS = 6;
const firstCell = (end: End): number => FACT_INSPECTED + (end === 'src' ? 0 : CELLS);

/** The address of an end that was looked up, undefined if it is not an IP address. */
export function inspectedAddress(tx: Tx, end: End): Ip | undefined {
  const first = firstCell(end);
  const family = tx.facts[first];
  if (family !== 4 && family !== 6) return undefined;
  const from = (first + 2) * 4;
  return { family, bytes: tx.bytes.slice(from, from + (family === 4 ? 4 : 16)) };
}

export function inspectedPort(tx: Tx, end: End): number | undefined {
  return inspectedAddress(tx, end) === undefined ? undefined : tx.facts[firstCell(end) + 1];
}

/** The rules of the connection itself see, and change, what it has: behind them the session may have other addresses. */
function ownsFacts(tx: Tx, env: CompileEnv): boolean {
  return tx.phase === PHASE_CONNECTION || !inspected(tx, env, INSPECT_CLIENT_ADDRESSES);
}

/** The client's connection itself, whatever PROXY headers and rules have put in front of it. */
export function connectionAddress(tx: Tx, env: CompileEnv, end: End): Ip | undefined {
  return ownsFacts(tx, env) ? tx[end]() : inspectedAddress(tx, end);
}

export function connectionPort(tx: Tx, env: CompileEnv, end: End): number | undefined {
  if (!ownsFacts(tx, env)) return inspectedPort(tx, end);
  return tx[end]() === undefined ? undefined : end === 'src' ? tx.srcPort() : tx.dstPort();
}

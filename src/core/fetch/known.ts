import { FACT_FLAGS, FF_KNOWN, PHASE_END } from '../abi.js';
import type { FetchRow, Needs } from '../row.js';
import type { Tx } from '../tx.js';

/** True if the engine has filled the cells that only mean something as a stream goes on: times, bytes, versions. */
export function isKnown(tx: Tx): boolean {
  return (tx.facts[FACT_FLAGS]! & FF_KNOWN) !== 0;
}

/** The same for the cells that the engine fills at the end in any case. */
export function isTimed(tx: Tx): boolean {
  return tx.phase === PHASE_END || isKnown(tx);
}

/** A 64-bit number in two cells, low half first. */
export function wide(tx: Tx, low: number): number {
  return tx.facts[low + 1]! * 2 ** 32 + (tx.facts[low]! >>> 0);
}

export function intRow(name: string, needs: Needs, doc: string, read: (tx: Tx) => number | undefined): FetchRow {
  return { name, args: [], out: 'int', needs, doc, compile: () => read };
}

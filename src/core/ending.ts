import { FACT_TAKE, FACT_TERM, TAKE_TERM } from './abi.js';
import type { Tx } from './tx.js';

/** Why a stream ends: the first letter of the termination state (manual, section 8.5). */
export type Cause = 'C' | 'S' | 'P' | 'L' | 'R' | 'I' | 'c' | 's';
/** What it was doing: the second letter. Without one: waiting for a request (R), or for a response (H). */
export type Doing = 'R' | 'C' | 'H' | 'D' | 'T';

/** Leaves word of why the message is answered or ended here; without it the stream counts as processed locally (L). */
export function ends(tx: Tx, cause: Cause, doing: Doing = tx.isResponse() ? 'H' : 'R'): void {
  tx.facts[FACT_TERM] = cause.charCodeAt(0) | (doing.charCodeAt(0) << 8);
  tx.facts[FACT_TAKE]! |= TAKE_TERM;
}

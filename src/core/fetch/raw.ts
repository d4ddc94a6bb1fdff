import { FACT_FLAGS, FACT_HEAD_LEN, FF_BODY_COMPLETE, FF_CLIENT_SHUT, FF_SERVER_SHUT, FF_TIMEOUT, FF_TRUNCATED, PHASE_CONTENT, PHASE_TCP_RESPONSE } from '../abi.js';
import type { Tx } from '../tx.js';

/** Raw bytes under inspection (manual, section 7.3.5). */

const FINAL = FF_TIMEOUT | FF_TRUNCATED | FF_BODY_COMPLETE;

/** True while more bytes may come and rules wait for them. */
export function mayGrow(tx: Tx): boolean {
  if (tx.phase !== PHASE_CONTENT && tx.phase !== PHASE_TCP_RESPONSE) return false;
  const shut = tx.phase === PHASE_CONTENT ? FF_CLIENT_SHUT : FF_SERVER_SHUT;
  return (tx.facts[FACT_FLAGS]! & (FINAL | shut)) === 0;
}

/** No sample, but perhaps one once more bytes are there. */
export function tooShort(tx: Tx): undefined {
  if (mayGrow(tx)) tx.mayChange = true;
  return undefined;
}

/** Raw bytes mean nothing once a message has been taken apart. */
export function isRaw(tx: Tx): boolean {
  return tx.facts[FACT_HEAD_LEN] === 0;
}

import { ADMIN_DRAIN, OP_STOPPING, SRV_DOWN, SRV_DRAIN, SRV_MAINT, SRV_UP, SS_ADMIN, SS_OP_STATE, SS_STATE } from '../abi.js';
import { checkStatuses } from '../../backends/check/status.js';
import type { Readings } from './readings.js';

/** Values of the state label for servers, in HAProxy's order. */
export const STATES = ['DOWN', 'UP', 'MAINT', 'DRAIN', 'NOLB'] as const;

const NOLB = 4;
const PLACE: Readonly<Record<number, number>> = { [SRV_DOWN]: 0, [SRV_UP]: 1, [SRV_MAINT]: 2, [SRV_DRAIN]: 3 };

/** The place of a server's state in STATES. */
export function stateOf(r: Readings, server: number): number {
  const state = r.server(server, SS_STATE);
  // One that takes no new sessions by its checks' word, not by an administrator's.
  if (state === SRV_DRAIN && r.server(server, SS_OP_STATE) === OP_STOPPING && (r.server(server, SS_ADMIN) & ADMIN_DRAIN) === 0) return NOLB;
  return PLACE[state]!;
}

/** Before the first check, and what only agents say. */
const UNSHOWN = ['UNK', 'INI', 'CHECKED'];

/** Results of checks that have a sample. */
const shown = checkStatuses.filter(({ name }) => !UNSHOWN.includes(name));

export const CHECKS: readonly string[] = shown.map(({ name }) => name);

/** What SS_CHECK_STATUS holds for a place in CHECKS. */
export function checkStatusCode(part: number): number {
  return shown[part]!.code;
}

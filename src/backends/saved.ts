/** Servers start where an earlier process has left them (manual: load-server-state-from-file; management guide: show servers state). */
import {
  ADMIN_CONFIGURED_MAINT, ADMIN_FORCED_DRAIN, ADMIN_FORCED_MAINT, ADMIN_MAINT, OP_RUNNING, OP_STARTING, OP_STOPPED, SS_LAST_CHANGE,
} from '../core/abi.js';
import { serverCell } from '../core/cells.js';
import type { Model, SavedServer } from '../config/model.js';
import { farmText, serverTitle } from './server_message.js';
import { adminOf, operationOf, setAdmin, setOperation, setUserWeight } from './state.js';

/** What is known of a slow start that an earlier process began. */
export interface SavedStart {
  readonly server: number;
  /** ms since it began. */
  readonly elapsed: number;
}

/** What became of the saved states. */
export interface AppliedStates {
  /** For the administrator: servers that start otherwise than the configuration says. */
  readonly lines: readonly string[];
  readonly starts: readonly SavedStart[];
}

/**
 * Applies Model.servers[].saved to the cells, right after initState(). Addresses are not its business: init-addr has them. `now` in
 * seconds since 1970.
 */
export function applySaved(model: Model, state: Int32Array, now = Math.floor(Date.now() / 1000)): AppliedStates {
  const lines: string[] = [];
  const starts: SavedStart[] = [];
  for (const { index, saved, weight } of model.servers) {
    if (saved === null) continue;
    // A weight that the configuration has changed since counts.
    if (saved.initialWeight === weight) setUserWeight(model, state, index, saved.userWeight);
    applyAdmin(model, state, index, saved, lines, now);
    const wasOut = (saved.adminState & ADMIN_MAINT) !== 0;
    if (!wasOut) applyOperation(model, state, index, saved, lines, starts, now);
    Atomics.store(state, serverCell(model.proxies.length, index, SS_LAST_CHANGE), Math.max(0, now - saved.sinceChange));
  }
  return { lines, starts };
}

function applyAdmin(model: Model, state: Int32Array, server: number, { adminState }: SavedServer, lines: string[], now: number): void {
  // Maintenance that came from an older configuration ends with it.
  const maintained = (adminState & ADMIN_FORCED_MAINT) !== 0 && (adminState & ADMIN_CONFIGURED_MAINT) === 0;
  if (maintained) setAdmin(model, state, server, ADMIN_FORCED_MAINT, true, now);
  if ((adminState & ADMIN_FORCED_DRAIN) === 0) return;
  setAdmin(model, state, server, ADMIN_FORCED_DRAIN, true, now);
  if ((adminOf(model, state, server) & ADMIN_MAINT) === 0) lines.push(`${serverTitle(model, server)} remains in forced drain mode.`);
}

function applyOperation(
  model: Model, state: Int32Array, server: number, { opState, sinceChange }: SavedServer, lines: string[], starts: SavedStart[], now: number,
): void {
  if (opState === OP_RUNNING) return;
  const { slowstart } = model.servers[server]!;
  const elapsed = sinceChange * 1000;
  if (opState === OP_STARTING) {
    if (elapsed >= slowstart) return;
    setOperation(model, state, server, OP_STOPPED, now);
    setOperation(model, state, server, OP_RUNNING, now);
    starts.push({ server, elapsed });
    return;
  }
  setOperation(model, state, server, opState, now);
  if (operationOf(model, state, server) === OP_STOPPED) {
    lines.push(`${serverTitle(model, server)} is DOWN, changed from server-state after a reload. ${farmText(model, state, server, true)}`);
  }
}

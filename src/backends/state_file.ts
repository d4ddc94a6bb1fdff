/** `show servers state`: the state of servers as a file for the next process (management guide, version 1). */
import { ADMIN_CONFIGURED_MAINT, ADMIN_FORCED_MAINT, ADMIN_MAINT, OP_STOPPED, SS_CHECK_STATUS, SS_INITIAL_WEIGHT, SS_LAST_CHANGE, SS_USER_WEIGHT } from '../core/abi.js';
import { serverCell } from '../core/cells.js';
import type { Model } from '../config/model.js';
import { STATE_FIELDS, STATE_VERSION } from '../config/server_state.js';
import { addressOf } from './address.js';
import { INITIALISING } from './check/status.js';
import { adminOf, operationOf } from './state.js';

type Field = (typeof STATE_FIELDS)[number];

/** What the cells don't know. */
export interface StateSources {
  readonly model: Model;
  readonly state: Int32Array;
  /** The name of a server now; null = it has none (ServerNames.nameOf). */
  nameOf(server: number): string | null;
  /** Columns of a server's checks; absent: as without checks. */
  checks?(server: number): CheckColumns | null;
  /** Seconds since 1970. */
  now(): number;
}

/** srv_check_result, srv_check_health, srv_check_state and srv_agent_state of the management guide. */
export interface CheckColumns {
  readonly result: number;
  readonly health: number;
  readonly state: number;
  readonly agentState: number;
}

/** Checks that were never made. */
const UNCHECKED: CheckColumns = { result: 0, health: 0, state: 0, agentState: 0 };

/** The first two lines. */
export const STATE_HEADER = `${STATE_VERSION}\n# ${STATE_FIELDS.join(' ')}\n`;

/** One server's line, with its newline. */
export function stateLine(sources: StateSources, server: number): string {
  const values = columns(sources, server);
  return `${STATE_FIELDS.map((field) => values[field]).join(' ')}\n`;
}

/** A whole file, or that of one backend. */
export function writeStateFile(sources: StateSources, proxy: number | null = null): string {
  let text = STATE_HEADER;
  for (const { index, isBackend, servers } of sources.model.proxies) {
    if (!isBackend || (proxy !== null && index !== proxy)) continue;
    for (const server of servers) text += stateLine(sources, server);
  }
  return text;
}

function columns({ model, state, nameOf, checks, now }: StateSources, index: number): Readonly<Record<Field, string | number>> {
  const server = model.servers[index]!;
  const proxy = model.proxies[server.proxy]!;
  const cell = (which: number): number => Atomics.load(state, serverCell(model.proxies.length, index, which));
  const address = addressOf(model, state, index);
  const admin = adminOf(model, state, index);
  const check = checks?.(index) ?? { ...UNCHECKED, health: server.rise };
  const isService = server.hostname?.startsWith('_') === true;
  const checkAddress = server.check?.address ?? null;
  const agentAddress = server.agent?.address ?? null;
  return {
    be_id: proxy.id,
    be_name: proxy.name,
    srv_id: server.id,
    srv_name: server.name,
    srv_addr: address === null ? '-' : address.kind === 'ip' ? address.address : address.kind === 'unix' ? address.path : '-',
    // A server in maintenance is stopped, whatever its health.
    srv_op_state: (admin & ADMIN_MAINT) !== 0 ? OP_STOPPED : operationOf(model, state, index),
    srv_admin_state: (admin & ADMIN_FORCED_MAINT) === 0 ? admin & ~ADMIN_CONFIGURED_MAINT : admin,
    srv_uweight: cell(SS_USER_WEIGHT),
    srv_iweight: cell(SS_INITIAL_WEIGHT),
    srv_time_since_last_change: Math.max(0, now() - cell(SS_LAST_CHANGE)),
    srv_check_status: cell(SS_CHECK_STATUS) || INITIALISING.code,
    srv_check_result: check.result,
    srv_check_health: check.health,
    srv_check_state: check.state,
    srv_agent_state: check.agentState,
    bk_f_forced_id: proxy.forcedId ? 1 : 0,
    srv_f_forced_id: server.forcedId ? 1 : 0,
    srv_fqdn: nameOf(index) ?? '-',
    srv_port: address?.kind === 'ip' ? address.port : portWithout(server.address),
    srvrecord: isService ? server.hostname! : '-',
    srv_use_ssl: 0,
    srv_check_port: server.check?.port ?? 0,
    srv_check_addr: checkAddress?.kind === 'ip' ? checkAddress.address : '-',
    srv_agent_addr: agentAddress?.kind === 'ip' ? agentAddress.address : '-',
    srv_agent_port: server.agent?.port ?? 0,
  };
}

/** The port of a server that has no address now. */
function portWithout(address: Model['servers'][number]['address']): number {
  return address.kind === 'ip' ? address.port : 0;
}

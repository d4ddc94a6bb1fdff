/** Stats files (management guide, 9.5): counters with a guid outlive a restart. Columns are HAProxy's names of statistics. */
import * as abi from '../core/abi.js';
import { backendCounter, frontendCounter, listenerCounter, serverCounter, serverRows } from '../core/cells.js';
import type { Model, SavedCounters } from '../config/model.js';

/** A column and the counter of each kind of thing that has it; -1 = none. */
type Column = readonly [field: string, frontend: number, backend: number, server: number];

const COLUMNS: readonly Column[] = [
  ['stot', abi.CF_SESSIONS, abi.CB_SESSIONS, abi.CS_SESSIONS],
  ['bin', abi.CF_BYTES_IN, abi.CB_BYTES_IN, abi.CS_BYTES_IN],
  ['bout', abi.CF_BYTES_OUT, abi.CB_BYTES_OUT, abi.CS_BYTES_OUT],
  ['dreq', abi.CF_REQ_DENIED, abi.CB_REQ_DENIED, -1],
  ['dresp', abi.CF_RESP_DENIED, abi.CB_RESP_DENIED, abi.CS_RESP_DENIED],
  ['ereq', abi.CF_REQ_ERRORS, -1, -1],
  ['econ', -1, abi.CB_CONN_ERRORS, abi.CS_CONN_ERRORS],
  ['eresp', -1, abi.CB_RESP_ERRORS, abi.CS_RESP_ERRORS],
  ['wretr', -1, abi.CB_RETRIES, abi.CS_RETRIES],
  ['wredis', -1, abi.CB_REDISPATCHES, abi.CS_REDISPATCHES],
  ['hrsp_1xx', abi.CF_RESP_1XX, abi.CB_RESP_1XX, abi.CS_RESP_1XX],
  ['hrsp_2xx', abi.CF_RESP_2XX, abi.CB_RESP_2XX, abi.CS_RESP_2XX],
  ['hrsp_3xx', abi.CF_RESP_3XX, abi.CB_RESP_3XX, abi.CS_RESP_3XX],
  ['hrsp_4xx', abi.CF_RESP_4XX, abi.CB_RESP_4XX, abi.CS_RESP_4XX],
  ['hrsp_5xx', abi.CF_RESP_5XX, abi.CB_RESP_5XX, abi.CS_RESP_5XX],
  ['hrsp_other', abi.CF_RESP_OTHER, abi.CB_RESP_OTHER, abi.CS_RESP_OTHER],
  ['req_tot', abi.CF_REQUESTS, abi.CB_REQUESTS, abi.CS_REQUESTS],
  ['cli_abrt', -1, abi.CB_CLIENT_ABORTS, abi.CS_CLIENT_ABORTS],
  ['srv_abrt', -1, abi.CB_SERVER_ABORTS, abi.CS_SERVER_ABORTS],
  ['lbtot', -1, abi.CB_LB_TOTAL, abi.CS_LB_TOTAL],
  ['conn_tot', abi.CF_CONNECTIONS, -1, -1],
  ['intercepted', abi.CF_INTERCEPTED, -1, -1],
  ['dcon', abi.CF_CONN_DENIED, -1, -1],
  ['dses', abi.CF_SESS_DENIED, -1, -1],
  ['wrew', abi.CF_REWRITE_FAILED, abi.CB_REWRITE_FAILED, abi.CS_REWRITE_FAILED],
  ['connect', -1, abi.CB_CONNECTS, abi.CS_CONNECTS],
  ['reuse', -1, abi.CB_REUSES, abi.CS_REUSES],
  ['eint', abi.CF_INTERNAL_ERRORS, abi.CB_INTERNAL_ERRORS, abi.CS_INTERNAL_ERRORS],
];

/** Something with a guid: the counter of each column in a worker's row, -1 = it has none. */
interface Counted {
  readonly guid: string;
  readonly side: SavedCounters['side'];
  cell(column: Column): number;
}

function counted(model: Model): Counted[] {
  const found: Counted[] = [];
  const add = (guid: string | null, side: Counted['side'], cell: Counted['cell']): void => {
    if (guid !== null) found.push({ guid, side, cell });
  };
  const proxies = model.proxies.length;
  for (const { index, guid, isFrontend, isBackend } of model.proxies) {
    if (isFrontend) add(guid, 'fe', ([, cell]) => (cell < 0 ? -1 : frontendCounter(index, cell)));
    if (isBackend) add(guid, 'be', ([, , cell]) => (cell < 0 ? -1 : backendCounter(index, cell)));
  }
  for (const { index, guid } of model.listeners) add(guid, 'fe', ([field]) => (field === 'stot' ? listenerCounter(proxies, serverRows(model), index, abi.CL_SESSIONS) : -1));
  for (const { index, guid } of model.servers) add(guid, 'be', ([, , , cell]) => (cell < 0 ? -1 : serverCounter(proxies, index, cell)));
  return found;
}

/** Adds what a file has kept to the counters of one worker. To be called before that worker runs. */
export function preloadCounters(model: Model, row: BigUint64Array): void {
  if (model.global.savedCounters.length === 0) return;
  const byGuid = new Map(counted(model).map((each) => [`${each.side} ${each.guid}`, each]));
  for (const { guid, side, values } of model.global.savedCounters) {
    const target = byGuid.get(`${side} ${guid}`);
    for (const [field, value] of target === undefined ? [] : values) {
      const column = COLUMNS.find(([name]) => name === field);
      const cell = column === undefined ? -1 : target!.cell(column);
      if (cell >= 0) row[cell] = BigInt(value);
    }
  }
}

/** `dump stats-file`: the counters of all that have a guid. `total` sums a counter over the workers. */
export function writeStatsFile(model: Model, total: (cell: number) => number | bigint): string {
  const all = counted(model);
  return (['fe', 'be'] as const)
    .map((side) => {
      const lines = all.filter((each) => each.side === side).map((each) => {
        const values = COLUMNS.map((column) => {
          const cell = each.cell(column);
          return cell < 0 ? '' : String(total(cell));
        });
        return `${each.guid},${values.join(',')},\n`;
      });
      return `#${side} guid,${COLUMNS.map(([field]) => field).join(',')},\n${lines.join('')}\n`;
    })
    .join('');
}

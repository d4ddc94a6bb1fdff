/**
 * Where a cell lies in the shared pages (addon/page.h):
 *   state (Int32):             [GS_COUNT] [PS_COUNT per proxy] [SS_COUNT per server] [LS_COUNT per listener] [RR_COUNT]
 *                              [a Float64 per queue (proxies, then servers) per worker]
 *   counters (Uint64, a row):  [CW_COUNT] [CF_COUNT + CB_COUNT per proxy] [CS_COUNT per server] [CL_COUNT per listener]
 * `proxies` is the number of them in the Model, `servers` that of the rows for servers: serverRows(). All results are indices of
 * cells, not bytes.
 */
import type { Model } from '../config/model.js';
import { CB_COUNT, CF_COUNT, CL_COUNT, CS_COUNT, CW_COUNT, GS_COUNT, LS_COUNT, PS_COUNT, RR_COUNT, SS_COUNT } from './abi.js';

const PER_PROXY = CF_COUNT + CB_COUNT;

/** Rows for servers in the pages: those of the configuration, and room for those that are added later. */
export function serverRows(model: Model): number {
  return Math.max(model.serverRows, model.servers.length);
}

/** State cell PS_x of a proxy. */
export function proxyCell(proxy: number, cell: number): number {
  return GS_COUNT + proxy * PS_COUNT + cell;
}

/** State cell SS_x of a server. */
export function serverCell(proxies: number, server: number, cell: number): number {
  return GS_COUNT + proxies * PS_COUNT + server * SS_COUNT + cell;
}

/** State cell LS_x of a listener. */
export function listenerCell(proxies: number, servers: number, listener: number, cell: number): number {
  return GS_COUNT + proxies * PS_COUNT + servers * SS_COUNT + listener * LS_COUNT + cell;
}

/** Number of state cells in use. */
export function stateCells(proxies: number, servers: number, listeners: number, workers = 1): number {
  return listenerCell(proxies, servers, listeners, 0) + RR_COUNT + 2 * workers * (proxies + servers) + 1;
}

/**
 * Ranks of the first waiting sessions: `lists` numbers per worker, by proxy, then by server; 0 = nobody waits. `heads` is what there
 * is room for in the pages.
 */
export function queueHeads(model: Model, state: Int32Array): { readonly heads: Float64Array; readonly lists: number } {
  const lists = model.proxies.length + serverRows(model);
  const first = state.byteOffset + releaseCell(model, RR_COUNT) * 4;
  const aligned = (first + 7) & ~7;
  const room = Math.floor((state.byteOffset + state.byteLength - aligned) / 8 / lists);
  return { heads: new Float64Array(state.buffer, aligned, Math.min(room, model.global.nbthread) * lists), lists };
}

/** State cell of an entry of the list of released slots. */
export function releaseCell(model: Model, entry: number): number {
  return listenerCell(model.proxies.length, serverRows(model), model.listeners.length, 0) + entry;
}

/** Counter CF_x of a frontend, in a worker's row. */
export function frontendCounter(proxy: number, cell: number): number {
  return CW_COUNT + proxy * PER_PROXY + cell;
}

/** Counter CB_x of a backend, in a worker's row. */
export function backendCounter(proxy: number, cell: number): number {
  return CW_COUNT + proxy * PER_PROXY + CF_COUNT + cell;
}

/** Counter CS_x of a server, in a worker's row. */
export function serverCounter(proxies: number, server: number, cell: number): number {
  return CW_COUNT + proxies * PER_PROXY + server * CS_COUNT + cell;
}

/** Counter CL_x of a listener, in a worker's row. */
export function listenerCounter(proxies: number, servers: number, listener: number, cell: number): number {
  return CW_COUNT + proxies * PER_PROXY + servers * CS_COUNT + listener * CL_COUNT + cell;
}

/** Number of counters in use in a worker's row; the row itself may be longer (PagesHandle.rowCells). */
export function counterCells(proxies: number, servers: number, listeners: number): number {
  return listenerCounter(proxies, servers, listeners, 0);
}

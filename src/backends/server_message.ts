/** What logs say of servers that change their state, in HAProxy's words. The cells hold the new state already. */
import { PS_QUEUED, SRV_UP, SS_QUEUED, SS_SESSIONS, SS_STATE, SS_WEIGHT } from '../core/abi.js';
import { proxyCell, serverCell } from '../core/cells.js';
import type { Model } from '../config/model.js';

/** `Backup Server b/s`. */
export function serverTitle(model: Model, server: number): string {
  const { proxy, name, backup } = model.servers[server]!;
  return `${backup ? 'Backup ' : ''}Server ${model.proxies[proxy]!.name}/${name}`;
}

/** `b/s`. */
export function serverPath(model: Model, server: number): string {
  const { proxy, name } = model.servers[server]!;
  return `${model.proxies[proxy]!.name}/${name}`;
}

/** Up servers of a backend with a weight: [active, backup]. */
export function upServers(model: Model, state: Int32Array, proxy: number): readonly [number, number] {
  let active = 0;
  let backup = 0;
  for (const index of model.proxies[proxy]!.servers) {
    const cell = (name: number): number => Atomics.load(state, serverCell(model.proxies.length, index, name));
    if (cell(SS_STATE) !== SRV_UP || cell(SS_WEIGHT) === 0) continue;
    if (model.servers[index]!.backup) backup++;
    else active++;
  }
  return [active, backup];
}

/** What follows the news: the servers that are there, and what becomes of sessions. `left`: the server takes no sessions now. */
export function farmText(model: Model, state: Int32Array, server: number, left: boolean): string {
  const { proxy } = model.servers[server]!;
  const [active, backup] = upServers(model, state, proxy);
  const cell = (which: number): number => Atomics.load(state, serverCell(model.proxies.length, server, which));
  const requeued = cell(SS_QUEUED);
  const queued = Atomics.load(state, proxyCell(proxy, PS_QUEUED)) + requeued;
  const onBackup = active === 0 && backup > 0 ? ' Running on backup.' : '';
  const servers = `${active} active and ${backup} backup servers ${left ? 'left' : 'online'}.${onBackup}`;
  if (!left) return `${servers} ${requeued} sessions requeued, ${queued} total in queue.`;
  return `${servers} ${cell(SS_SESSIONS)} sessions active, ${requeued} requeued, ${queued} remaining in queue.`;
}

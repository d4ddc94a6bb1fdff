import { PS_QUEUED, SRV_UP, SS_QUEUED, SS_SESSIONS, SS_STATE, SS_WEIGHT } from '../../core/abi.js';
import { proxyCell, serverCell } from '../../core/cells.js';
import type { Model } from '../../config/model.js';
import { STATE_NAMES } from '../state.js';
import type { ProbeResult } from './probe.js';

/** Up servers of a backend with a weight: [active, backup]. */
function upServers(model: Model, state: Int32Array, proxy: number): [number, number] {
  const counts: [number, number] = [0, 0];
  for (const index of model.proxies[proxy]!.servers) {
    const cell = (name: number): number => Atomics.load(state, serverCell(model.proxies.length, index, name));
    if (cell(SS_STATE) === SRV_UP && cell(SS_WEIGHT) > 0) counts[model.servers[index]!.backup ? 1 : 0]++;
  }
  return counts;
}

/** The log line of a server's change of state, in HAProxy's words. The state cells hold the new state already. */
export function changeMessage(model: Model, state: Int32Array, server: number, to: number, result: ProbeResult, ms: number): string {
  const { proxy, name } = model.servers[server]!;
  const [active, backup] = upServers(model, state, proxy);
  const cell = (which: number): number => Atomics.load(state, serverCell(model.proxies.length, server, which));
  const queued = Atomics.load(state, proxyCell(proxy, PS_QUEUED)) + cell(SS_QUEUED);
  const info = result.info === '' ? '' : `, info: "${result.info}"`;
  const what = `Server ${model.proxies[proxy]!.name}/${name} is ${STATE_NAMES[to]}, reason: ${result.status.phrase}${info}, check duration: ${ms}ms.`;
  if (to === SRV_UP) {
    return `${what} ${active} active and ${backup} backup servers online. ${cell(SS_QUEUED)} sessions requeued, ${queued} total in queue.`;
  }
  const onBackup = active === 0 && backup > 0 ? ' Running on backup.' : '';
  return `${what} ${active} active and ${backup} backup servers left.${onBackup}`
    + ` ${cell(SS_SESSIONS)} sessions active, ${cell(SS_QUEUED)} requeued, ${queued} remaining in queue.`;
}

/** The alert when a backend lost its last server, null otherwise. */
export function emptyAlert(model: Model, state: Int32Array, proxy: number): string | null {
  const [active, backup] = upServers(model, state, proxy);
  return active + backup > 0 ? null : `backend '${model.proxies[proxy]!.name}' has no server available!`;
}

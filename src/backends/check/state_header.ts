/** `http-check send-state`: how a server is seen, as a header tells it. */
import { hostname } from 'node:os';
import { OP_STOPPING, PS_BACKEND_SESSIONS, SS_QUEUED, SS_SESSIONS, SS_USER_WEIGHT } from '../../core/abi.js';
import { proxyCell, serverCell } from '../../core/cells.js';
import type { Model } from '../../config/model.js';
import { addressOf } from '../address.js';
import { serverPath } from '../server_message.js';
import { operationOf } from '../state.js';
import { usableServers } from '../usable.js';
import type { Health } from './health.js';

/** `UP 2/3; address=127.0.0.1; port=80; name=b/s; node=lb1; weight=1/2; scur=13/22; qcur=0` (manual: http-check send-state). */
export function stateHeader(model: Model, state: Int32Array, server: number, health: Health): string {
  const { proxy } = model.servers[server]!;
  const cell = (which: number, of = server): number => Atomics.load(state, serverCell(model.proxies.length, of, which));
  const stopping = operationOf(model, state, server) === OP_STOPPING;
  const word = stopping ? 'NOLB' : health.up ? 'UP' : 'DOWN';
  const address = addressOf(model, state, server);
  const [host, port] = address?.kind === 'ip' ? [address.address, String(address.port)] : ['unix', 'unix'];
  const total = usableServers(model, model.proxies[proxy]!, state).servers.reduce((sum, index) => sum + cell(SS_USER_WEIGHT, index), 0);
  return [
    health.transitional ? `${word} ${health.progress()}` : word,
    `address=${host}`, `port=${port}`, `name=${serverPath(model, server)}`, `node=${model.global.node ?? hostname()}`,
    `weight=${cell(SS_USER_WEIGHT)}/${total}`, `scur=${cell(SS_SESSIONS)}/${Atomics.load(state, proxyCell(proxy, PS_BACKEND_SESSIONS))}`, `qcur=${cell(SS_QUEUED)}`,
  ].join('; ');
}

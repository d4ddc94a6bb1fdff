import { LS_CONNECTIONS, LS_MAXCONN, PS_STATE } from '../abi.js';
import type { Readings } from '../metric/readings.js';

/** What a listener does: WAITING does not accept, FULL has as many connections as it may. */
export function listenerState(readings: Readings, listener: number): 'WAITING' | 'OPEN' | 'FULL' {
  if (readings.proxy(readings.model.listeners[listener]!.proxy, PS_STATE) !== 1) return 'WAITING';
  const most = readings.listener(listener, LS_MAXCONN);
  return most > 0 && readings.listener(listener, LS_CONNECTIONS) >= most ? 'FULL' : 'OPEN';
}

/** Its name, or `sock-<n>` as HAProxy numbers those of a frontend. */
export function listenerName({ model }: Readings, listener: number): string {
  const { name, proxy } = model.listeners[listener]!;
  return name ?? `sock-${model.proxies[proxy]!.listeners.indexOf(listener) + 1}`;
}

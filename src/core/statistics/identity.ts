import { addressOf } from '../../backends/address.js';
import type { SocketAddress } from '../../config/model.js';
import type { Readings } from '../metric/readings.js';
import { listenerName } from './listening.js';
import { number, setting, type FieldRow, type Read } from './field.js';

const KEY_NAME = { type: 'str', tags: 'KNS' } as const;
const KEY_NUMBER = { type: 'u32', tags: 'KGS' } as const;

const ofProxy = (read: (readings: Readings, proxy: number) => string | number): Pick<FieldRow, 'frontend' | 'listener' | 'server' | 'backend'> => {
  const direct: Read = ({ readings }, p) => read(readings, p);
  return {
    frontend: direct,
    backend: direct,
    server: ({ readings }, v) => read(readings, readings.model.servers[v]!.proxy),
    listener: ({ readings }, l) => read(readings, readings.model.listeners[l]!.proxy),
  };
};

export const nameRows: readonly FieldRow[] = [
  { name: 'pxname', doc: 'Proxy name', ...KEY_NAME, ...ofProxy(({ model }, p) => model.proxies[p]!.name) },
  {
    name: 'svname', doc: 'Server name', ...KEY_NAME,
    frontend: () => 'FRONTEND', backend: () => 'BACKEND',
    server: ({ readings }, v) => readings.model.servers[v]!.name, listener: ({ readings }, l) => listenerName(readings, l),
  },
];

const one: Read = () => 1;
const zero: Read = () => 0;

/** Numbers of the process, the proxy and the server or listener in it. */
export const numberRows: readonly FieldRow[] = [
  { name: 'pid', doc: 'Relative worker process number (1..n)', type: 'u32', tags: 'KGP', frontend: one, listener: one, server: one, backend: one },
  { name: 'iid', doc: 'Frontend or Backend numeric identifier (\'id\' setting)', ...KEY_NUMBER, ...ofProxy(({ model }, p) => model.proxies[p]!.id) },
  {
    name: 'sid', doc: 'Server numeric identifier (\'id\' setting)', ...KEY_NUMBER,
    frontend: zero, backend: zero, server: ({ readings }, v) => readings.model.servers[v]!.id, listener: ({ readings }, l) => readings.model.listeners[l]!.id,
  },
];

export const typeRow = number('type', 'Type of the object (0=frontend, 1=backend, 2=server, 3=socket/listener)', { frontend: zero, backend: one, server: () => 2, listener: () => 3 });

/** `192.0.2.1:80`, `[2001:db8::1]:80` or `unix`. */
export function statisticsAddress(address: SocketAddress | null): string | null {
  if (address === null) return null;
  if (address.kind !== 'ip') return 'unix';
  return address.family === 6 ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}

export const addressRow = setting('addr', 'Server\'s address:port, shown only if show-legends is set, or at levels oper/admin for the CLI', {
  server: ({ readings }, v) => statisticsAddress(addressOf(readings.model, readings.pages.state, v)),
  listener: ({ readings }, l) => statisticsAddress(readings.model.listeners[l]!.address),
});

export const settingRows: readonly FieldRow[] = [
  setting('cookie', 'Backend\'s cookie name or Server\'s cookie value, shown only if show-legends is set, or at levels oper/admin for the CLI', {
    server: ({ readings }, v) => readings.model.servers[v]!.cookie, backend: ({ readings }, p) => readings.model.proxies[p]!.cookie?.name ?? null,
  }),
  setting('mode', '\'mode\' setting (tcp/http/health/cli)', ofProxy(({ model }, p) => model.proxies[p]!.mode)),
  setting('algo', 'Backend\'s load balancing algorithm, shown only if show-legends is set, or at levels oper/admin for the CLI', {
    backend: ({ readings }, p) => readings.model.proxies[p]!.balance.algorithm,
  }),
];

export const revisionRow = number('srid', 'Server id revision, to prevent server id reuse mixups', { server: zero });
export const protocolRow = setting('proto', 'Protocol', { listener: ({ readings }, l) => (readings.model.listeners[l]!.address.kind === 'ip' ? `tcpv${(readings.model.listeners[l]!.address as { family: number }).family}` : 'unix_stream') });

import type { Arg, Proxy, Timeouts } from '../../config/model.js';
import { PS_BACKEND_SESSIONS, PS_QUEUED, PS_SESSIONS, SS_SESSIONS, SS_QUEUED } from '../abi.js';
import { proxyCell, serverCell } from '../cells.js';
import type { ArgRow, CompileEnv, Fetch, FetchRow, Needs } from '../row.js';
import type { Tx } from '../tx.js';
import { usableServers } from './usable.js';

const backendArg: ArgRow = { name: 'backend', type: 'backend', optional: true };
const frontendArg: ArgRow = { name: 'frontend', type: 'frontend', optional: true };

/** The proxy an argument names, or the session's own. */
export function proxyOf(arg: Arg | undefined, side: 'frontend' | 'backend'): (tx: Tx) => number {
  if (typeof arg === 'number') return () => arg;
  // A frontend without a chosen backend counts as its own, as in HAProxy.
  return side === 'frontend' ? (tx) => tx.frontend : (tx) => (tx.backend < 0 ? tx.frontend : tx.backend);
}

function ofProxy(name: string, side: 'frontend' | 'backend', doc: string, read: (env: CompileEnv, proxy: number) => number | undefined): FetchRow {
  return {
    name, args: [side === 'frontend' ? frontendArg : backendArg], out: 'int', needs: 'nothing', doc,
    compile(args, env): Fetch {
      const proxy = proxyOf(args[0], side);
      return (tx) => read(env, proxy(tx));
    },
  };
}

function ofSide<T extends 'str' | 'int'>(
  name: string, side: 'frontend' | 'backend', out: T, needs: Needs, doc: string, read: (proxy: Proxy, env: CompileEnv) => string | number | undefined,
): FetchRow {
  return {
    name, args: [], out, needs, doc,
    compile(_args, env): Fetch {
      const byProxy = env.model.proxies.map((proxy) => read(proxy, env));
      return side === 'frontend' ? (tx) => byProxy[tx.frontend] : (tx) => byProxy[tx.backend];
    },
  };
}

const timeout = (name: string, side: 'frontend' | 'backend', key: keyof Timeouts): FetchRow =>
  ofSide(name, side, 'int', 'nothing', `timeout ${key} of the ${side}, ms`, (proxy) => proxy.timeouts[key] ?? 0);

/** Free connection and queue slots over the usable servers, -1 as soon as one has no limit. */
function freeSlots(env: CompileEnv, backend: number, withQueue: boolean): number {
  let free = 0;
  for (const index of env.model.proxies[backend]?.servers ?? []) {
    const server = env.model.servers[index]!;
    if (server.maxconn === 0 || (withQueue && server.maxqueue === 0)) return -1;
    free += Math.max(0, server.maxconn - Atomics.load(env.state, serverCell(env.model.proxies.length, index, SS_SESSIONS)));
    if (withQueue) free += Math.max(0, server.maxqueue - Atomics.load(env.state, serverCell(env.model.proxies.length, index, SS_QUEUED)));
  }
  return free;
}

/** Sessions waiting for the backend or one of its servers. */
function queued(env: CompileEnv, backend: number): number {
  let waiting = Atomics.load(env.state, proxyCell(backend, PS_QUEUED));
  for (const server of env.model.proxies[backend]?.servers ?? []) {
    waiting += Atomics.load(env.state, serverCell(env.model.proxies.length, server, SS_QUEUED));
  }
  return waiting;
}

function averageQueue(env: CompileEnv, backend: number): number {
  const servers = usableServers(env.state, backend);
  const waiting = queued(env, backend);
  return servers > 0 ? Math.ceil(waiting / servers) : waiting * 2;
}

export const proxyFetches: readonly FetchRow[] = [
  ofSide('fe_name', 'frontend', 'str', 'nothing', 'name of the frontend', (proxy) => proxy.name),
  ofSide('fe_id', 'frontend', 'int', 'nothing', 'number of the frontend', (proxy) => proxy.id),
  ofSide('fe_defbe', 'frontend', 'str', 'nothing', "name of the frontend's default backend",
    (proxy, env) => (proxy.defaultBackend === null ? undefined : env.model.proxies[proxy.defaultBackend]!.name)),
  timeout('fe_client_timeout', 'frontend', 'client'),
  timeout('fe_tarpit_timeout', 'frontend', 'tarpit'),
  ofProxy('fe_conn', 'frontend', 'connections of the frontend now', (env, proxy) => Atomics.load(env.state, proxyCell(proxy, PS_SESSIONS))),
  ofSide('be_name', 'backend', 'str', 'nothing', 'name of the backend', (proxy) => proxy.name),
  ofSide('be_id', 'backend', 'int', 'nothing', 'number of the backend', (proxy) => proxy.id),
  timeout('be_connect_timeout', 'backend', 'connect'),
  timeout('be_queue_timeout', 'backend', 'queue'),
  timeout('be_server_timeout', 'backend', 'server'),
  timeout('be_tarpit_timeout', 'backend', 'tarpit'),
  timeout('be_tunnel_timeout', 'backend', 'tunnel'),
  ofSide('be_max_retries', 'backend', 'int', 'nothing', 'retries of the backend', (proxy) => proxy.retries),
  ofProxy('be_conn', 'backend', 'connections of the backend now', (env, proxy) => Atomics.load(env.state, proxyCell(proxy, PS_BACKEND_SESSIONS))),
  ofProxy('be_conn_free', 'backend', "free connection slots of the backend's servers, -1 if one is unlimited", (env, proxy) => freeSlots(env, proxy, false)),
  ofProxy('connslots', 'backend', 'free connection and queue slots of the backend, -1 if one is unlimited', (env, proxy) => freeSlots(env, proxy, true)),
  ofProxy('nbsrv', 'backend', 'usable servers of the backend', (env, proxy) => usableServers(env.state, proxy)),
  ofProxy('queue', 'backend', 'sessions waiting in the backend', queued),
  ofProxy('avg_queue', 'backend', 'waiting sessions by usable server', averageQueue),
];

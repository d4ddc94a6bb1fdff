import type { Model } from '../../config/model.js';
import { SS_QUEUED } from '../abi.js';
import { serverCell } from '../cells.js';
import { isUsable, usableServers } from '../fetch/usable.js';
import { revisionOf } from '../live_model.js';
import type { CompileEnv, ConverterRow, SampleType, Value } from '../row.js';
import type { Tx } from '../tx.js';

/** Finds a server by `backend/server`, or by its name in the backend (or frontend) that is running. */
function serverNamed(model: Model): (text: string, tx: Tx) => number | undefined {
  const byName = new Map<string, number>();
  let revision = -1;
  return (text, tx) => {
    // Servers may come, go and get other names while the process runs.
    if (revision !== revisionOf(model)) {
      revision = revisionOf(model);
      byName.clear();
      for (const { name, servers } of model.proxies) for (const server of servers) byName.set(`${name}/${model.servers[server]!.name}`, server);
    }
    const own = tx.backend < 0 ? tx.frontend : tx.backend;
    return byName.get(text.includes('/') ? text : `${model.proxies[own]?.name ?? ''}/${text}`);
  };
}

function ofServer(name: string, out: SampleType, doc: string, read: (env: CompileEnv, server: number) => Value): ConverterRow {
  return {
    name, args: [], in: 'str', out, impure: true, doc,
    compile(_args, env) {
      const find = serverNamed(env.model);
      return (value, tx) => {
        const server = find(value as string, tx);
        return server === undefined ? undefined : read(env, server);
      };
    },
  };
}

/** Looks up proxies by name. */
function ofProxy(name: string, out: SampleType, doc: string, side: 'isFrontend' | 'isBackend', read: (env: CompileEnv, proxy: number | undefined) => Value | undefined): ConverterRow {
  return {
    name, args: [], in: 'str', out, impure: true, doc,
    compile(_args, env) {
      const byName = new Map(env.model.proxies.filter((proxy) => proxy[side]).map((proxy) => [proxy.name, proxy.index]));
      return (value) => read(env, byName.get(value as string));
    },
  };
}

export const serverConverters: readonly ConverterRow[] = [
  ofServer('srv_is_up', 'bool', 'true if the named server, [backend/]server, is up', ({ state, model }, server) => isUsable(state, model, server)),
  ofServer('srv_queue', 'int', 'sessions that wait for the named server, [backend/]server', ({ state, model }, server) =>
    Atomics.load(state, serverCell(model.proxies.length, server, SS_QUEUED))),
  ofProxy('fe_exists', 'bool', 'true if a frontend of that name exists', 'isFrontend', (_env, proxy) => proxy !== undefined),
  ofProxy('nbsrv', 'int', 'usable servers of the named backend', 'isBackend', ({ state }, proxy) => (proxy === undefined ? undefined : usableServers(state, proxy))),
];

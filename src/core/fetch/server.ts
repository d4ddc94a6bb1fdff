import { SS_QUEUED, SS_SESSIONS, SS_WEIGHT } from '../abi.js';
import { serverCell } from '../cells.js';
import type { CompileEnv, FetchRow } from '../row.js';
import { isUsable } from './usable.js';

function ofServer(name: string, out: 'int' | 'bool', doc: string, read: (env: CompileEnv, server: number) => number | boolean): FetchRow {
  return {
    name, args: [{ name: 'server', type: 'server' }], out, needs: 'nothing', doc,
    compile(args, env) {
      const server = Number(args[0]);
      return () => read(env, server);
    },
  };
}

const cell = (which: number) => (env: CompileEnv, server: number): number => Atomics.load(env.state, serverCell(env.model.proxies.length, server, which));
const sessions = cell(SS_SESSIONS);
// The effective weight is kept in sixteenths (slow start); rules see whole units.
const weight = (env: CompileEnv, server: number): number => Math.ceil(cell(SS_WEIGHT)(env, server) / 16);

export const serverFetches: readonly FetchRow[] = [
  {
    name: 'srv_name', args: [], out: 'str', needs: 'server', doc: 'name of the chosen server',
    compile(_args, { model }) {
      const { servers } = model;
      return (tx) => servers[tx.server]?.name;
    },
  },
  {
    name: 'srv_id', args: [], out: 'int', needs: 'server', doc: 'number of the chosen server',
    compile(_args, { model }) {
      const { servers } = model;
      return (tx) => servers[tx.server]?.id;
    },
  },
  ofServer('srv_conn', 'int', 'connections of the server now', sessions),
  ofServer('srv_conn_free', 'int', 'free connection slots of the server, -1 if it has no limit', (env, server) => {
    const { maxconn } = env.model.servers[server]!;
    return maxconn === 0 ? -1 : Math.max(0, maxconn - sessions(env, server));
  }),
  ofServer('srv_is_up', 'bool', 'true if the server is up', (env, server) => isUsable(env.state, env.model, server)),
  ofServer('srv_queue', 'int', 'sessions waiting for the server', cell(SS_QUEUED)),
  ofServer('srv_weight', 'int', 'effective weight of the server', weight),
  ofServer('srv_uweight', 'int', 'weight of the server as the user sees it', weight),
  ofServer('srv_iweight', 'int', 'weight of the server in the configuration', (env, server) => env.model.servers[server]!.weight),
];

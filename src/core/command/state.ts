import type { CheckReport } from '../../backends/check/report.js';
import { addressOf } from '../../backends/address.js';
import { resolversText } from '../../backends/resolver/text.js';
import { stateLine, STATE_HEADER, type CheckColumns } from '../../backends/state_file.js';
import type { Proxy } from '../../config/model.js';
import { SS_IDLE, SS_USED_CONNS } from '../abi.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';

/** Bits of srv_check_state and srv_agent_state (management guide: show servers state). */
const RUNNING = 1;
const CONFIGURED = 2;
const ENABLED = 4;
const AGENT = 16;

/** srv_check_result: 0 unknown, 2 failed, 3 passed, 4 passed on a condition. */
function resultOf({ status }: CheckReport): number {
  if (status.name === 'UNK' || status.name === 'INI') return 0;
  return status.name === 'L7OKC' ? 4 : status.passed ? 3 : 2;
}

const bitsOf = (report: CheckReport | null, agent: number): number =>
  report === null ? 0 : agent | CONFIGURED | (report.enabled ? ENABLED : 0) | (report.running ? RUNNING : 0);

/** What checks know about a server, in the numbers of state files. */
function checkColumns({ runtime }: Call, server: number): CheckColumns {
  const { checks } = runtime;
  const health = checks.health(server);
  const agent = checks.agent(server);
  return { result: health === null ? 0 : resultOf(health), health: health?.health ?? runtime.model.servers[server]!.rise, state: bitsOf(health, 0), agentState: bitsOf(agent, AGENT) };
}

/** Runs with the backends that an optional name means. */
function onBackends(run: (call: Call, backends: readonly Proxy[]) => Answer): CommandRow['run'] {
  return (call) => {
    const [name] = call.args;
    const backends = call.runtime.model.proxies.filter((proxy) => proxy.isBackend && (name === undefined || proxy.name === name || String(proxy.id) === name));
    return name !== undefined && backends.length === 0 ? failure("Can't find backend.") : run(call, backends);
  };
}

function* states(call: Call, backends: readonly Proxy[]): Generator<string> {
  const { model, readings, resolver } = call.runtime;
  const sources = {
    model, state: readings.pages.state, nameOf: (server: number) => resolver.names.nameOf(server),
    checks: (server: number) => checkColumns(call, server), now: () => Math.floor(Date.now() / 1000),
  };
  yield STATE_HEADER;
  for (const { servers } of backends) for (const server of servers) yield stateLine(sources, server);
}

function* connections({ runtime: { model, readings } }: Call, backends: readonly Proxy[]): Generator<string> {
  yield `# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[${readings.pages.workers}]\n`;
  for (const backend of backends) {
    for (const index of backend.servers) {
      const { name, id, poolPurgeDelay, poolMaxConn } = model.servers[index]!;
      const address = addressOf(model, readings.pages.state, index);
      const [ip, port] = address?.kind === 'ip' ? [address.address, address.port] : ['-', 0];
      const used = readings.server(index, SS_USED_CONNS);
      const idle = readings.server(index, SS_IDLE);
      yield `${backend.name}/${name} ${backend.id}/${id} ${ip} ${port} - ${poolPurgeDelay} ${used} ${used} ${used} 0 ${idle} ${poolMaxConn} ${idle}\n`;
    }
  }
}

/** How servers and names are (management guide, 9.3). */
export const stateRows: readonly CommandRow[] = [
  { words: 'show servers state', usage: '[<backend>]', doc: 'dump volatile server information (all or for a single backend)', level: 'user', run: onBackends(states) },
  { words: 'show servers conn', usage: '[<backend>]', doc: 'dump server connections status (all or for a single backend)', level: 'user', run: onBackends(connections) },
  {
    words: 'show resolvers',
    usage: '[id]',
    doc: 'dumps counters from all resolvers section and associated name servers',
    level: 'user',
    run: ({ args: [name], runtime: { resolver } }) => resolversText(resolver, name ?? null) ?? failure("Can't find that resolvers section"),
  },
];

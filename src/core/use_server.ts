/** `use-server` rules: the server that a rule names instead of the balancing algorithm (manual: use-server, force-persist). */
import type { Backends } from '../backends/backend.js';
import type { Proxy, UseServer } from '../config/model.js';
import { FACT_FLAGS, FF_REDISPATCH, VERDICT_CONTINUE } from './abi.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';

type Test = (tx: Tx) => boolean;

/** The server that a rule names: a server index, -1 for a name that the backend doesn't have. */
function compileServer({ server }: UseServer, backend: Proxy, env: CompileEnv): (tx: Tx) => number {
  if (typeof server === 'number') return () => server;
  const names = new Map(backend.servers.map((index) => [env.model.servers[index]!.name, index]));
  const make = env.logFormat(server, 'raw');
  return (tx) => names.get(make(tx)) ?? -1;
}

/** True if the first force-persist or ignore-persist that holds forces. */
function compileForce(backend: Proxy, env: CompileEnv): Test {
  const rules = backend.persist.map(({ force, condition }) => ({ force, when: env.condition(condition) }));
  return (tx) => {
    for (const { force, when } of rules) if (when(tx)) return force;
    return false;
  };
}

/** A verdict with the server that the rules of a backend name, CONTINUE if none does; null without rules. */
export function compileUseServer(backend: Proxy, backends: Backends, env: CompileEnv): ((tx: Tx) => number) | null {
  if (backend.useServer.length === 0) return null;
  const rules = backend.useServer.map((rule) => ({
    when: rule.condition === null ? null : env.condition(rule.condition), server: compileServer(rule, backend, env),
  }));
  const forced = compileForce(backend, env);
  return (tx) => {
    // A server that could not be reached is not tried again: the algorithm chooses.
    if ((tx.facts[FACT_FLAGS]! & FF_REDISPATCH) !== 0) return VERDICT_CONTINUE;
    for (const { when, server } of rules) {
      if (when !== null && !when(tx)) continue;
      const named = server(tx);
      const verdict = named < 0 ? VERDICT_CONTINUE : backends.use(named, tx, forced(tx));
      if (verdict !== VERDICT_CONTINUE) return verdict;
    }
    return VERDICT_CONTINUE;
  };
}

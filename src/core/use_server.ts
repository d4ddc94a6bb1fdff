/** `use-server` rules: the server that a rule names instead of the balancing algorithm (manual: use-server). */
import type { Backends } from '../backends/backend.js';
import type { Proxy, UseServer } from '../config/model.js';
import { VERDICT_CONTINUE } from './abi.js';
import { revisionOf } from './live_model.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';

/** The server that a rule names: a server index, -1 for a name that the backend doesn't have. */
function compileServer({ server }: UseServer, backend: Proxy, env: CompileEnv): (tx: Tx) => number {
  if (typeof server === 'number') return () => server;
  const { servers } = env.model;
  const names = new Map<string, number>();
  let revision = -1;
  const make = env.logFormat(server, 'raw');
  return (tx) => {
    // Servers may come, go and get other names while the process runs.
    if (revision !== revisionOf(env.model)) {
      revision = revisionOf(env.model);
      names.clear();
      for (const index of backend.servers) names.set(servers[index]!.name, index);
    }
    return names.get(make(tx)) ?? -1;
  };
}

/** A verdict with the server that the rules of a backend name, CONTINUE if none does; null without rules. */
export function compileUseServer(backend: Proxy, backends: Backends, env: CompileEnv): ((tx: Tx, forced: boolean) => number) | null {
  if (backend.useServer.length === 0) return null;
  const rules = backend.useServer.map((rule) => ({
    when: rule.condition === null ? null : env.condition(rule.condition), server: compileServer(rule, backend, env),
  }));
  return (tx, forced) => {
    for (const { when, server } of rules) {
      if (when !== null && !when(tx)) continue;
      const named = server(tx);
      const verdict = named < 0 ? VERDICT_CONTINUE : backends.use(named, tx, forced);
      if (verdict !== VERDICT_CONTINUE) return verdict;
    }
    return VERDICT_CONTINUE;
  };
}

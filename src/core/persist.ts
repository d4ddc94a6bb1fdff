/** What `force-persist`, `ignore-persist` and `option persist` say of a request. */
import type { Proxy } from '../config/model.js';
import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';

/** Servers that are down are not used; they are; persistence doesn't count. */
export type Persistence = 'usual' | 'forced' | 'ignored';

/** True where a force-persist line holds: the server that persistence chose is not given up for another one. null without such lines. */
export function compileForce(backend: Proxy, env: CompileEnv): ((tx: Tx) => boolean) | null {
  if (!backend.persist.some(({ force }) => force)) return null;
  const rules = backend.persist.map(({ force, condition }) => ({ force, when: env.condition(condition) }));
  return (tx) => {
    for (const { force, when } of rules) if (when(tx)) return force;
    return false;
  };
}

/** The first force-persist or ignore-persist line whose condition holds counts. */
export function compilePersistence(backend: Proxy, env: CompileEnv): (tx: Tx) => Persistence {
  const usual: Persistence = backend.options.flags.includes('persist') ? 'forced' : 'usual';
  const rules = backend.persist.map(({ force, condition }) => ({ found: force ? ('forced' as const) : ('ignored' as const), when: env.condition(condition) }));
  if (rules.length === 0) return () => usual;
  return (tx) => {
    for (const { found, when } of rules) if (when(tx)) return found;
    return usual;
  };
}

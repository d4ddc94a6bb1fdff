/** Stickiness: the server that a table knows for a request, and what tables learn (manual: stick match, stick store-request …). */
import { addressOf } from '../../backends/address.js';
import type { Backends } from '../../backends/backend.js';
import type { Proxy } from '../../config/model.js';
import type { StickRule } from '../../config/stick.js';
import { STICK_SERVER_KEY, VERDICT_CONTINUE } from '../abi.js';
import { revisionOf } from '../live_model.js';
import type { Persistence } from '../persist.js';
import type { CompileEnv, Fetch } from '../row.js';
import type { Tx } from '../tx.js';
import { keyWriter, type PutKey } from './key.js';

interface Rule {
  readonly table: number;
  readonly when: ((tx: Tx) => boolean) | null;
  readonly fetch: Fetch;
  readonly put: PutKey;
}

function rulesOf(backend: Proxy, kind: StickRule['kind'], env: CompileEnv): Rule[] {
  return backend.stickRules.filter((rule) => rule.kind === kind).map(({ table, key, condition }) => {
    const { fetch, type } = env.sample(key);
    return { table, when: condition === null ? null : env.condition(condition), fetch, put: keyWriter(env.model.stickTables[table]!, type) };
  });
}

/** Leaves the key of a rule in the buffer and gives its length; -1: the rule does not apply. */
function keyOf({ when, fetch, put }: Rule, tx: Tx, env: CompileEnv): number {
  if (when !== null && !when(tx)) return -1;
  const value = fetch(tx);
  return value === undefined ? -1 : put(value, env.sticks().keys);
}

/** The server of an entry: by its name or address, else by its id in this backend. -1: none. */
function serverFinder(backend: Proxy, table: number, env: CompileEnv): (id: number, length: number) => number {
  const { model, state } = env;
  const byAddress = model.stickTables[table]!.serverKey === 'addr';
  const names = new Map<string, number>();
  const ids = new Map<number, number>();
  let revision = -1;
  const text = (server: number): string => {
    const address = addressOf(model, state, server);
    return address === null ? '' : address.kind === 'ip' ? `${address.address}:${address.port}` : model.servers[server]!.name;
  };
  return (id, length) => {
    // Servers may come and go while the process runs.
    if (revision !== revisionOf(model)) {
      revision = revisionOf(model);
      names.clear();
      ids.clear();
      for (const server of backend.servers) {
        names.set(model.servers[server]!.name, server);
        ids.set(model.servers[server]!.id, server);
      }
    }
    const { tables } = env.sticks();
    const number = tables.read(table, length, STICK_SERVER_KEY, 0);
    const key = number > 0 ? tables.name(number) : '';
    const found = key === '' ? undefined : byAddress ? backend.servers.find((server) => text(server) === key) : names.get(key);
    return found ?? ids.get(id) ?? -1;
  };
}

/** `stick match`: a verdict with the server of the first rule whose table knows a usable one, else CONTINUE; null without rules. */
export function compileStickMatch(backend: Proxy, backends: Backends, env: CompileEnv): ((tx: Tx, persistence: Persistence) => number) | null {
  const rules = rulesOf(backend, 'match', env).map((rule) => ({ rule, find: serverFinder(backend, rule.table, env) }));
  if (rules.length === 0) return null;
  return (tx, persistence) => {
    if (persistence === 'ignored') return VERDICT_CONTINUE;
    for (const { rule, find } of rules) {
      const length = keyOf(rule, tx, env);
      const id = length < 0 ? -1 : env.sticks().tables.match(rule.table, length);
      const server = id < 0 ? -1 : find(id, length);
      const verdict = server < 0 ? VERDICT_CONTINUE : backends.use(server, tx, persistence === 'forced');
      if (verdict !== VERDICT_CONTINUE) return verdict;
    }
    return VERDICT_CONTINUE;
  };
}

/** Of several rules for one table the first that gives a key counts. */
function learn(rules: readonly Rule[], tx: Tx, env: CompileEnv, store: (table: number, length: number) => void): void {
  const learnt = rules.length > 1 ? new Set<number>() : null;
  for (const rule of rules) {
    if (learnt?.has(rule.table) === true) continue;
    const length = keyOf(rule, tx, env);
    if (length < 0) continue;
    store(rule.table, length);
    learnt?.add(rule.table);
  }
}

/** `stick store-request`: keys are taken now, and stored when the session has its server; null without rules. Always CONTINUE. */
export function compileStickStore(backend: Proxy, env: CompileEnv): ((tx: Tx) => number) | null {
  const rules = rulesOf(backend, 'store-request', env);
  if (rules.length === 0) return null;
  return (tx) => {
    learn(rules, tx, env, (table, length) => void env.sticks().tables.storeLater(tx.session, table, length));
    return VERDICT_CONTINUE;
  };
}

/** `stick store-response`: stores the server at once; null without rules. Always CONTINUE. */
export function compileStickResponse(backend: Proxy, env: CompileEnv): ((tx: Tx) => number) | null {
  const rules = backend.isBackend ? rulesOf(backend, 'store-response', env) : [];
  if (rules.length === 0) return null;
  return (tx) => {
    const { server } = tx;
    if (server >= 0 && tx.backend === backend.index) learn(rules, tx, env, (table, length) => env.sticks().tables.store(server, table, length));
    return VERDICT_CONTINUE;
  };
}

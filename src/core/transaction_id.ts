import type { CompileEnv, Fetch } from './row.js';

const made = new WeakMap<CompileEnv, Fetch>();

/** 32-bit numbers of transactions, given when they are first asked for; each worker counts in its own residue class, so that they differ over the process. */
export function transactionIdOf(env: CompileEnv): Fetch {
  let own = made.get(env);
  if (own === undefined) made.set(env, (own = compile(env)));
  return own;
}

function compile(env: CompileEnv): Fetch {
  const step = Math.max(1, env.counters.workers);
  let next = env.worker;
  return (tx) => {
    const stream = tx.stream();
    if (stream.id < 0) {
      stream.id = next;
      next = (next + step) % 2 ** 32;
    }
    return stream.id;
  };
}

import type { CompileEnv } from './row.js';
import type { Tx } from './tx.js';

type Make = (tx: Tx) => string | undefined;

const made = new WeakMap<CompileEnv, Make>();

/**
 * The unique id of a stream as its frontend's unique-id-format makes it: the first time it is asked for, then always the same;
 * undefined without such a format.
 */
export function uniqueIdOf(env: CompileEnv): Make {
  let own = made.get(env);
  if (own === undefined) made.set(env, (own = compile(env)));
  return own;
}

/** True if something that was compiled may ask for unique ids. */
export function isUniqueIdWanted(env: CompileEnv): boolean {
  return made.has(env);
}

/** Compiles the formats, so that what they ask for is known before the first request. */
export function prepareUniqueIds(env: CompileEnv): void {
  formatsOf.get(env)?.();
}

const formatsOf = new WeakMap<CompileEnv, () => void>();

function compile(env: CompileEnv): Make {
  // Formats may ask for the unique id themselves: they are compiled behind everything else.
  const formats: (((tx: Tx) => string) | null | undefined)[] = [];
  const formatOf = (frontend: number): ((tx: Tx) => string) | null => {
    const format = env.model.proxies[frontend]?.uniqueIdFormat ?? null;
    return (formats[frontend] ??= format === null ? null : env.logFormat(format, 'raw'));
  };
  formatsOf.set(env, () => env.model.proxies.forEach(({ index }) => formatOf(index)));
  return (tx) => {
    const format = formatOf(tx.frontend);
    if (format === null) return undefined;
    const stream = tx.stream();
    if (stream.uniqueId === undefined) {
      stream.uniqueId = '';
      stream.uniqueId = format(tx);
    }
    return stream.uniqueId;
  };
}

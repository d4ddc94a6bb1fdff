import type { Arg, Condition } from '../../config/model.js';
import { FACT_ATTEMPT, FACT_FLAGS, FACT_STATUS, FACT_TERM, FF_REDISPATCH, GS_STOPPING, PHASE_END } from '../abi.js';
import type { CompileEnv, ConverterRow } from '../row.js';
import type { Tx } from '../tx.js';
import { optional, required } from './row.js';

type Test = (tx: Tx) => boolean;

/** First letter of the termination state of what the proxy itself served. */
const LOCAL = 'L'.charCodeAt(0);

const cause = (tx: Tx): number => (tx.phase === PHASE_END ? tx.facts[FACT_TERM]! & 255 : 0);

/** As dontlog-normal: errors, timeouts, retries, redispatches, and 5xx. */
const failed: Test = (tx) => {
  const ended = cause(tx);
  return (ended !== 0 && ended !== LOCAL) || tx.facts[FACT_ATTEMPT]! > 0 || (tx.facts[FACT_FLAGS]! & FF_REDISPATCH) !== 0
    || ((tx.isResponse() || tx.phase === PHASE_END) && tx.facts[FACT_STATUS]! >= 500);
};
const forwarded: Test = (tx) => tx.server >= 0;
const served: Test = (tx) => cause(tx) === LOCAL;

const isCondition = (arg: Arg | undefined): arg is Condition => typeof arg === 'object' && arg !== null && 'kind' in arg;

const CONDITIONS: Readonly<Record<string, (env: CompileEnv, args: readonly Arg[]) => Test>> = {
  error: () => failed,
  normal: () => (tx) => !failed(tx),
  forwarded: () => forwarded,
  toapplet: () => served,
  processed: () => (tx) => forwarded(tx) || served(tx),
  stopping: ({ state }) => () => Atomics.load(state, GS_STOPPING) !== 0,
  acl: (env, args) => (isCondition(args[1]) ? env.condition(args[1]) : () => false),
};

/** The name of a condition without the `!` that negates it. */
const bare = (arg: Arg | undefined): string => String(arg).replace(/^!/, '');

export const whenConverters: readonly ConverterRow[] = [
  {
    name: 'when', args: [required('condition'), optional('acl', 'acl')], in: 'any', out: 'same', impure: true,
    doc: 'the sample if a condition holds (error, forwarded, normal, processed, stopping, toapplet, acl), nothing otherwise',
    check(args) {
      const name = bare(args[0]);
      if (!Object.hasOwn(CONDITIONS, name)) return { arg: 0, problem: `expects one of ${Object.keys(CONDITIONS).join(', ')}, not '${name}'` };
      const named = args[1] !== undefined && args[1] !== null;
      if (name === 'acl' && !named) return { arg: 1, problem: 'expects the name of an ACL' };
      return name !== 'acl' && named ? { arg: 1, problem: `'${name}' takes no arguments` } : null;
    },
    compile(args, env) {
      const test = CONDITIONS[bare(args[0])]!(env, args);
      const wanted = !String(args[0]).startsWith('!');
      return (value, tx) => (test(tx) === wanted ? value : undefined);
    },
  },
];

/** Actions that change timeouts and retries for the stream at hand. */
import type { Proxy, RuleFamily, SampleExpression } from '../../config/model.js';
import {
  FACT_RETRIES, FACT_TAKE, FACT_TIMEOUTS, TAKE_RETRIES, TAKE_TIMEOUT, TO_CLIENT, TO_CONNECT, TO_QUEUE, TO_SERVER, TO_TARPIT, TO_TUNNEL, VERDICT_CONTINUE,
} from '../abi.js';
import type { ActionRow } from '../row.js';
import type { StreamTimeout } from '../stream.js';
import type { Tx } from '../tx.js';
import { compileDelay, wantedDelay, type Delay } from './wait.js';
import { wanted } from './words.js';

interface TimeoutRow {
  readonly cell: number;
  /** Which side of a proxy must be there. */
  readonly side: 'frontend' | 'backend' | 'both';
}

const TIMEOUTS: Readonly<Record<StreamTimeout, TimeoutRow>> = {
  client: { cell: TO_CLIENT, side: 'frontend' },
  connect: { cell: TO_CONNECT, side: 'backend' },
  queue: { cell: TO_QUEUE, side: 'backend' },
  server: { cell: TO_SERVER, side: 'backend' },
  tarpit: { cell: TO_TARPIT, side: 'both' },
  tunnel: { cell: TO_TUNNEL, side: 'backend' },
};

interface SetTimeout {
  readonly timeout: StreamTimeout;
  readonly delay: Delay;
}

export const setTimeoutAction: ActionRow<SetTimeout> = {
  name: 'set-timeout', families: ['http-request', 'http-response'], final: false, doc: 'changes a timeout for this stream',
  parse(cursor) {
    const names = Object.keys(TIMEOUTS);
    const word = wanted(cursor, 'expects 2 arguments: the timeout and its value');
    if (word === undefined) return undefined;
    const row = names.includes(word.text) ? TIMEOUTS[word.text as StreamTimeout] : undefined;
    if (row === undefined) return cursor.error(word, `'${word.text}' is not a timeout that a rule may change`, `Timeouts are ${names.join(', ')}.`);
    const missing = (cursor.section === 'frontend' && row.side === 'backend') || (cursor.section === 'backend' && row.side === 'frontend');
    if (missing) return cursor.error(word, `'timeout ${word.text}' is of no use in a ${cursor.section}`, `It belongs to the ${row.side} side.`);
    const delay = wantedDelay(cursor, 'expects a time or an expression');
    if (delay === undefined) return undefined;
    if ('ms' in delay && delay.ms === 0) return cursor.error(word, 'null value is not valid for a set-timeout rule');
    return { timeout: word.text as StreamTimeout, delay };
  },
  compile({ timeout, delay }, env) {
    const { cell } = TIMEOUTS[timeout];
    const time = compileDelay(delay, env);
    return (tx) => {
      const value = Math.min(time(tx) ?? 0, 0x7fffffff);
      if (value <= 0) return VERDICT_CONTINUE;
      const stream = tx.stream();
      stream.timeouts = { ...stream.timeouts, [timeout]: value };
      tx.facts[FACT_TIMEOUTS + cell] = value;
      tx.facts[FACT_TAKE]! |= TAKE_TIMEOUT << cell;
      return VERDICT_CONTINUE;
    };
  },
};

const UNCHANGED = -1;
const BEFORE_BACKENDS: readonly RuleFamily[] = ['tcp-request content', 'http-request'];
const BACKEND_SIDE = (Object.keys(TIMEOUTS) as StreamTimeout[]).filter((name) => TIMEOUTS[name].side === 'backend');

/** What rules of a `listen` section change for its backend side does not hold in another backend; null if there are none. */
export function leaveFrontend(proxy: Proxy): ((tx: Tx) => void) | null {
  const changes = BEFORE_BACKENDS.some((family) => proxy.rules[family].some(({ action }) => action === 'set-timeout' || action === 'set-retries'));
  if (!changes || !proxy.isFrontend) return null;
  return (tx) => {
    const stream = tx.streamIfAny();
    if (stream === undefined) return;
    for (const name of BACKEND_SIDE) {
      if (stream.timeouts[name] === undefined) continue;
      stream.timeouts = { ...stream.timeouts, [name]: undefined };
      tx.facts[FACT_TIMEOUTS + TIMEOUTS[name].cell] = UNCHANGED;
      tx.facts[FACT_TAKE]! |= TAKE_TIMEOUT << TIMEOUTS[name].cell;
    }
    if (stream.retries === undefined) return;
    stream.retries = undefined;
    tx.facts[FACT_RETRIES] = UNCHANGED;
    tx.facts[FACT_TAKE]! |= TAKE_RETRIES;
  };
}

const MOST_RETRIES = 100;

export const setRetries: ActionRow<number | SampleExpression> = {
  name: 'set-retries', families: ['tcp-request content', 'http-request'], final: false, doc: 'changes how many failed connects this stream survives',
  parse(cursor) {
    const { section } = cursor;
    if (section === 'frontend' || section === 'defaults') {
      return cursor.error(cursor.keywordSpan, `'set-retries' is of no use in a ${section} section`, 'Move it to the backend.');
    }
    const word = wanted(cursor, 'expects an integer between 0 and 100 or an expression');
    if (word === undefined) return undefined;
    if (!/^[-+]?[0-9]+$/.test(word.text)) return cursor.expression(word);
    const number = Number(word.text);
    return number >= 0 && number <= MOST_RETRIES ? number : cursor.error(word, `expects an integer between 0 and ${MOST_RETRIES}, not '${word.text}'`);
  },
  compile(data, env) {
    const read = typeof data === 'number' ? (): number => data : env.typed(data, 'int');
    return (tx) => {
      const value = read(tx);
      const number = value === undefined ? -1 : Number(value);
      if (number < 0 || number > MOST_RETRIES) return VERDICT_CONTINUE;
      tx.stream().retries = number;
      tx.facts[FACT_RETRIES] = number;
      tx.facts[FACT_TAKE]! |= TAKE_RETRIES;
      return VERDICT_CONTINUE;
    };
  },
};

/** Actions that only leave a word for what comes later in the same stream: logs, queues, retries. */
import type { RuleFamily, SampleExpression } from '../../config/model.js';
import { FACT_TAKE, TAKE_NO_RETRY, VERDICT_CONTINUE } from '../abi.js';
import type { ActionRow } from '../row.js';
import type { Stream } from '../stream.js';
import { wanted } from './words.js';

/** By severity; `silent` stands for -1. */
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

export const setLogLevel: ActionRow<number> = {
  name: 'set-log-level', families: ['tcp-request content', 'tcp-response content', 'http-request', 'http-response', 'http-after-response'], final: false,
  doc: "changes the level of the stream's log, or silences it",
  parse(cursor) {
    const expects = "expects exactly 1 argument (log level name or 'silent')";
    const word = wanted(cursor, expects);
    if (word === undefined) return undefined;
    const level = (LEVELS as readonly string[]).indexOf(word.text);
    if (level < 0 && word.text !== 'silent') return cursor.error(word, expects, `Levels are ${LEVELS.join(', ')} and silent.`);
    return level;
  },
  compile: (level) => (tx) => {
    tx.stream().logLevel = level;
    return VERDICT_CONTINUE;
  },
};

const NICEST = 1024;

export const setNice: ActionRow<number> = {
  name: 'set-nice', families: ['tcp-request content', 'tcp-response content', 'http-request', 'http-response'], final: false,
  doc: 'accepted without effect: a worker serves its sessions in turn',
  parse(cursor) {
    const word = wanted(cursor, 'expects exactly 1 argument (integer value)');
    if (word === undefined) return undefined;
    if (!/^[-+]?[0-9]{1,9}$/.test(word.text)) return cursor.error(word, `expects an integer, not '${word.text}'`);
    return Math.max(-NICEST, Math.min(NICEST, Number(word.text)));
  },
  compile: (nice) => (tx) => {
    tx.stream().nice = nice;
    return VERDICT_CONTINUE;
  },
};

const QUEUED: readonly RuleFamily[] = ['tcp-request content', 'http-request'];

/** An integer of the request within ±`limit`; results beyond it are cut. */
function priority(name: string, field: 'priorityClass' | 'priorityOffset', limit: number, doc: string): ActionRow<SampleExpression> {
  return {
    name, families: QUEUED, final: false, doc,
    parse(cursor) {
      const word = wanted(cursor, 'missing fetch method');
      return word === undefined ? undefined : cursor.expression(word);
    },
    compile(expression, env) {
      const read = env.typed(expression, 'int');
      return (tx) => {
        const value = read(tx);
        if (value !== undefined) (tx.stream() as Pick<Stream, typeof field>)[field] = Math.max(-limit, Math.min(limit, Number(value)));
        return VERDICT_CONTINUE;
      };
    },
  };
}

export const setPriorityClass = priority('set-priority-class', 'priorityClass', 2047, 'class in queues: lower ones are served first');
export const setPriorityOffset = priority('set-priority-offset', 'priorityOffset', 524287, 'ms that a request is put back (or forward) in queues of its class');

export const disableRetry: ActionRow<null> = {
  name: 'disable-l7-retry', families: ['http-request'], final: false, doc: 'once it was sent, the request is not sent again, whatever retry-on says',
  parse: () => null,
  compile: () => (tx) => {
    tx.facts[FACT_TAKE]! |= TAKE_NO_RETRY;
    return VERDICT_CONTINUE;
  },
};

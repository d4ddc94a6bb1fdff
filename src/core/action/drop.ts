import type { RuleFamily } from '../../config/model.js';
import { PHASE_CONNECTION, PHASE_CONTENT, PHASE_SESSION, VERDICT_ARG_NONE, VERDICT_DROP } from '../abi.js';
import type { ActionRow } from '../row.js';
import { verdict } from '../verdict.js';

const FAMILIES: readonly RuleFamily[] = [
  'tcp-request connection', 'tcp-request session', 'tcp-request content', 'tcp-response content', 'http-request', 'http-response',
];
/** Phases before there is a request: the engine counts what is closed there. */
const COUNTED_BY_ENGINE = [PHASE_CONNECTION, PHASE_SESSION, PHASE_CONTENT];

export const silentDrop: ActionRow<number> = {
  name: 'silent-drop', families: FAMILIES, final: true, doc: 'lets the connection vanish: the client is told nothing, or gets a reset that does not reach it',
  parse(cursor) {
    if (cursor.done()) return VERDICT_ARG_NONE;
    const word = cursor.next()!;
    if (word.text !== 'rst-ttl') return cursor.error(word, `expects 'rst-ttl <ttl>', but got '${word.text}'`);
    return cursor.int('a TTL between 1 and 255', 1, 255);
  },
  compile(ttl, { counters }) {
    const drop = verdict(VERDICT_DROP, ttl);
    return (tx) => {
      if (!COUNTED_BY_ENGINE.includes(tx.phase)) counters.denied(tx);
      return drop;
    };
  },
};

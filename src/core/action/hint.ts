import type { LogFormat } from '../../config/model.js';
import { VERDICT_CONTINUE } from '../abi.js';
import { responseHead, type ReplyHeader } from '../response.js';
import type { ActionRow } from '../row.js';
import { wantedFormat, wantedName } from './words.js';

interface Hint {
  readonly name: string;
  readonly value: LogFormat;
}

/** RFC 8297. Each rule sends its field at once: what the client may fetch early should not wait for the rules behind. */
export const earlyHint: ActionRow<Hint> = {
  name: 'early-hint', families: ['http-request'], final: false, doc: 'sends a response 103 (Early Hints) with this field before the final one',
  parse(cursor) {
    const expects = 'expects exactly 2 arguments';
    const name = wantedName(cursor, expects);
    const value = name === undefined ? undefined : wantedFormat(cursor, expects);
    return name === undefined || value === undefined ? undefined : { name, value };
  },
  compile({ name, value }, env) {
    const text = env.logFormat(value);
    return (tx) => {
      const header: ReplyHeader = [name, text(tx)];
      env.engine().interim?.(tx.session, Buffer.from(responseHead(103, [header]), 'latin1'));
      return VERDICT_CONTINUE;
    };
  },
};

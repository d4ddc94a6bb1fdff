import type { LogFormat } from '../../config/model.js';
import { VERDICT_CONTINUE } from '../abi.js';
import type { ActionRow } from '../row.js';
import { wantedFormat, wantedName } from './words.js';

interface Hint {
  readonly name: string;
  readonly value: LogFormat;
}

/** RFC 8297. The rules of one decision share one response, which leaves before anything else happens to the request. */
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
      env.engine().hint(tx.session, Buffer.from(`${name}: ${text(tx)}`, 'latin1'));
      return VERDICT_CONTINUE;
    };
  },
};

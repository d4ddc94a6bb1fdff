import type { ActionRow } from '../row.js';
import { reasonPhrase } from '../response.js';
import { rewritten } from './rewrite.js';
import { wanted } from './words.js';
import { VERDICT_CONTINUE } from '../abi.js';

interface Status {
  readonly status: number;
  readonly reason: string;
}

export const setStatus: ActionRow<Status> = {
  name: 'set-status', families: ['http-response', 'http-after-response'], final: false, doc: 'replaces the status of the response',
  parse(cursor) {
    const word = wanted(cursor, 'expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>');
    if (word === undefined) return undefined;
    const status = /^[0-9]{3}$/.test(word.text) ? Number(word.text) : 0;
    if (status < 100) return cursor.error(word, 'expects an integer status code between 100 and 999');
    if (cursor.peek()?.text !== 'reason') return { status, reason: reasonPhrase(status) };
    cursor.next();
    const reason = wanted(cursor, "missing argument for 'reason'");
    if (reason === undefined) return undefined;
    return /[\0\r\n]/.test(reason.text) ? cursor.error(reason, 'line ends and NUL are not allowed here') : { status, reason: reason.text };
  },
  compile({ status, reason }, env) {
    const done = rewritten(env);
    return (tx) => done(tx, tx.setStatus(status, reason));
  },
};

export const strictMode: ActionRow<boolean> = {
  name: 'strict-mode', families: ['http-request', 'http-response', 'http-after-response'], final: false,
  doc: 'whether a rewrite that fails is an internal error',
  parse(cursor) {
    const word = wanted(cursor, "expects exactly 1 argument: 'on' or 'off'");
    if (word === undefined) return undefined;
    return word.text === 'on' || word.text === 'off' ? word.text === 'on' : cursor.error(word, `Unexpected value '${word.text}'. Only 'on' and 'off' are supported`);
  },
  compile: (on) => (tx) => {
    tx.strict = on;
    return VERDICT_CONTINUE;
  },
};

import type { Cursor } from '../../config/cursor.js';
import type { RuleFamily, SampleExpression } from '../../config/model.js';
import type { Word } from '../../config/source.js';
import { VERDICT_CONTINUE } from '../abi.js';
import { keepCapture, type Side } from '../capture.js';
import type { ActionRow } from '../row.js';

interface Capture {
  readonly value: SampleExpression;
  readonly side: Side;
  /** Number of the slot in the frontend. */
  readonly slot: number;
}

const sideOf = (family: RuleFamily | null): Side => (family === 'http-response' || family === 'http-after-response' ? 'response' : 'request');
/** Rules that have only one of the two words. */
const LEN_ONLY: readonly (RuleFamily | null)[] = ['tcp-request content'];
const ID_ONLY: readonly (RuleFamily | null)[] = ['http-response', 'http-after-response'];

/** A new slot of that length, or one that is declared elsewhere. */
function parseSlot(cursor: Cursor, side: Side, word: Word, number: Word): number | undefined {
  const value = /^[0-9]{1,9}$/.test(number.text) ? Number(number.text) : -1;
  if (word.text === 'id') {
    if (value < 0) return cursor.error(number, `'id' expects a number, not '${number.text}'`);
    cursor.captureId(side, value, number);
    return value;
  }
  return value > 0 ? cursor.captureSlot(side, value, number) : cursor.error(number, "a positive 'len' argument is mandatory");
}

export const captureAction: ActionRow<Capture> = {
  name: 'capture', families: ['tcp-request content', 'http-request', 'http-response', 'http-after-response'], final: false,
  doc: 'keeps a sample as text in a capture slot of the frontend',
  parse(cursor) {
    const { family } = cursor;
    const side = sideOf(family);
    const usage = LEN_ONLY.includes(family) ? "'len' <length>" : ID_ONLY.includes(family) ? "'id' <idx>" : "[ 'len' <length> | 'id' <idx> ]";
    const expects = `expects <expression> ${usage}`;
    const word = cursor.done() ? undefined : cursor.next();
    if (word === undefined) return cursor.error(cursor.keywordSpan, expects);
    const value = cursor.expression(word);
    if (value === undefined) return undefined;
    const kind = cursor.done() ? undefined : cursor.next();
    const number = kind === undefined || cursor.done() ? undefined : cursor.next();
    const known = kind !== undefined && usage.includes(`'${kind.text}'`);
    if (kind === undefined || number === undefined || !known) return cursor.error(kind ?? cursor.keywordSpan, expects);
    const slot = parseSlot(cursor, side, kind, number);
    return slot === undefined ? undefined : { value, side, slot };
  },
  compile({ value, side, slot }, env) {
    const read = env.text(value);
    return (tx) => {
      const text = read(tx);
      if (text !== undefined) keepCapture(tx, env.model.proxies[tx.frontend]!.captures, side, slot, text);
      return VERDICT_CONTINUE;
    };
  },
};

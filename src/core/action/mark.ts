/** Actions that mark the packets of a connection: Netfilter's mark, and the TOS or traffic class field. */
import type { RuleFamily, SampleExpression } from '../../config/model.js';
import { MARK_CLIENT, MARK_CLIENT_TOS, MARK_SERVER, MARK_SERVER_TOS, VERDICT_CONTINUE } from '../abi.js';
import type { ActionRow } from '../row.js';
import { wanted } from './words.js';

interface MarkRow {
  readonly names: readonly string[];
  readonly what: number;
  readonly families: readonly RuleFamily[];
  /** Largest value. */
  readonly most: number;
  readonly doc: string;
}

const CLIENT: readonly RuleFamily[] = [
  'tcp-request connection', 'tcp-request session', 'tcp-request content', 'tcp-response content', 'http-request', 'http-response',
];
const SERVER: readonly RuleFamily[] = ['tcp-request content', 'http-request'];

const MARKS: readonly MarkRow[] = [
  { names: ['set-fc-mark', 'set-mark'], what: MARK_CLIENT, families: CLIENT, most: 0xffffffff, doc: 'Netfilter mark of the packets to the client' },
  { names: ['set-fc-tos', 'set-tos'], what: MARK_CLIENT_TOS, families: CLIENT, most: 0xff, doc: 'TOS or traffic class field of the packets to the client' },
  { names: ['set-bc-mark'], what: MARK_SERVER, families: SERVER, most: 0xffffffff, doc: 'Netfilter mark of the packets to the server; the connection serves this request alone' },
  { names: ['set-bc-tos'], what: MARK_SERVER_TOS, families: SERVER, most: 0xff, doc: 'TOS or traffic class field of the packets to the server; the connection serves this request alone' },
];

function markAction(name: string, { what, families, most, doc }: MarkRow): ActionRow<number | SampleExpression> {
  return {
    name, families, final: false, doc,
    parse(cursor) {
      const word = wanted(cursor, 'expects exactly 1 argument (integer/hex value or expression)');
      if (word === undefined) return undefined;
      if (!/^[0-9]/.test(word.text)) return cursor.expression(word);
      const number = /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(word.text) ? Number(word.text) : NaN;
      return number <= most ? number : cursor.error(word, `expects an integer between 0 and ${most}, not '${word.text}'`);
    },
    compile(data, env) {
      const read = typeof data === 'number' ? (): number => data : env.typed(data, 'int');
      return (tx) => {
        const value = read(tx);
        if (value !== undefined) env.engine().mark(tx.session, what, Number(BigInt.asUintN(32, BigInt(value as number))));
        return VERDICT_CONTINUE;
      };
    },
  };
}

export const markActions: readonly ActionRow<number | SampleExpression>[] = MARKS.flatMap((row) => row.names.map((name) => markAction(name, row)));

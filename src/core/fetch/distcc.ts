import type { ArgRow, Fetch, FetchRow } from '../row.js';
import type { Tx } from '../tx.js';
import { isRaw, tooShort } from './raw.js';

/** distcc's protocol: tokens of four letters and eight hexadecimal digits; the digits count the bytes behind, but for these tokens. */
const WITHOUT_BODY = new Set(['DIST', 'ARGC', 'NFIL', 'DONE', 'STAT']);
const TOKEN = 12;

interface Token {
  readonly param: number;
  /** Where its body is. */
  readonly from: number;
  readonly to: number;
}

/** The n-th token of a name; undefined with `tx.mayChange` set if it may still come. */
function find(tx: Tx, name: string, occurrence: number): Token | undefined {
  if (!isRaw(tx)) return undefined;
  const there = tx.bodyLength();
  let left = occurrence;
  for (let at = 0; ;) {
    if (at + TOKEN > there) return tooShort(tx);
    const digits = /^[A-Z0-9]{4}([0-9a-fA-F]{8})$/.exec(tx.body(at, TOKEN));
    if (digits === null) return undefined;
    const token = digits[0].slice(0, 4);
    const param = parseInt(digits[1]!, 16);
    const from = at + TOKEN;
    const to = from + (WITHOUT_BODY.has(token) ? 0 : param);
    if (token === name && --left <= 0) return { param, from, to };
    at = to;
  }
}

const args: readonly ArgRow[] = [{ name: 'token', type: 'str' }, { name: 'occ', type: 'int', optional: true }];

function row(name: string, out: 'int' | 'bin', doc: string, read: (tx: Tx, token: Token) => ReturnType<Fetch>): FetchRow {
  return {
    name, args, out, needs: 'request-body', doc,
    compile(values): Fetch {
      const wanted = String(values[0]);
      const occurrence = Number(values[1] ?? 1);
      return (tx) => {
        const token = find(tx, wanted, occurrence);
        return token === undefined ? undefined : read(tx, token);
      };
    },
    check(values) {
      if (String(values[0]).length !== 4) return { arg: 0, problem: 'expects a token of 4 letters' };
      return Number(values[1] ?? 1) < 1 ? { arg: 1, problem: 'occurrences are counted from 1' } : null;
    },
  };
}

export const distccFetches: readonly FetchRow[] = [
  row('distcc_param', 'int', 'parameter of a token of a distcc message', (_tx, token) => token.param),
  row('distcc_body', 'bin', 'body of a token of a distcc message',
    (tx, token) => (token.to > tx.bodyLength() ? tooShort(tx) : { bin: tx.body(token.from, token.to - token.from) })),
];

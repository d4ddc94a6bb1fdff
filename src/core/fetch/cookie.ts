import type { ArgRow, Fetch, FetchRow, Needs, SampleType, Value } from '../row.js';
import { looseInt } from './decimal.js';
import { headerName, type HeaderName, type Tx } from '../tx.js';

/** Where cookies stand: the request's Cookie lines, or the response's Set-Cookie lines (one cookie each, attributes after it). */
interface Side {
  readonly header: HeaderName;
  readonly has: (tx: Tx) => boolean;
  /** Only the first name=value of a line is a cookie. */
  readonly firstOnly: boolean;
}

const REQUEST: Side = { header: headerName('cookie'), has: (tx) => tx.hasRequest(), firstOnly: false };
const RESPONSE: Side = { header: headerName('set-cookie'), has: (tx) => tx.hasResponse(), firstOnly: true };
const ANY: Record<'request' | 'response', Side> = { request: REQUEST, response: RESPONSE };

type VisitCookie = (name: string, value: string) => boolean;

/** Walks the cookies from the first on until visit says true. */
function walk(tx: Tx, side: Side, visit: VisitCookie): boolean {
  for (let row = tx.nextHeader(side.header, 0); row >= 0; row = tx.nextHeader(side.header, row + 1)) {
    if (walkLine(tx.rowValue(row), side.firstOnly, visit)) return true;
  }
  return false;
}

function walkLine(line: string, firstOnly: boolean, visit: VisitCookie): boolean {
  for (let from = 0; from < line.length;) {
    const semicolon = cookieEnd(line, from);
    const part = line.slice(from, semicolon);
    const equals = part.indexOf('=');
    // A name without `=` is not a cookie that has a value; names that begin with $ are attributes of old (RFC 2965).
    if (equals >= 0 && part.trimStart()[0] !== '$' && visit(part.slice(0, equals).trim(), part.slice(equals + 1).trim())) return true;
    if (firstOnly) return false;
    from = semicolon + 1;
  }
  return false;
}

/** Index of the separator (`;` or `,`) outside of quotes. */
function cookieEnd(line: string, from: number): number {
  let quoted = false;
  for (let i = from; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    else if (code === 92 && quoted) i++;
    else if ((code === 59 || code === 44) && !quoted) return i;
  }
  return line.length;
}

const nameArg: ArgRow = { name: 'name', type: 'str', optional: true };

function valueRow(name: string, sideOf: (tx: Tx) => Side, needs: Needs, out: SampleType, convert: (text: string) => Value | undefined): FetchRow {
  return {
    name, args: [nameArg], out, needs, doc: 'value of a cookie: the last of that name, or the first cookie of all',
    compile(args): Fetch {
      const wanted = args[0] === undefined || args[0] === null ? '' : String(args[0]);
      return (tx) => {
        const side = sideOf(tx);
        if (!side.has(tx)) return undefined;
        let found: string | undefined;
        walk(tx, side, (cookie, value) => {
          if (wanted !== '' && cookie !== wanted) return false;
          found = value;
          return wanted === '';
        });
        return found === undefined ? undefined : convert(found);
      };
    },
    each(args, visit) {
      const wanted = args[0] === undefined || args[0] === null ? '' : String(args[0]);
      return (tx) => {
        const side = sideOf(tx);
        return side.has(tx) && walk(tx, side, (cookie, text) => {
          if (wanted !== '' && cookie !== wanted) return false;
          const value = convert(text);
          return value !== undefined && visit(value, tx);
        });
      };
    },
  };
}

function countRow(name: string, side: Side, needs: Needs): FetchRow {
  return {
    name, args: [nameArg], out: 'int', needs, doc: 'number of cookies of a name, or of all',
    compile(args): Fetch {
      const wanted = args[0] === undefined || args[0] === null ? '' : String(args[0]);
      return (tx) => {
        if (!side.has(tx)) return undefined;
        let total = 0;
        walk(tx, side, (cookie) => {
          if (wanted === '' || cookie === wanted) total++;
          return false;
        });
        return total;
      };
    },
  };
}

function namesRow(name: string, side: Side, needs: Needs): FetchRow {
  return {
    name, args: [{ name: 'delim', type: 'str', optional: true }], out: 'str', needs, doc: 'names of all cookies',
    compile(args): Fetch {
      const delimiter = String(args[0] ?? ',').charAt(0);
      return (tx) => {
        if (!side.has(tx)) return undefined;
        const names: string[] = [];
        walk(tx, side, (cookie) => {
          names.push(cookie);
          return false;
        });
        return names.join(delimiter);
      };
    },
  };
}

function family(name: string, which: 'request' | 'response'): FetchRow[] {
  const side = ANY[which];
  return [
    valueRow(name, () => side, which, 'str', (text) => text),
    valueRow(`${name}_val`, () => side, which, 'int', looseInt),
    countRow(`${name}_cnt`, side, which),
  ];
}

export const cookieFetches: readonly FetchRow[] = [
  ...family('req.cook', 'request'),
  ...family('cook', 'request'),
  ...family('res.cook', 'response'),
  ...family('scook', 'response'),
  { ...valueRow('cookie', (tx) => (tx.isResponse() ? RESPONSE : REQUEST), 'request', 'str', (text) => text), orElse: 'response' },
  valueRow('set-cookie', () => RESPONSE, 'response', 'str', (text) => text),
  namesRow('req.cook_names', REQUEST, 'request'),
  namesRow('res.cook_names', RESPONSE, 'response'),
];

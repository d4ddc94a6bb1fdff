import type { ArgRow, Fetch, FetchRow } from '../row.js';
import type { Tx } from '../tx.js';
import { isRaw, tooShort } from './raw.js';

/** TPKT (4 bytes, RFC 1006) and the X.224 connection request (7 bytes) that come before the cookie. */
const PREFIX = 11;
const COOKIE = 'cookie:';
/** A cookie line of more bytes than this is none. */
const LONGEST = 1024;

type Found = { readonly name: string; readonly value: string };

/** The cookie of an RDP connection request: `Cookie: name=value` up to CRLF. null: there is none; undefined: more bytes are needed. */
export function rdpCookie(bytes: string): Found | null | undefined {
  const start = bytes.slice(PREFIX, PREFIX + COOKIE.length).toLowerCase();
  if (!COOKIE.startsWith(start)) return null;
  if (start.length < COOKIE.length) return undefined;
  const end = bytes.indexOf('\r', PREFIX);
  if (end < 0) return bytes.length - PREFIX > LONGEST ? null : undefined;
  if (end + 1 === bytes.length) return undefined;
  const line = /^ *([^=]*)=(.*)$/s.exec(bytes.slice(PREFIX + COOKIE.length, end));
  return bytes[end + 1] !== '\n' || line === null ? null : { name: line[1]!, value: line[2]! };
}

function read(tx: Tx, wanted: string): Found | undefined {
  if (!isRaw(tx)) return undefined;
  const cookie = rdpCookie(tx.body());
  if (cookie === undefined) return tooShort(tx);
  return cookie !== null && (wanted === '' || cookie.name.toLowerCase() === wanted) ? cookie : undefined;
}

const nameArg: ArgRow = { name: 'name', type: 'str', optional: true };

const value = (name: string, doc: string): FetchRow => ({
  name, args: [nameArg], out: 'str', needs: 'request-body', doc,
  compile(args): Fetch {
    const wanted = String(args[0] ?? '').toLowerCase();
    return (tx) => read(tx, wanted)?.value;
  },
});

const count = (name: string, doc: string): FetchRow => ({
  name, args: [nameArg], out: 'int', needs: 'request-body', doc,
  compile(args): Fetch {
    const wanted = String(args[0] ?? '').toLowerCase();
    return (tx) => (read(tx, wanted) === undefined ? 0 : 1);
  },
});

export const rdpFetches: readonly FetchRow[] = [
  value('req.rdp_cookie', 'value of the cookie of an RDP connection request'),
  value('rdp_cookie', 'as req.rdp_cookie'),
  count('req.rdp_cookie_cnt', 'number of RDP cookies of that name, or of any: 0 or 1'),
  count('rdp_cookie_cnt', 'as req.rdp_cookie_cnt'),
];

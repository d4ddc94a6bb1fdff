/**
 * The persistence cookie of a request (manual: cookie): which server it names, and what is taken out before the server sees it: all of
 * it with `insert indirect`, the prefix with `prefix`. Checked against HAProxy 2.6.
 */
import type { CookiePolicy } from '../../config/model.js';
import { headerName, type Tx } from '../../core/tx.js';
import { decodeDate, isOver } from './date.js';
import { isAttribute, isBlank, isNamed, newPlace, nextCookie } from './scan.js';
import type { RequestLetter } from './state.js';
import type { CookieValues } from './values.js';

const COOKIE = headerName('cookie');
/** Between a server's value and the application's own, and before dates. */
export const PREFIX_END = '~';
export const DATE_MARK = '|';

/** What a request's cookies say. One object per backend and worker, written anew for each request. */
export class RequestCookie {
  letter: RequestLetter = 'N';
  /** The server to go to, -1 if none. */
  server = -1;
  /** Dates of the cookie that was looked at last, seconds since 1970, 0 = none. */
  last = 0;
  first = 0;
  private readonly place = newPlace();
  private seenLast = 0;
  private seenFirst = 0;

  constructor(private readonly policy: CookiePolicy, private readonly values: CookieValues, private readonly isServing: (server: number) => boolean) {}

  /** Looks at the request and edits it. `force`: servers that are down count too; `now` in seconds since 1970. */
  read(tx: Tx, force: boolean, now: number): void {
    this.letter = 'N';
    this.server = -1;
    this.last = this.first = 0;
    for (let row = tx.nextHeader(COOKIE, 0); row >= 0;) {
      const line = tx.rowValue(row);
      const edited = line.includes(this.policy.name) ? this.readLine(line, force, now) : line;
      if (edited === '') {
        tx.removeHeader(row);
        // Added rows move up.
        row = tx.nextHeader(COOKIE, row < tx.headerCount() ? row + 1 : row);
        continue;
      }
      if (edited !== line) tx.replaceHeader(row, tx.rowName(row), edited);
      row = tx.nextHeader(COOKIE, row + 1);
    }
  }

  /** The line as the server is to see it. */
  private readLine(line: string, force: boolean, now: number): string {
    const { place, policy } = this;
    const removes = policy.mode === 'insert' && policy.indirect;
    let out = '';
    let removed = false;
    let kept = 0;
    for (let from = 0; nextCookie(line, from, place); from = place.end + 1) {
      const named = isNamed(line, place, policy.name);
      if (named) this.look(line.slice(place.valueStart, place.valueEnd), force, now);
      const drop: boolean = removes && (named || (removed && (isAttribute(line, place) || isBlank(place))));
      removed = drop;
      if (drop) continue;
      const part = named ? this.edited(line) : line.slice(place.start, place.end);
      // The delimiter before it stays what it was.
      out += kept++ === 0 ? (from === 0 ? part : part.trimStart()) : line[place.start - 1]! + part;
    }
    if (kept === 0) return '';
    return line.endsWith(';') && !removes ? `${out};` : out;
  }

  private edited(line: string): string {
    const { place, policy } = this;
    const before = line.slice(place.start, place.nameEnd);
    const value = line.slice(place.valueStart, place.end);
    const tilde = policy.mode === 'prefix' ? value.indexOf(PREFIX_END) : -1;
    return `${before}=${value.slice(tilde + 1)}`;
  }

  private look(value: string, force: boolean, now: number): void {
    if (this.server >= 0) return;
    const text = this.identity(value, now);
    this.last = text === null ? 0 : this.seenLast;
    this.first = text === null ? 0 : this.seenFirst;
    if (text === null) return;
    const servers = this.values.servers(text);
    this.letter = 'I';
    for (const server of servers ?? []) {
      const serving = this.isServing(server);
      this.letter = serving ? 'V' : 'D';
      if (!serving && !force) continue;
      this.server = server;
      return;
    }
  }

  /** The part of a value that names a server; null if it is too old. */
  private identity(value: string, now: number): string | null {
    const { mode, maxidle, maxlife } = this.policy;
    this.seenLast = this.seenFirst = 0;
    if (mode === 'prefix') {
      const tilde = value.indexOf(PREFIX_END);
      return tilde < 0 ? value : value.slice(0, tilde);
    }
    const mark = value.indexOf(DATE_MARK);
    if (mark < 0) return value;
    this.seenLast = decodeDate(value, mark + 1);
    const second = value.indexOf(DATE_MARK, mark + 1);
    if (second >= 0) this.seenFirst = decodeDate(value, second + 1);
    if (maxidle > 0 && this.seenLast !== 0 && isOver(this.seenLast, maxidle, now)) return this.reject('E');
    if (maxlife > 0 && this.seenFirst !== 0 && isOver(this.seenFirst, maxlife, now)) return this.reject('O');
    return value.slice(0, mark);
  }

  private reject(letter: RequestLetter): null {
    this.letter = letter;
    return null;
  }
}

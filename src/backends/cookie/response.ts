/**
 * The persistence cookie of a response (manual: cookie): the server's own is passed on, rewritten, prefixed or taken out, and one is
 * inserted where the client has none for the server that answered. Checked against HAProxy 2.6.
 */
import type { CookiePolicy } from '../../config/model.js';
import { HM_POST, FACT_METHOD } from '../../core/abi.js';
import { isStorable } from '../../core/cacheable.js';
import type { Stream } from '../../core/stream.js';
import { headerName, type Tx } from '../../core/tx.js';
import { encodeDate, isStale } from './date.js';
import { DATE_MARK, PREFIX_END } from './request.js';
import { isNamed, newPlace, nextCookie } from './scan.js';
import type { ResponseLetter } from './state.js';
import type { CookieValues } from './values.js';

const SET_COOKIE = headerName('set-cookie');
const SET_COOKIE2 = headerName('set-cookie2');
/** For a server without a cookie: the client forgets the one it has. */
const FORGET = '; Expires=Thu, 01-Jan-1970 00:00:01 GMT';

/** False if an edit did not fit. */
export class ResponseCookie {
  private readonly place = newPlace();
  private readonly attributes: string;
  private fits = true;

  constructor(private readonly policy: CookiePolicy, private readonly values: CookieValues) {
    const { domains, httponly, secure, attributes } = policy;
    const parts = ['path=/', ...domains.map((domain) => `domain=${domain}`), ...(httponly ? ['HttpOnly'] : []), ...(secure ? ['Secure'] : []), ...attributes];
    this.attributes = parts.map((part) => `; ${part}`).join('');
  }

  /** Edits the response; `direct`: the server is the one that the request was made for. Returns what was done, null if it did not fit. */
  edit(tx: Tx, stream: Stream, direct: boolean, now: number): ResponseLetter | null {
    const { policy } = this;
    const value = this.values.of(tx.server);
    this.fits = true;
    let letter: ResponseLetter = 'N';
    for (const name of [SET_COOKIE, SET_COOKIE2]) letter = this.editRows(tx, name, value, direct, letter);
    if (policy.mode === 'insert' && this.inserts(tx, letter)) {
      const refresh = direct && this.isOutdated(stream, now);
      if (!direct || refresh) {
        this.insert(tx, stream, value, refresh, now);
        letter = refresh ? 'U' : 'I';
      }
    }
    return this.fits ? letter : null;
  }

  private inserts(tx: Tx, letter: ResponseLetter): boolean {
    if (this.policy.preserve && letter === 'P') return false;
    return !this.policy.postonly || tx.facts[FACT_METHOD] === HM_POST;
  }

  /** True if the client's cookie gets a later date, or one that it lacks, or loses one that isn't wanted any more. */
  private isOutdated({ cookieLast, cookieFirst }: Stream, now: number): boolean {
    const { maxidle, maxlife } = this.policy;
    if (cookieLast !== 0 ? isStale(cookieLast, now) : maxidle > 0) return true;
    return (cookieFirst === 0) === maxlife > 0;
  }

  private editRows(tx: Tx, name: typeof SET_COOKIE, value: string | null, direct: boolean, before: ResponseLetter): ResponseLetter {
    let letter = before;
    for (let row = tx.nextHeader(name, 0); row >= 0;) {
      const line = tx.rowValue(row);
      if (!nextCookie(line, 0, this.place) || !isNamed(line, this.place, this.policy.name)) {
        row = tx.nextHeader(name, row + 1);
        continue;
      }
      letter = 'P';
      if (this.deletes(direct)) {
        this.fits = tx.removeHeader(row) && this.fits;
        letter = 'D';
        row = tx.nextHeader(name, row < tx.headerCount() ? row + 1 : row);
        continue;
      }
      const edited = this.rewritten(line, value);
      if (edited !== null) letter = 'R';
      const sent = edited ?? this.tightened(line);
      if (sent !== line) this.fits = tx.replaceHeader(row, tx.rowName(row), sent) && this.fits;
      row = tx.nextHeader(name, row + 1);
    }
    return letter;
  }

  private deletes(direct: boolean): boolean {
    const { mode, indirect, preserve } = this.policy;
    return !preserve && (mode === 'insert' || (indirect && direct));
  }

  /** The line with the server's value in or before the application's; null if that doesn't apply. */
  private rewritten(line: string, value: string | null): string | null {
    const { mode } = this.policy;
    const { nameEnd, valueStart, valueEnd } = this.place;
    if (value === null || (mode !== 'rewrite' && mode !== 'prefix')) return null;
    const rest = mode === 'rewrite' ? line.slice(valueEnd) : PREFIX_END + line.slice(valueStart);
    return `${line.slice(0, nameEnd)}=${value}${rest}`;
  }

  /** Without blanks around the `=`. */
  private tightened(line: string): string {
    return `${line.slice(0, this.place.nameEnd)}=${line.slice(this.place.valueStart)}`;
  }

  private insert(tx: Tx, { cookieFirst }: Stream, value: string | null, refresh: boolean, now: number): void {
    const { name, maxidle, maxlife, nocache } = this.policy;
    const dates = (maxidle > 0 || maxlife > 0) && value !== null ? this.dates(refresh && cookieFirst !== 0 ? cookieFirst : now, now) : '';
    const storable = nocache && isStorable(tx);
    this.fits = tx.addHeader('set-cookie', `${name}=${value === null ? FORGET : value}${dates}${this.attributes}`) && this.fits;
    if (storable) this.fits = tx.addHeader('cache-control', 'private') && this.fits;
  }

  private dates(first: number, now: number): string {
    const last = DATE_MARK + encodeDate(now);
    return this.policy.maxlife > 0 ? last + DATE_MARK + encodeDate(first) : last;
  }
}

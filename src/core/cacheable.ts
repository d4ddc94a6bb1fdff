/** `option checkcache`: responses that set a cookie and that a cache may keep are blocked (manual: option checkcache). */
import { VERDICT_CONTINUE } from './abi.js';
import { ends } from './ending.js';
import type { RuleSet } from './phase.js';
import type { CompileEnv } from './row.js';
import { headerName, type HeaderName, type Tx } from './tx.js';

const SET_COOKIE = headerName('set-cookie');
const CACHE_CONTROL = headerName('cache-control');
const PRAGMA = headerName('pragma');

/** Statuses and methods that are cacheable unless the response says otherwise. */
const STATUSES: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501]);
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

const KEPT_PRIVATE = /^(?:private|no-store|no-cache|max-age=0|s-maxage=0)$/;
// The cookie alone is not to be kept.
const COOKIE_PRIVATE = /^no-cache="set-cookie["\s]*$/;

/** The directives of a header that may come in several lines, in lower case. */
function* directives(tx: Tx, name: HeaderName): Generator<string> {
  for (let row = tx.nextHeader(name, 0); row >= 0; row = tx.nextHeader(name, row + 1)) {
    for (const part of tx.rowValue(row).split(',')) yield part.trim().toLowerCase();
  }
}

/** True if a cache may keep the response in the window with its cookie. */
function keepsCookie(tx: Tx): boolean {
  let cacheable = STATUSES.has(tx.status()) && METHODS.has(tx.method() ?? '');
  for (const directive of directives(tx, PRAGMA)) if (directive === 'no-cache') return false;
  for (const directive of directives(tx, CACHE_CONTROL)) {
    if (KEPT_PRIVATE.test(directive) || COOKIE_PRIVATE.test(directive)) return false;
    if (directive === 'public') cacheable = true;
  }
  return cacheable;
}

const LATER = /^(?:s-maxage|max-age)=0*[1-9]/;
const VALIDATORS = ['last-modified', 'etag', 'expires'].map(headerName);

/**
 * True if a cache may store the response, whatever it does about its cookies: it is cacheable and says when it is to be asked for again
 * (RFC 9111, section 3).
 */
export function isStorable(tx: Tx): boolean {
  let cacheable = STATUSES.has(tx.status()) && METHODS.has(tx.method() ?? '');
  let renewable = VALIDATORS.some((name) => tx.nextHeader(name, 0) >= 0);
  for (const directive of directives(tx, PRAGMA)) if (directive === 'no-cache') return false;
  for (const directive of directives(tx, CACHE_CONTROL)) {
    if (KEPT_PRIVATE.test(directive)) return false;
    if (directive === 'public') cacheable = true;
    renewable ||= LATER.test(directive);
  }
  return cacheable && renewable;
}

/** The step that denies such responses with 502. */
export function cacheStep(env: CompileEnv): RuleSet {
  const refuse = env.error(502);
  return (tx) => {
    if (tx.nextHeader(SET_COOKIE, 0) < 0 || !keepsCookie(tx)) return VERDICT_CONTINUE;
    env.counters.denied(tx);
    ends(tx, 'P');
    return refuse(tx);
  };
}

/** `capture request header`, `capture response header` and `capture cookie`: what a frontend keeps of each message (manual: capture). */
import type { Captures } from '../config/model.js';
import { VERDICT_CONTINUE } from './abi.js';
import type { RuleSet } from './phase.js';
import { headerName, type HeaderName, type Tx } from './tx.js';

export type Side = 'request' | 'response';

/** Puts text into a slot of the frontend, cut to the slot's length; a slot that the frontend does not have is no slot. */
export function keepCapture(tx: Tx, captures: Captures, side: Side, slot: number, text: string): void {
  const capture = captures[side][slot];
  if (capture === undefined) return;
  const { requestCaptures, responseCaptures } = tx.stream();
  (side === 'request' ? requestCaptures : responseCaptures)[slot] = text.slice(0, capture.length);
}

function lastValue(tx: Tx, name: HeaderName): string | undefined {
  let value: string | undefined;
  for (let row = tx.nextHeader(name, 0); row >= 0; row = tx.nextHeader(name, row + 1)) value = tx.rowValue(row);
  return value;
}

const COOKIE = headerName('cookie');
const SET_COOKIE = headerName('set-cookie');

/** The first `name=value` of the message's cookies that starts with the prefix. */
function cookieOf(tx: Tx, side: Side, prefix: string): string | undefined {
  const header = side === 'request' ? COOKIE : SET_COOKIE;
  for (let row = tx.nextHeader(header, 0); row >= 0; row = tx.nextHeader(header, row + 1)) {
    const parts = tx.rowValue(row).split(';');
    // What follows the first semicolon of a Set-Cookie are attributes.
    for (const part of side === 'request' ? parts : parts.slice(0, 1)) {
      const cookie = part.trim();
      if (cookie.startsWith(prefix)) return cookie;
    }
  }
  return undefined;
}

/** The step that captures headers and the cookie of one side; null if nothing is to be captured. */
export function captureStep(captures: Captures, side: Side): RuleSet {
  const headers = captures[side].flatMap(({ header }, slot) => (header === null ? [] : [{ slot, name: headerName(header) }]));
  const { cookie } = captures;
  if (headers.length === 0 && cookie === null) return null;
  return (tx) => {
    for (const { slot, name } of headers) {
      const value = lastValue(tx, name);
      if (value !== undefined) keepCapture(tx, captures, side, slot, value);
    }
    const found = cookie === null ? undefined : cookieOf(tx, side, cookie.prefix)?.slice(0, cookie.length);
    if (found !== undefined) tx.stream()[side === 'request' ? 'requestCookie' : 'responseCookie'] = found;
    return VERDICT_CONTINUE;
  };
}

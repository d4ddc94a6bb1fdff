import type { Cursor } from '../../config/cursor.js';
import type { LogFormat } from '../../config/model.js';
import type { Word } from '../../config/source.js';
import { VERDICT_CONTINUE } from '../abi.js';
import { rawResponse, responseHead, type ReplyHeader } from '../response.js';
import type { ActionRow, CompileEnv } from '../row.js';
import { headerName, type Tx } from '../tx.js';
import { answer, cannedAnswer } from './answer.js';
import { constantText } from './reply.js';

type Target = 'location' | 'prefix' | 'scheme';

/** A redirect rule (manual: redirect). */
export interface Redirect {
  readonly target: Target;
  readonly value: LogFormat;
  readonly code: number;
  readonly dropQuery: boolean;
  readonly keepQuery: boolean;
  readonly appendSlash: boolean;
  readonly ignoreEmpty: boolean;
  /** Value of the Set-Cookie header, null = none. */
  readonly cookie: LogFormat | null;
}

type Draft = { -readonly [K in keyof Omit<Redirect, 'target' | 'value'>]: Redirect[K] } & { target: Target | null; value: LogFormat | null };

const CODES = [301, 302, 303, 307, 308];
/** Answers that a browser must not keep. */
const TEMPORARY = [302, 303, 307];
const TYPES = "'prefix', 'location', or 'scheme'";
const EXPECTED = "'code', 'prefix', 'location', 'scheme', 'set-cookie', 'set-cookie-fmt', 'clear-cookie', 'drop-query', 'keep-query', 'ignore-empty' or 'append-slash'";

const literal = (text: string): LogFormat => ({ items: [{ kind: 'text', text }], text });

function argument(cursor: Cursor, word: Word): Word | undefined {
  const next = cursor.done() ? undefined : cursor.next();
  return next === undefined || next.text === '' ? cursor.error(word, `missing argument for '${word.text}'`) : next;
}

type Read = (cursor: Cursor, draft: Draft, word: Word) => boolean;

const readTarget: Read = (cursor, draft, word) => {
  const next = argument(cursor, word);
  if (next === undefined) return false;
  if (cursor.family === 'http-response' && word.text !== 'location') {
    cursor.error(word, "response only supports redirect type 'location'");
    return false;
  }
  const format = cursor.logFormat(next);
  if (format === undefined) return false;
  draft.target = word.text as Target;
  draft.value = format;
  return true;
};

const readCookie = (make: (text: string) => string): Read => (cursor, draft, word) => {
  const next = argument(cursor, word);
  if (next === undefined) return false;
  draft.cookie = literal(make(next.text));
  return true;
};

const flag = (set: (draft: Draft) => void): Read => (_cursor, draft) => {
  set(draft);
  return true;
};

const WORDS: Readonly<Record<string, Read>> = {
  location: readTarget,
  prefix: readTarget,
  scheme: readTarget,
  code(cursor, draft, word) {
    const next = argument(cursor, word);
    if (next === undefined) return false;
    const code = Number(next.text);
    if (!CODES.includes(code)) {
      cursor.error(next, `'code': unsupported HTTP code '${next.text}' (must be one of 301, 302, 303, 307 or 308)`);
      return false;
    }
    draft.code = code;
    return true;
  },
  'set-cookie': readCookie((text) => `${text}; path=/;`),
  'clear-cookie': readCookie((text) => `${text}; path=/; Max-Age=0;`),
  'set-cookie-fmt'(cursor, draft, word) {
    const next = argument(cursor, word);
    const format = next === undefined ? undefined : cursor.logFormat(next);
    if (format === undefined) return false;
    draft.cookie = { items: [...format.items, { kind: 'text', text: '; path=/;' }], text: `${format.text}; path=/;` };
    return true;
  },
  'drop-query': flag((draft) => (draft.dropQuery = true)),
  'keep-query': flag((draft) => (draft.keepQuery = true)),
  'append-slash': flag((draft) => (draft.appendSlash = true)),
  'ignore-empty': flag((draft) => (draft.ignoreEmpty = true)),
};

/** Reads the words of a redirect rule: for the action and for the keyword `redirect`. */
export function parseRedirect(cursor: Cursor): Redirect | undefined {
  const draft: Draft = {
    target: null, value: null, code: 302, dropQuery: false, keepQuery: false, appendSlash: false, ignoreEmpty: false, cookie: null,
  };
  while (!cursor.done()) {
    const word = cursor.next();
    if (word === undefined) break;
    const read = Object.hasOwn(WORDS, word.text) ? WORDS[word.text] : undefined;
    if (read === undefined) return cursor.error(word, `expects ${EXPECTED} (was '${word.text}')`);
    if (!read(cursor, draft, word)) return undefined;
  }
  const { target, value } = draft;
  if (target === null || value === null) return cursor.error(cursor.keywordSpan, `redirection type expected (${TYPES})`);
  return { ...draft, target, value };
}

const HOST = headerName('host');

/** Path and query of the request, as the options want them. */
function rest(tx: Tx, redirect: Redirect): string {
  const path = tx.pathq() ?? '/';
  const mark = redirect.dropQuery ? path.indexOf('?') : -1;
  const kept = mark < 0 ? path : path.slice(0, mark);
  return redirect.appendSlash && !kept.endsWith('/') ? `${kept}/` : kept;
}

function withQuery(location: string, query: string | undefined): string {
  if (query === undefined || query === '') return location;
  return `${location}${location.includes('?') ? '&' : '?'}${query}`;
}

/** What the Location header says, by the kind of the rule. */
const LOCATIONS: Readonly<Record<Target, (tx: Tx, value: string, redirect: Redirect) => string>> = {
  location: (tx, value, redirect) => (redirect.keepQuery ? withQuery(value, tx.query()) : value),
  prefix: (tx, value, redirect) => (value === '/' ? '' : value) + rest(tx, redirect),
  scheme: (tx, value, redirect) => `${value}://${tx.header(HOST) ?? ''}${rest(tx, redirect)}`,
};

function headersOf(redirect: Redirect, location: string, cookie: string | null): ReplyHeader[] {
  const headers: ReplyHeader[] = [['content-length', '0'], ['location', location]];
  if (TEMPORARY.includes(redirect.code)) headers.push(['cache-control', 'no-cache']);
  if (cookie !== null) headers.push(['set-cookie', cookie]);
  return headers;
}

/** The verdict for a request that is redirected; CONTINUE if the location is empty and that means no redirect. */
export function compileRedirect(redirect: Redirect, env: CompileEnv): (tx: Tx) => number {
  const location = redirect.target === 'location' && !redirect.keepQuery ? constantText(redirect.value) : undefined;
  const cookie = redirect.cookie === null ? null : constantText(redirect.cookie);
  if (location !== undefined && cookie !== undefined) {
    const sent = cannedAnswer(env, rawResponse(redirect.code, headersOf(redirect, location, cookie), ''));
    return (tx) => {
      if (!tx.isResponse()) env.counters.intercepted(tx);
      return sent;
    };
  }
  const value = env.logFormat(redirect.value);
  const makeCookie = redirect.cookie === null ? () => null : env.logFormat(redirect.cookie);
  const send = answer(env);
  return (tx) => {
    const text = value(tx);
    if (text === '' && redirect.ignoreEmpty) return VERDICT_CONTINUE;
    if (!tx.isResponse()) env.counters.intercepted(tx);
    return send(tx, responseHead(redirect.code, headersOf(redirect, LOCATIONS[redirect.target](tx, text, redirect), makeCookie(tx))), '');
  };
}

export const redirectAction: ActionRow<Redirect> = {
  name: 'redirect', families: ['http-request', 'http-response'], final: true, doc: 'answers with a redirection',
  parse: parseRedirect,
  compile: compileRedirect,
};

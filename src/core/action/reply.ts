import type { Cursor } from '../../config/cursor.js';
import type { Span } from '../../config/diagnostic.js';
import type { HttpReply, LogFormat } from '../../config/model.js';
import type { Word } from '../../config/source.js';
import { ERROR_STATUSES, rawResponse, responseHead, type ReplyHeader } from '../response.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import { answer, cannedAnswer } from './answer.js';

/** A reply as read: of kind `errorfiles` it may name an http-errors section. */
export interface ParsedReply extends HttpReply {
  readonly section?: { readonly name: string; readonly span: Span };
}

interface Draft {
  status: number | null;
  statusWord: Word | null;
  contentType: Word | null;
  /** The word that said where the content comes from, and whether something more than a status was given. */
  source: Word | null;
  touched: boolean;
  kind: HttpReply['kind'];
  raw: string;
  section: Word | null;
  body: string | LogFormat | null;
  headers: { name: string; value: LogFormat }[];
  headerWord: Word | null;
}

type Read = (cursor: Cursor, draft: Draft, word: Word) => boolean;

/** Takes the argument of a word that says where the content comes from; only one of them may stand. */
function source(what: string | null, read: (cursor: Cursor, draft: Draft, argument: Word) => boolean): Read {
  return (cursor, draft, word) => {
    if (draft.source !== null) {
      cursor.error(word, `unexpected '${word.text}' argument, '${draft.source.text}' already defined`, 'Keep only one of them.');
      return false;
    }
    draft.source = word;
    draft.touched = true;
    if (what === null) return read(cursor, draft, word);
    const argument = cursor.next();
    if (argument === undefined || argument.text === '') {
      cursor.error(word, `'${word.text}' expects ${what} as argument`);
      return false;
    }
    return read(cursor, draft, argument);
  };
}

const readStatus: Read = (cursor, draft, word) => {
  const argument = cursor.next();
  if (argument === undefined) {
    cursor.error(word, `'${word.text}' expects <status_code> as argument`);
    return false;
  }
  const status = /^[0-9]+$/.test(argument.text) ? Number(argument.text) : 0;
  if (status < 200 || status > 599) {
    cursor.error(argument, `Unexpected status code '${argument.text}'`, 'Use a code from 200 to 599.');
    return false;
  }
  draft.status = status;
  draft.statusWord = argument;
  if (word.text === 'status') draft.touched = true;
  return true;
};

const readContentType: Read = (cursor, draft, word) => {
  const argument = cursor.next();
  if (argument === undefined || argument.text === '') {
    cursor.error(word, `'content-type' expects <ctype> as argument`);
    return false;
  }
  draft.contentType = argument;
  draft.touched = true;
  return true;
};

const readHeader: Read = (cursor, draft, word) => {
  const name = cursor.next();
  const value = cursor.next();
  if (name === undefined || value === undefined || name.text === '') {
    cursor.error(word, `'hdr' expects <name> and <value> as arguments`);
    return false;
  }
  const format = cursor.logFormat(value);
  if (format === undefined) return false;
  draft.headers.push({ name: name.text.toLowerCase(), value: format });
  draft.headerWord = word;
  draft.touched = true;
  return true;
};

function formatOf(cursor: Cursor, draft: Draft, word: Word): boolean {
  const format = cursor.logFormat(word);
  if (format === undefined) return false;
  draft.body = format;
  return true;
}

const WORDS: Readonly<Record<string, Read>> = {
  status: readStatus,
  deny_status: readStatus,
  'content-type': readContentType,
  hdr: readHeader,
  'default-errorfiles': source(null, (_cursor, draft) => {
    draft.kind = 'errorfiles';
    return true;
  }),
  errorfile: source('<fmt>', (cursor, draft, word) => {
    const response = cursor.rawResponse(word, draft.status ?? 200);
    if (response === undefined) return false;
    draft.kind = 'raw';
    draft.raw = response.raw;
    return true;
  }),
  errorfiles: source('<name>', (_cursor, draft, word) => {
    draft.kind = 'errorfiles';
    draft.section = word;
    return true;
  }),
  string: source('<str>', (_cursor, draft, word) => {
    draft.body = word.text;
    return true;
  }),
  'lf-string': source('<fmt>', formatOf),
  file: source('<file>', (cursor, draft, word) => {
    const content = cursor.file(word);
    if (content === undefined) return false;
    draft.body = content;
    return true;
  }),
  'lf-file': source('<file>', (cursor, draft, word) => {
    const content = cursor.file(word);
    return content !== undefined && formatOf(cursor, draft, { text: content, span: word.span, offsets: null });
  }),
};

/** Reads the reply of a rule; `implied` is what no word but deny_status means. */
export function parseRuleReply(cursor: Cursor, defaultStatus: number, implied: 'errorfiles' | 'payload'): HttpReply | undefined {
  const parsed = parseReply(cursor, defaultStatus, implied);
  if (parsed?.section === undefined) return parsed;
  const { section, ...reply } = parsed;
  const data: { -readonly [K in keyof HttpReply]: HttpReply[K] } = reply;
  // Without a response for the status there, the proxy's own is sent.
  cursor.httpErrors({ text: section.name, span: section.span, offsets: null }, data.status, (raw) => {
    data.kind = 'raw';
    data.raw = raw;
  });
  return data;
}

/** Reads the words of a reply whose status, if it is given, is one of `statuses`. */
export function parseReply(
  cursor: Cursor, defaultStatus: number, implied: 'errorfiles' | 'payload', statuses: readonly number[] | null = null,
): ParsedReply | undefined {
  const draft: Draft = {
    status: null, statusWord: null, contentType: null, source: null, touched: false, kind: 'payload', raw: '', section: null, body: null, headers: [], headerWord: null,
  };
  for (let word = cursor.peek(); word !== undefined && !cursor.done(); word = cursor.peek()) {
    const read = WORDS[word.text];
    // What is not one of the reply's words is left to the caller, who expects `if` or `unless`.
    if (read === undefined || (word.text === 'deny_status' && implied === 'payload')) break;
    cursor.next();
    if (!read(cursor, draft, word)) return undefined;
  }
  if (statuses !== null && draft.status !== null && !statuses.includes(draft.status)) {
    return cursor.error(draft.statusWord!, `Unexpected status code '${draft.status}'`, `Use one of ${statuses.join(', ')}.`);
  }
  if (!draft.touched) draft.kind = implied;
  return finish(cursor, draft, draft.status ?? defaultStatus);
}

function finish(cursor: Cursor, draft: Draft, status: number): ParsedReply | undefined {
  const { kind, contentType, body, section } = draft;
  if (kind === 'errorfiles' && status !== 0 && !ERROR_STATUSES.includes(status)) {
    return cursor.error(draft.statusWord ?? cursor.keywordSpan, `status code '${status}' not handled by default with '${section === null ? 'default-errorfiles' : 'errorfiles'}' argument`,
      `Use one of ${ERROR_STATUSES.join(', ')}, or give the reply's content.`);
  }
  const bodiless = status === 204 || status === 304;
  if (kind === 'payload' && isFilled(body) && bodiless) return cursor.error(draft.source!, `No body expected for ${status} responses`);
  if (kind === 'payload' && isFilled(body) && contentType === null) {
    return cursor.error(draft.source!, 'a content type must be defined when non-empty payload is configured', "Add 'content-type <type>'.");
  }
  if (contentType !== null && !isFilled(body)) {
    const why = kind === 'payload' && body === null ? 'neither errorfile nor payload defined' : kind === 'payload' ? 'the payload is empty' : 'it is used with an errorfile';
    cursor.warn(contentType, `content-type '${contentType.text}' ignored by the http reply because ${why}`);
  }
  if (draft.headerWord !== null && kind !== 'payload') cursor.warn(draft.headerWord, 'hdr parameters ignored by the http reply when used with an errorfile');
  return {
    status, kind, raw: draft.raw, contentType: isFilled(body) ? (contentType?.text ?? null) : null, body, headers: kind === 'payload' ? draft.headers : [],
    ...(section === null ? {} : { section: { name: section.text, span: section.span } }),
  };
}

const isFilled = (body: HttpReply['body']): boolean => body !== null && (typeof body === 'string' ? body !== '' : body.text !== '');

/** The text of a log-format string that is the same for every request, undefined if a part of it depends on the request. */
export function constantText(format: LogFormat): string | undefined {
  let text = '';
  for (const item of format.items) {
    if (item.kind !== 'text') return undefined;
    text += item.text;
  }
  return text;
}

const constantBody = ({ body }: HttpReply): string | undefined => (typeof body === 'string' || body === null ? (body ?? '') : constantText(body));

/** The response as on the wire, if it is the same for every request and not the proxy's own. */
export function constantReply(reply: HttpReply): string | undefined {
  if (reply.kind !== 'payload') return reply.kind === 'raw' ? reply.raw : undefined;
  const body = constantBody(reply);
  const headers: ReplyHeader[] = [];
  for (const { name, value } of reply.headers) {
    const text = constantText(value);
    if (text === undefined) return undefined;
    headers.push([name, text]);
  }
  return body === undefined ? undefined : rawResponse(reply.status, allHeaders(reply, headers, body), body);
}

/** What sends the reply. Constant ones are registered with the engine once; the others are made for each request. */
export function compileReply(reply: HttpReply, env: CompileEnv): (tx: Tx) => number {
  if (reply.kind === 'errorfiles') return env.error(reply.status);
  const raw = constantReply(reply);
  if (raw !== undefined) {
    const sent = cannedAnswer(env, raw);
    return () => sent;
  }
  const body = constantBody(reply);
  const makeBody = body !== undefined ? () => body : env.logFormat(reply.body as LogFormat);
  const makers = reply.headers.map(({ name, value }) => ({ name, make: env.logFormat(value) }));
  const send = answer(env);
  return (tx) => {
    const made = makeBody(tx);
    const own: ReplyHeader[] = [];
    for (const { name, make } of makers) own.push([name, make(tx)]);
    return send(tx, responseHead(reply.status, allHeaders(reply, own, made)), made);
  };
}

function allHeaders(reply: HttpReply, own: readonly ReplyHeader[], body: string): ReplyHeader[] {
  const headers = own.filter(([, value]) => value !== '');
  headers.push(['content-length', String(body.length)]);
  if (body !== '' && reply.contentType !== null) headers.push(['content-type', reply.contentType]);
  return headers;
}

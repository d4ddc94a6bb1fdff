/** HTTP/1 as health checks speak it: one request, one response, then the connection ends. Text is latin1, one char a byte. */

/** A response head. Offsets are of the bytes received. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Minor version of HTTP/1. */
  readonly version: number;
  /** Names as received; values without surrounding blanks. */
  readonly headers: readonly HeaderField[];
  readonly length: number;
  readonly reasonAt: number;
}

export interface HeaderField {
  readonly name: string;
  readonly value: string;
  readonly nameAt: number;
  readonly valueAt: number;
}

const STATUS_LINE = /^HTTP\/1\.([0-9]) ([0-9]{3})(?: ([^\r\n]*))?$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const PREFIX = 'HTTP/1.';

/** The head at the start of `text`: null if it is no response, 'more' if it may still become one. */
export function parseHead(text: string): ResponseHead | 'more' | null {
  if (!PREFIX.startsWith(text.slice(0, PREFIX.length))) return null;
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0) return 'more';
  const line = text.slice(0, text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd);
  const found = STATUS_LINE.exec(line);
  if (found === null) return null;
  const fields = parseFields(text, lineEnd + 1);
  if (fields === null || fields === 'more') return fields;
  const reason = found[3] ?? '';
  return { status: Number(found[2]), reason, version: Number(found[1]), headers: fields.headers, length: fields.end, reasonAt: line.length - reason.length };
}

function parseFields(text: string, from: number): { readonly headers: HeaderField[]; readonly end: number } | 'more' | null {
  const headers: HeaderField[] = [];
  for (let at = from; ; ) {
    const end = text.indexOf('\n', at);
    if (end < 0) return 'more';
    const stop = text[end - 1] === '\r' && end - 1 >= at ? end - 1 : end;
    if (stop === at) return { headers, end: end + 1 };
    const field = parseField(text, at, stop);
    if (field === null) return null;
    headers.push(field);
    at = end + 1;
  }
}

function parseField(text: string, at: number, stop: number): HeaderField | null {
  const colon = text.indexOf(':', at);
  if (colon < 0 || colon >= stop) return null;
  const name = text.slice(at, colon);
  if (!TOKEN.test(name)) return null;
  let from = colon + 1;
  let to = stop;
  while (from < to && (text[from] === ' ' || text[from] === '\t')) from++;
  while (to > from && (text[to - 1] === ' ' || text[to - 1] === '\t')) to--;
  const value = text.slice(from, to);
  return /[\0\r]/.test(value) ? null : { name, value, nameAt: at, valueAt: from };
}

/** Values of a header; names are compared without case. */
export function valuesOf({ headers }: ResponseHead, name: string): string[] {
  return headers.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
}

/** What has arrived of a body, without its framing. `whole`: nothing is missing. null: the framing is broken. */
export interface Body {
  readonly text: string;
  readonly whole: boolean;
}

/** The body behind a head. `ended`: the server has closed; `method` is the request's. */
export function parseBody(head: ResponseHead, text: string, ended: boolean, method: string): Body | null {
  const { status } = head;
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { text: '', whole: true };
  const rest = text.slice(head.length);
  const coding = valuesOf(head, 'transfer-encoding').join(',').toLowerCase();
  if (coding !== '') return /(?:^|,)\s*chunked\s*$/.test(coding) ? parseChunks(rest) : { text: rest, whole: ended };
  const lengths = new Set(valuesOf(head, 'content-length').flatMap((value) => value.split(/\s*,\s*/)));
  if (lengths.size === 0) return { text: rest, whole: ended };
  const [length = ''] = lengths;
  if (lengths.size > 1 || !/^[0-9]{1,15}$/.test(length)) return null;
  return { text: rest.slice(0, Number(length)), whole: rest.length >= Number(length) };
}

function parseChunks(text: string): Body | null {
  let body = '';
  for (let at = 0; ; ) {
    const end = text.indexOf('\n', at);
    if (end < 0) return { text: body, whole: false };
    const found = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?$/.exec(text.slice(at, end));
    if (found === null) return null;
    const size = parseInt(found[1]!, 16);
    // The trailers don't matter.
    if (size === 0) return { text: body, whole: true };
    body += text.slice(end + 1, end + 1 + size);
    at = end + 1 + size;
    if (at >= text.length) return { text: body, whole: false };
    const line = /^\r?\n/.exec(text.slice(at, at + 2));
    if (line === null) return text[at] === '\r' && at + 1 === text.length ? { text: body, whole: false } : null;
    at += line[0].length;
  }
}

export interface Request {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
}

/**
 * The bytes of a request. A Host header and the authority of the target agree, the header's word counts; HTTP/1.1 says that it
 * closes, unless a header says something else (manual: http-check send).
 */
export function requestBytes({ method, uri, version, headers, body }: Request): Buffer {
  const host = headers.find(([name]) => name === 'host')?.[1];
  const target = host === undefined ? uri : uri.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/?#]*/, (_, scheme: string) => `${scheme}${host}`);
  let text = `${method} ${target} ${version}\r\n`;
  for (const [name, value] of headers) if (name !== 'connection') text += `${name}: ${value}\r\n`;
  if (body !== null) text += `content-length: ${body.length}\r\n`;
  const connection = headers.filter(([name]) => name === 'connection');
  for (const [name, value] of connection) text += `${name}: ${value}\r\n`;
  if (version !== 'HTTP/1.0' && connection.length === 0) text += 'connection: close\r\n';
  return Buffer.from(`${text}\r\n${body ?? ''}`, 'latin1');
}

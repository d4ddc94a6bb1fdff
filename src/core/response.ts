/** Responses made by the proxy itself: status lines, error bodies, raw bytes (latin1, one char a byte). */

const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue', 101: 'Switching Protocols', 102: 'Processing', 103: 'Early Hints', 200: 'OK', 201: 'Created', 202: 'Accepted',
  203: 'Non-Authoritative Information', 204: 'No Content', 205: 'Reset Content', 206: 'Partial Content', 207: 'Multi-Status', 210: 'Content Different',
  226: 'IM Used', 300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified', 305: 'Use Proxy',
  307: 'Temporary Redirect', 308: 'Permanent Redirect', 310: 'Too many Redirects', 400: 'Bad Request', 401: 'Unauthorized', 402: 'Payment Required',
  403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable', 407: 'Proxy Authentication Required', 408: 'Request Timeout',
  409: 'Conflict', 410: 'Gone', 411: 'Length Required', 412: 'Precondition Failed', 413: 'Content Too Large', 414: 'URI Too Long',
  415: 'Unsupported Media Type', 416: 'Range Not Satisfiable', 417: 'Expectation Failed', 418: "I'm a teapot", 421: 'Misdirected Request',
  422: 'Unprocessable Content', 423: 'Locked', 424: 'Failed Dependency', 425: 'Too Early', 426: 'Upgrade Required', 428: 'Precondition Required',
  429: 'Too Many Requests', 431: 'Request Header Fields Too Large', 451: 'Unavailable For Legal Reasons', 500: 'Internal Server Error',
  501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout', 505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates', 507: 'Insufficient Storage', 508: 'Loop Detected', 510: 'Not Extended', 511: 'Network Authentication Required',
};

/** What a status means where it has no name of its own, by its first digit. */
const CLASSES = ['', 'Informational', 'Success', 'Redirection', 'Client Error', 'Server Error', 'Other', 'Other', 'Other', 'Other'] as const;

export function reasonPhrase(status: number): string {
  return REASONS[status] ?? CLASSES[Math.floor(status / 100)] ?? 'Other';
}

/** A header of a reply. */
export type ReplyHeader = readonly [name: string, value: string];

/** Status line and header lines, each with its CRLF, without the empty line. */
export function responseHead(status: number, headers: readonly ReplyHeader[]): string {
  let head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  return head;
}

/** A whole response as on the wire. */
export function rawResponse(status: number, headers: readonly ReplyHeader[], body: string): string {
  return `${responseHead(status, headers)}\r\n${body}`;
}

/** One sentence for people under the status of a built-in error response. */
const SENTENCES: Readonly<Record<number, string>> = {
  200: 'The service is ready.',
  400: 'The request could not be understood.',
  401: 'A user name and a password are needed for this page.',
  403: 'Access is forbidden by rules of the proxy.',
  404: 'There is nothing at this address.',
  405: 'This method is not allowed here.',
  407: 'A user name and a password are needed for this proxy.',
  408: 'The request did not arrive in time.',
  410: 'What was at this address is gone for good.',
  413: 'The content is larger than allowed.',
  414: 'The address is longer than allowed.',
  421: 'This server does not answer for that address.',
  422: 'The content could not be processed.',
  425: 'The request came before the connection was safe from replays.',
  429: 'Too many requests have come in a short time.',
  431: 'The header fields are larger than allowed.',
  500: 'The proxy met an internal error.',
  501: 'This method is not supported.',
  502: 'The server gave an answer that is not valid or not complete.',
  503: 'No server is available for this request.',
  504: 'The server did not answer in time.',
};

/** Statuses that have a built-in error response and may have an errorfile (manual: errorfile). */
export const ERROR_STATUSES: readonly number[] = Object.keys(SENTENCES).map(Number);

/** The built-in response for a status of ERROR_STATUSES, as on the wire. */
export function builtinError(status: number): string {
  const body = `<html><body><h1>${status} ${reasonPhrase(status)}</h1>\n${SENTENCES[status] ?? ''}\n</body></html>\n`;
  return rawResponse(status, [['content-length', String(body.length)], ['cache-control', 'no-cache'], ['content-type', 'text/html']], body);
}

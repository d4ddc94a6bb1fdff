/** The first message of a TLS handshake (RFC 8446, section 4.1; RFC 5246, 7.4.1) in raw bytes; latin1, one char a byte. */

/** What a record with a handshake message holds. */
export interface Hello {
  /** Type of the handshake message: 1 = client, 2 = server. */
  readonly type: number;
  /** Client version: major * 65536 + minor. */
  readonly version: number;
  /** What a client offers; null in other messages and in those that can't be read. */
  readonly client: ClientHello | null;
}

export interface ClientHello {
  /** Two bytes for each. */
  readonly ciphers: string;
  /** By type; the first of each. Null: the message ends before them. */
  readonly extensions: ReadonlyMap<number, string> | null;
}

const HANDSHAKE = 22;
const RECORD = 5;
const HEADER = 4;
const CLIENT_HELLO = 1;
const RANDOM = 32;
const LONGEST_SESSION_ID = 32;

/** More bytes are needed: undefined. These are none of TLS: null. */
export type Maybe<T> = T | null | undefined;

const byte = (bytes: string, at: number): number => bytes.charCodeAt(at);
const word = (bytes: string, at: number): number => (byte(bytes, at) << 8) | byte(bytes, at + 1);

/** The content of a vector whose length stands in `width` bytes at `at`, and where it ends; null if it goes over the end. */
function vector(bytes: string, at: number, width: 1 | 2): { readonly text: string; readonly end: number } | null {
  if (at + width > bytes.length) return null;
  const from = at + width;
  const end = from + (width === 1 ? byte(bytes, at) : word(bytes, at));
  return end > bytes.length ? null : { text: bytes.slice(from, end), end };
}

export function parseHello(bytes: string): Maybe<Hello> {
  if (bytes.length > 0 && byte(bytes, 0) !== HANDSHAKE) return null;
  if (bytes.length < RECORD) return undefined;
  const length = word(bytes, 3);
  if (byte(bytes, 1) < 3 || length < HEADER) return null;
  if (bytes.length < RECORD + length) return undefined;
  const message = bytes.slice(RECORD, RECORD + length);
  const body = (byte(message, 1) << 16) | word(message, 2);
  // A message that goes on in another record is not put together.
  if (HEADER + body > message.length) return null;
  const type = byte(message, 0);
  const content = message.slice(HEADER, HEADER + body);
  const version = content.length < 2 ? 0 : byte(content, 0) * 65536 + byte(content, 1);
  return { type, version, client: type === CLIENT_HELLO ? parseClientHello(content) : null };
}

function parseClientHello(body: string): ClientHello | null {
  // Before TLS 1.0 there were no extensions.
  if (body.length < 2 + RANDOM + 1 || byte(body, 0) !== 3 || byte(body, 1) < 1) return null;
  const session = vector(body, 2 + RANDOM, 1);
  if (session === null || session.text.length > LONGEST_SESSION_ID) return null;
  const ciphers = vector(body, session.end, 2);
  const compression = ciphers === null ? null : vector(body, ciphers.end, 1);
  if (ciphers === null || compression === null) return null;
  const extensions = compression.end === body.length ? null : vector(body, compression.end, 2);
  return { ciphers: ciphers.text, extensions: extensions === null ? null : parseExtensions(extensions.text) };
}

function parseExtensions(bytes: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (let at = 0; at + 4 <= bytes.length;) {
    const content = vector(bytes, at + 2, 2);
    if (content === null) break;
    const type = word(bytes, at);
    if (!found.has(type)) found.set(type, content.text);
    at = content.end;
  }
  return found;
}

export const EXTENSION = { serverName: 0, supportedGroups: 10, signatureAlgorithms: 13, alpn: 16, sessionTicket: 35, keyShare: 51 } as const;

/** The host name of the server name extension (RFC 6066, section 3). */
export function serverName(extension: string): string | undefined {
  const list = vector(extension, 0, 2);
  if (list === null || list.text.length < 3 || byte(list.text, 0) !== 0) return undefined;
  return vector(list.text, 1, 2)?.text;
}

/** The protocol that a client likes best (RFC 7301). */
export function firstProtocol(extension: string): string | undefined {
  const list = vector(extension, 0, 2);
  return list === null ? undefined : (vector(list.text, 0, 1)?.text);
}

/** The content of an extension that is one list. */
export function listOf(extension: string): string | undefined {
  return vector(extension, 0, 2)?.text;
}

/** The groups of key shares (RFC 8446, section 4.2.8), two bytes for each. */
export function keyShareGroups(extension: string): string | undefined {
  const list = vector(extension, 0, 2)?.text;
  if (list === undefined) return undefined;
  let groups = '';
  for (let at = 0; at + 4 <= list.length;) {
    const key = vector(list, at + 2, 2);
    if (key === null) break;
    groups += list.slice(at, at + 2);
    at = key.end;
  }
  return groups;
}

const SSL2_HEADER = 0x80;
const SSL2_LEAST = 9;

/** The version of a hello message of SSL 2.0 (RFC 6101, appendix E), with a two-byte header. */
export function ssl2Version(bytes: string): Maybe<number> {
  if (bytes.length > 0 && byte(bytes, 0) < SSL2_HEADER) return null;
  if (bytes.length < 5) return undefined;
  const length = ((byte(bytes, 0) & 0x7f) << 8) | byte(bytes, 1);
  if (length < SSL2_LEAST || byte(bytes, 2) !== CLIENT_HELLO) return null;
  return bytes.length < 2 + length ? undefined : byte(bytes, 3) * 65536 + byte(bytes, 4);
}

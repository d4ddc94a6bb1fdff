/** What the first message of a TLS handshake tells before anybody deciphers anything (manual, 7.3.5). */
import type { FetchRow, Needs, SampleType, Value } from '../row.js';
import { EXTENSION, firstProtocol, keyShareGroups, listOf, parseHello, serverName, ssl2Version, type ClientHello, type Hello, type Maybe } from '../tls_hello.js';
import type { Tx } from '../tx.js';
import { isRaw, tooShort } from './raw.js';

/** Rules ask for several parts of one message: it is taken apart once. */
const last: { tx: Tx | null; serial: number; length: number; hello: Maybe<Hello> } = { tx: null, serial: -1, length: -1, hello: null };

function helloOf(tx: Tx): Hello | undefined {
  if (!isRaw(tx)) return undefined;
  const length = tx.bodyLength();
  if (last.tx !== tx || last.serial !== tx.serial || last.length !== length) Object.assign(last, { tx, serial: tx.serial, length, hello: parseHello(tx.body()) });
  if (last.hello === undefined) return tooShort(tx);
  return last.hello ?? undefined;
}

function version(tx: Tx): number | undefined {
  const hello = helloOf(tx);
  if (hello !== undefined || last.hello !== null || !isRaw(tx)) return hello?.version;
  const old = ssl2Version(tx.body());
  return old === undefined ? tooShort(tx) : (old ?? undefined);
}

function row(name: string, out: SampleType, needs: Needs, doc: string, read: (tx: Tx) => Value | undefined): FetchRow {
  return { name, args: [], out, needs, doc, compile: () => read };
}

/** A part of what the client offers. */
function offered(name: string, out: SampleType, doc: string, read: (client: ClientHello) => Value | undefined): FetchRow {
  return row(name, out, 'request-body', doc, (tx) => {
    const client = helloOf(tx)?.client;
    return client == null ? undefined : read(client);
  });
}

/** An extension, where the client sent it. */
function extension(name: string, out: SampleType, doc: string, type: number, read: (content: string) => Value | undefined): FetchRow {
  return offered(name, out, doc, ({ extensions }) => {
    const content = extensions?.get(type);
    return content === undefined ? undefined : read(content);
  });
}

const bin = (text: string | undefined): Value | undefined => (text === undefined ? undefined : { bin: text });
const type = (tx: Tx): number | undefined => helloOf(tx)?.type;

/** 0: no ticket extension, 1: an empty one, 2: a ticket. */
const tickets = ({ extensions }: ClientHello): number | undefined => {
  const ticket = extensions?.get(EXTENSION.sessionTicket);
  return extensions === null ? undefined : ticket === undefined ? 0 : ticket === '' ? 1 : 2;
};

const SNI = 'server name in the TLS hello of the client';

export const tlsHelloFetches: readonly FetchRow[] = [
  row('req.ssl_hello_type', 'int', 'request-body', 'type of the TLS handshake message that the client sent: 1 is a client hello', type),
  row('req_ssl_hello_type', 'int', 'request-body', 'as req.ssl_hello_type', type),
  row('res.ssl_hello_type', 'int', 'response-body', 'type of the TLS handshake message that the server sent: 2 is a server hello', type),
  row('rep_ssl_hello_type', 'int', 'response-body', 'as res.ssl_hello_type', type),
  row('req.ssl_ver', 'int', 'request-body', 'version in the TLS hello of the client: 3.1 is TLS 1.0', version),
  row('req_ssl_ver', 'int', 'request-body', 'as req.ssl_ver', version),
  extension('req.ssl_sni', 'str', SNI, EXTENSION.serverName, serverName),
  extension('req_ssl_sni', 'str', 'as req.ssl_sni', EXTENSION.serverName, serverName),
  extension('req.ssl_alpn', 'str', 'first protocol (ALPN) in the TLS hello of the client', EXTENSION.alpn, firstProtocol),
  extension('req.ssl_ec_ext', 'bool', 'true if the TLS hello of the client lists groups', EXTENSION.supportedGroups, () => true),
  extension('req.ssl_supported_groups', 'bin', 'groups in the TLS hello of the client, two bytes each', EXTENSION.supportedGroups, (content) => bin(listOf(content))),
  extension('req.ssl_sigalgs', 'bin', 'signature algorithms in the TLS hello of the client, two bytes each', EXTENSION.signatureAlgorithms, (content) => bin(listOf(content))),
  extension('req.ssl_keyshare_groups', 'bin', 'groups of the key shares in the TLS hello of the client, two bytes each', EXTENSION.keyShare, (content) => bin(keyShareGroups(content))),
  offered('req.ssl_st_ext', 'int', 'session ticket in the TLS hello of the client: 0 none, 1 an empty one, 2 a ticket', tickets),
  offered('req.ssl_cipherlist', 'bin', 'cipher suites in the TLS hello of the client, two bytes each', ({ ciphers }) => ({ bin: ciphers })),
];

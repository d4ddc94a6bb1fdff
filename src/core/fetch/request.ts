import { FACT_REQUESTS, FACT_REQUEST_VERSION } from '../abi.js';
import { avalanche, sdbm } from '../compile/hash.js';
import { ipv4Bytes, parseIpv4, parseIpv6 } from '../ip.js';
import type { Fetch, FetchRow, Ip, SampleType } from '../row.js';
import { authority, pathStart } from '../target.js';
import { headerName, type Tx } from '../tx.js';
import { bodyLengthOf, bodyOf, bodySizeOf } from './body.js';
import { isKnown } from './known.js';

const HOST = headerName('host');

function ofRequest(name: string, out: SampleType, doc: string, fetch: Fetch): FetchRow {
  return { name, args: [], out, needs: 'request', doc, compile: () => fetch };
}

/** The first Host header followed by a part of the target; without a Host the part alone, if it is there. */
const withHost = (part: (tx: Tx) => string | undefined) => (tx: Tx): string | undefined => {
  const host = tx.hasRequest() ? (tx.header(HOST) ?? '') : '';
  const rest = part(tx);
  return host === '' ? rest : host + (rest ?? '');
};
const base = withHost((tx) => tx.path());
const baseq = withHost((tx) => tx.pathq());

const hashed = (text: (tx: Tx) => string | undefined) => (tx: Tx): number | undefined => {
  const value = text(tx);
  return value === undefined ? undefined : avalanche(sdbm(value));
};
const base32 = hashed(base);
const url32 = hashed(baseq);

/** A 32-bit hash followed by the client's address: a key of 8 or 20 bytes. */
const withSource = (hash: (tx: Tx) => number | undefined): Fetch => (tx) => {
  const value = hash(tx);
  const source = tx.src();
  return value === undefined || source === undefined ? undefined : { bin: String.fromCharCode(...ipv4Bytes(value), ...source.bytes) };
};

/** Host part of an absolute target, and its port. */
function hostAndPort(tx: Tx): { host: string; port: string } | undefined {
  const uri = tx.uri();
  const found = uri === undefined ? undefined : authority(uri);
  const parts = found === undefined ? null : /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/.exec(found);
  return parts === null ? undefined : { host: parts[1]!, port: parts[2] ?? '' };
}

function urlIp(tx: Tx): Ip | undefined {
  const host = hostAndPort(tx)?.host;
  if (host === undefined) return undefined;
  const v4 = parseIpv4(host);
  if (v4 !== undefined) return { family: 4, bytes: v4 };
  const v6 = host.startsWith('[') ? parseIpv6(host.slice(1, -1)) : undefined;
  return v6 === undefined ? undefined : { family: 6, bytes: v6 };
}

function urlPort(tx: Tx): number | undefined {
  const found = hostAndPort(tx);
  if (found === undefined) return undefined;
  return found.port === '' ? 80 : Number(found.port);
}

/** Minor version of the request, wherever it is known. */
function minor(tx: Tx): number | undefined {
  if (tx.hasRequest()) return tx.version();
  const noted = tx.streamIfAny()?.version ?? -1;
  if (noted >= 0) return noted;
  const fact = isKnown(tx) ? tx.facts[FACT_REQUEST_VERSION]! : -1;
  return fact < 0 ? undefined : fact;
}

/** A sample of the request line that later phases can have too: it is noted where a rule asks for it. */
function lasting(name: string, doc: string, read: Fetch): FetchRow {
  return {
    name, args: [], out: 'str', needs: 'request', orElse: 'response', doc,
    compile(_args, env) {
      env.keeps.add('request-line');
      return read;
    },
  };
}

const withMinor = (prefix: string): Fetch => (tx) => {
  const version = minor(tx);
  return version === undefined ? undefined : `${prefix}1.${version}`;
};

const ifRequest = <T>(read: (tx: Tx) => T) => (tx: Tx): T | undefined => (tx.hasRequest() ? read(tx) : undefined);

export const requestFetches: readonly FetchRow[] = [
  // Known in response rules too: the method is one of the facts.
  { name: 'method', args: [], out: 'meth', needs: 'request', orElse: 'response', doc: 'method of the request', compile: () => (tx) => tx.method() },
  ofRequest('path', 'str', 'path of the request target, without the query string', (tx) => tx.path()),
  ofRequest('pathq', 'str', 'path and query string of the request target', (tx) => tx.pathq()),
  ofRequest('url', 'str', 'the request target as sent', (tx) => tx.uri()),
  {
    name: 'query', args: [{ name: 'options', type: 'str', optional: true }], out: 'str', needs: 'request',
    doc: "the query string; with the option 'with_qm' the question mark is part of it",
    compile(args) {
      if (args[0] !== 'with_qm') return (tx) => tx.query();
      return (tx) => {
        const query = tx.query();
        return query === undefined ? undefined : `?${query}`;
      };
    },
    check: (args) => ([undefined, null, '', 'with_qm'].includes(args[0] as string) ? null : { arg: 0, problem: "expects 'with_qm'" }),
  },
  ofRequest('base', 'str', 'first Host header and path', base),
  ofRequest('baseq', 'str', 'first Host header, path and query string', baseq),
  ofRequest('base32', 'int', '32-bit hash of base', base32),
  ofRequest('base32+src', 'bin', 'hash of base, then the client address', withSource(base32)),
  ofRequest('url32', 'int', '32-bit hash of the first Host header and the whole target', url32),
  ofRequest('url32+src', 'bin', 'hash of Host and target, then the client address', withSource(url32)),
  ofRequest('url_ip', 'addr', 'address in an absolute request target', urlIp),
  ofRequest('url_port', 'int', 'port in an absolute request target, 80 if none', urlPort),
  lasting('req.ver', 'version of the request: 1.0 or 1.1', withMinor('')),
  lasting('req_ver', 'as req.ver', withMinor('')),
  ...['req.proto_http', 'req_proto_http'].map((name) =>
    ofRequest(name, 'bool', 'true once a request head has been read', (tx) => (tx.hasRequest() ? true : undefined))),
  { ...ofRequest('http_first_req', 'bool', 'true for the first request of a connection', (tx) => tx.facts[FACT_REQUESTS]! <= 1), orElse: 'response' },
  lasting('capture.req.method', 'method of the request as it came', (tx) => tx.streamIfAny()?.method ?? tx.method()),
  lasting('capture.req.uri', 'path and query string of the request as it came', (tx) => {
    const uri = tx.streamIfAny()?.uri ?? tx.uri();
    const start = uri === undefined ? -1 : pathStart(uri);
    return start < 0 ? undefined : uri!.slice(start);
  }),
  lasting('capture.req.ver', 'version of the request: HTTP/1.0 or HTTP/1.1', withMinor('HTTP/')),
  { ...ofRequest('req.body', 'bin', 'body bytes that have arrived', ifRequest((tx) => ({ bin: bodyOf(tx) }))), needs: 'request-body' },
  { ...ofRequest('req.body_len', 'int', 'number of body bytes that have arrived', ifRequest(bodyLengthOf)), needs: 'request-body' },
  { ...ofRequest('req.body_size', 'int', 'announced length of the body', ifRequest(bodySizeOf)), needs: 'request-body' },
];

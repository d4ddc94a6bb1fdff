import type { Forwarded, SampleExpression } from '../config/model.js';
import { toText } from './compile/cast.js';
import type { CompileEnv, Ip, Value } from './row.js';
import { authority } from './target.js';
import { headerName, type Tx } from './tx.js';

const HOST = headerName('host');
const UNKNOWN = 'unknown';
/** An identifier that hides the address: RFC 7239, section 6.3. */
const OBFUSCATED = /^_[A-Za-z0-9._-]+$/;
const HIDDEN = /^[A-Za-z0-9._-]+$/;

type Node = (tx: Tx) => string;
type Port = (tx: Tx) => string | null;

/** A quoted string of RFC 9110. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

const bracketed = (ip: Ip): string => (ip.family === 6 ? `[${toText(ip)}]` : toText(ip));

/** A node's name: an address, or an identifier with a leading underscore; what is neither is not known. */
function nodeName(value: Value | undefined): string {
  if (value === undefined) return UNKNOWN;
  if (typeof value === 'object' && 'family' in value) return bracketed(value);
  const text = toText(value);
  if (text === UNKNOWN || OBFUSCATED.test(text) || /^[0-9.]+$/.test(text)) return text;
  if (/^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text)) return `[${text}]`;
  return HIDDEN.test(text) ? `_${text}` : UNKNOWN;
}

/** A node's port: a number, or an identifier with a leading underscore. */
function nodePort(value: Value | undefined): string | null {
  const text = value === undefined ? '' : toText(value);
  if (/^[0-9]{1,5}$/.test(text) || OBFUSCATED.test(text)) return text;
  return HIDDEN.test(text) ? `_${text}` : null;
}

function compileNode(part: boolean | SampleExpression, address: (tx: Tx) => Ip | undefined, env: CompileEnv): Node | null {
  if (part === false) return null;
  const fetch = part === true ? address : env.sample(part).fetch;
  return (tx) => nodeName(fetch(tx));
}

function compilePort(part: boolean | SampleExpression, family: (tx: Tx) => Ip | undefined, port: (tx: Tx) => number, env: CompileEnv): Port | null {
  if (part === false) return null;
  if (part === true) return (tx) => (family(tx) === undefined ? null : String(port(tx)));
  const { fetch } = env.sample(part);
  return (tx) => nodePort(fetch(tx));
}

/** `for=192.0.2.1`, quoted where a port or brackets stand in it. */
function nodeText(name: string, node: Node, port: Port | null, tx: Tx): string {
  const host = node(tx);
  const number = port === null ? null : port(tx);
  const text = number === null ? host : `${host}:${number}`;
  return `${name}=${/[:[]/.test(text) ? `"${text}"` : text}`;
}

/** What the Forwarded header of a request says (RFC 7239; manual: option forwarded). */
export function compileForwarded(forwarded: Forwarded, env: CompileEnv): (tx: Tx) => string {
  const parts: ((tx: Tx) => string | null)[] = [];
  if (forwarded.proto) parts.push(() => 'proto=http');
  if (forwarded.host !== false) {
    const read = forwarded.host === true ? hostOf : env.text(forwarded.host);
    parts.push((tx) => {
      const host = read(tx);
      return host === undefined || host === '' ? null : `host=${quoted(host)}`;
    });
  }
  const by = compileNode(forwarded.by, (tx) => tx.dst(), env);
  const byPort = compilePort(forwarded.byPort, (tx) => tx.dst(), (tx) => tx.dstPort(), env);
  if (by !== null) parts.push((tx) => nodeText('by', by, byPort, tx));
  const source = compileNode(forwarded.for, (tx) => tx.src(), env);
  const sourcePort = compilePort(forwarded.forPort, (tx) => tx.src(), (tx) => tx.srcPort(), env);
  if (source !== null) parts.push((tx) => nodeText('for', source, sourcePort, tx));
  return (tx) => parts.map((part) => part(tx)).filter((text) => text !== null).join(';');
}

function hostOf(tx: Tx): string | undefined {
  return tx.header(HOST) ?? authority(tx.uri() ?? '');
}

/** Addresses on bind, server and source lines (manual, section 11 "Address formats"). */
import { isAbsolute } from 'node:path';
import { parseIpv4, parseIpv6 } from '../../core/ip.js';
import type { DraftAddress, DraftSource } from '../draft.js';
import type { IpNetwork, SocketAddress } from '../model.js';
import { subspan } from '../source.js';
import type { Word } from '../source.js';
import type { Walk } from '../walk.js';
import { refuse } from './make.js';

/** What a prefix such as `ipv4@` says about the rest. */
type Scheme = 'any' | 4 | 6 | 'unix' | 'abstract' | 'fd' | 'unsupported';

const SCHEMES: Readonly<Record<string, Scheme>> = {
  ip: 'any', ipv4: 4, ipv6: 6, tcp: 'any', tcp4: 4, tcp6: 6, unix: 'unix', uxst: 'unix', abns: 'abstract', fd: 'fd',
  abnsz: 'unsupported', sockpair: 'unsupported', udp: 'unsupported', udp4: 'unsupported', udp6: 'unsupported', uxdg: 'unsupported',
  quic4: 'unsupported', quic6: 'unsupported', quic: 'unsupported', rhttp: 'unsupported', mptcp: 'unsupported', mptcp4: 'unsupported', mptcp6: 'unsupported',
};

/** An address and the ports that follow it; null without any. `relative` is a port written `+N` or `-N`. */
interface Parsed {
  readonly address: DraftAddress;
  readonly ports: { readonly first: number; readonly last: number } | null;
  readonly relative: boolean;
}

/** The part of `word` from `from` to `to` as an address; undefined after an error. */
function parseAddress(walk: Walk, word: Word, from: number, to: number): Parsed | undefined {
  const text = word.text.slice(from, to);
  const span = subspan(word, from, to);
  const at = text.indexOf('@');
  const prefix = at === -1 ? null : text.slice(0, at);
  const rest = text.slice(at + 1);
  const scheme = prefix === null ? (isAbsolute(text) ? 'unix' : 'any') : Object.hasOwn(SCHEMES, prefix) ? SCHEMES[prefix] : undefined;
  if (scheme === undefined) {
    return walk.error(span, `'${walk.keyword}' : invalid address: '${text}'`, `Known prefixes are ${Object.keys(SCHEMES).map((name) => `${name}@`).join(', ')}.`);
  }
  if (scheme === 'unsupported') return refuse(walk, `${prefix}@`, span);
  if (scheme === 'unix') return rest === '' ? walk.error(span, `'${walk.keyword}' : missing socket path in '${text}'`) : bare({ kind: 'unix', path: rest });
  if (scheme === 'abstract') return rest === '' ? walk.error(span, `'${walk.keyword}' : missing socket name in '${text}'`) : bare({ kind: 'abstract', name: rest });
  if (scheme === 'fd') {
    if (/^[0-9]{1,9}$/.test(rest)) return bare({ kind: 'fd', fd: Number(rest) });
    return walk.error(span, `'${walk.keyword}' : file descriptor '${rest}' is not a valid integer in '${text}'`, 'Write fd@<number>, or fd@${NAME} with the number in the environment.');
  }
  return parseIpAndPort(walk, rest, text, span, scheme);
}

const bare = (address: SocketAddress): Parsed => ({ address, ports: null, relative: false });

function parseIpAndPort(walk: Walk, rest: string, text: string, span: Word['span'], scheme: 'any' | 4 | 6): Parsed | undefined {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(rest);
  const colon = rest.lastIndexOf(':');
  const host = bracketed !== null ? bracketed[1] ?? '' : colon === -1 ? rest : rest.slice(0, colon);
  const port = bracketed !== null ? bracketed[2] : colon === -1 ? undefined : rest.slice(colon + 1);
  const match = /^([+-]?)([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(port ?? '');
  if (port !== undefined && port !== '' && match === null) {
    return walk.error(span, `'${walk.keyword}' : invalid port number '${port}' in '${text}'`, 'A port is a number between 1 and 65535.');
  }
  const first = Number(match?.[2] ?? 0);
  const ports = match === null ? null : { first, last: match[3] === undefined ? first : Number(match[3]) };
  const address = hostAddress(host, first, scheme);
  if (address === undefined) {
    return walk.error(span, `'${walk.keyword}' : invalid address: '${host}' in '${text}'`, 'Write an IPv4 or IPv6 address, or the name of a host.');
  }
  return { address, ports, relative: match !== null && match[1] !== '' };
}

function hostAddress(host: string, port: number, scheme: 'any' | 4 | 6): DraftAddress | undefined {
  if (host === '' || host === '*') return { kind: 'ip', family: scheme === 6 ? 6 : 4, address: scheme === 6 ? '::' : '0.0.0.0', port };
  if (scheme !== 6 && parseIpv4(host) !== undefined) return { kind: 'ip', family: 4, address: host, port };
  if (scheme !== 4 && host.includes(':')) return parseIpv6(host) === undefined ? undefined : { kind: 'ip', family: 6, address: host, port };
  if (!/^(?=.*[A-Za-z_])[A-Za-z0-9_.-]+$/.test(host)) return undefined;
  return { kind: 'host', host, port, family: scheme === 'any' ? 0 : scheme };
}

const validPort = (port: number): boolean => port >= 1 && port <= 65535;

/** The addresses of a bind line: a comma separates them, `first-last` stands for all ports between. */
export function parseBindAddresses(walk: Walk, word: Word): { address: DraftAddress; span: Word['span'] }[] | undefined {
  const found: { address: DraftAddress; span: Word['span'] }[] = [];
  for (let from = 0; from <= word.text.length;) {
    const comma = word.text.indexOf(',', from);
    const to = comma === -1 ? word.text.length : comma;
    const span = subspan(word, from, to);
    const parsed = parseAddress(walk, word, from, to);
    if (parsed === undefined) return undefined;
    const { address, ports } = parsed;
    if (address.kind !== 'ip' && address.kind !== 'host') found.push({ address, span });
    else if (ports === null) return walk.error(span, `'bind' : missing port specification in '${word.text.slice(from, to)}'`, 'Write <address>:<port>.');
    else if (parsed.relative || !validPort(ports.first) || !validPort(ports.last) || ports.last < ports.first) {
      return walk.error(span, `'bind' : invalid port '${word.text.slice(word.text.lastIndexOf(':', to - 1) + 1, to)}'`, 'Ports are between 1 and 65535; a range is <low>-<high>.');
    } else for (let port = ports.first; port <= ports.last; port++) found.push({ address: { ...address, port }, span });
    from = to + 1;
  }
  return found;
}

/** The address of a server. */
export function parseServerAddress(walk: Walk, word: Word): DraftAddress | undefined {
  const parsed = parseAddress(walk, word, 0, word.text.length);
  if (parsed === undefined) return undefined;
  const { address, ports } = parsed;
  if (address.kind === 'fd') return walk.error(word, `'${walk.keyword}' : 'fd@' is not usable for servers`, 'Inherited descriptors are for bind lines.');
  if (address.kind !== 'ip' && address.kind !== 'host') return address;
  if (ports === null || parsed.relative || ports.first === 0) {
    return walk.error(word, `a server without a fixed port is not supported yet`, "It would connect to the port that the client connected to. Write <address>:<port>.");
  }
  if (ports.first !== ports.last) return walk.error(word, `'${walk.keyword}' : port range not permitted here in '${word.text}'`, 'Write one server line for each port, or a server-template.');
  if (!validPort(ports.first)) return walk.error(word, `'${walk.keyword}' : invalid port '${ports.first}' in '${word.text}'`, 'A port is between 1 and 65535.');
  return address;
}

/** An address without port, for checks. */
export function parseHost(walk: Walk, word: Word): DraftAddress | undefined {
  const address = hostAddress(word.text.replace(/^\[(.*)\]$/, '$1'), 0, 'any');
  if (address === undefined) return walk.error(word, `'${walk.keyword}' : invalid address '${word.text}'`, 'Write an address without port; the port has its own keyword.');
  return address;
}

/** `<address>[:<port>] [ interface <name> ]` of a source. */
export function parseSource(walk: Walk): DraftSource | undefined {
  const word = walk.need("<addr>[:<port>], and optionally 'interface' <name>");
  if (word === undefined) return undefined;
  const parsed = parseAddress(walk, word, 0, word.text.length);
  if (parsed === undefined) return undefined;
  const { address, ports } = parsed;
  if (address.kind !== 'ip' && address.kind !== 'host') return walk.error(word, `'${walk.keyword}' : '${word.text}' is not an IP address`);
  if (ports !== null && ports.first !== ports.last) return refuse(walk, 'a range of source ports', word.span);
  if (parsed.relative || (ports !== null && ports.first > 65535)) return walk.error(word, `'${walk.keyword}' : invalid port in '${word.text}'`);
  if (walk.peek()?.text === 'usesrc') return refuse(walk, 'usesrc', walk.peek()?.span);
  let device: string | null = null;
  if (walk.peek()?.text === 'interface') {
    walk.next();
    device = walk.need("an interface name")?.text ?? null;
    if (device === null) return undefined;
  }
  return { address, interface: device, span: word.span };
}

/** The methods of init-addr; `last` has nothing to go by here. */
export function parseInitAddress(walk: Walk, word: Word): (DraftAddress | 'last' | 'libc' | 'none')[] | undefined {
  const methods: (DraftAddress | 'last' | 'libc' | 'none')[] = [];
  for (const name of word.text.split(',')) {
    if (name === 'last' || name === 'libc' || name === 'none') methods.push(name);
    else {
      const address = parseIpv4(name) !== undefined || parseIpv6(name) !== undefined ? hostAddress(name, 0, 'any') : undefined;
      if (address === undefined) return walk.error(word, `'init-addr' : unknown address method '${name}'`, "Methods are 'last', 'libc', 'none' and IP addresses.");
      methods.push(address);
    }
  }
  return methods;
}

/** `<address>[/<bits or mask>]`. */
export function parseNetwork(walk: Walk, word: Word): IpNetwork | undefined {
  const [text = '', mask] = word.text.split('/');
  const bytes = parseIpv4(text) ?? parseIpv6(text);
  if (bytes === undefined) return walk.error(word, `'${walk.keyword}' : '${word.text}' is not a network`, 'Write <address>/<bits>.');
  const prefix = mask === undefined ? bytes.length * 8 : prefixLength(mask, bytes.length);
  if (prefix === undefined) return walk.error(word, `'${walk.keyword}' : invalid mask '${mask}' in '${word.text}'`, `The mask of this address is a number between 0 and ${bytes.length * 8}.`);
  return { family: bytes.length === 4 ? 4 : 6, bytes: [...bytes], prefix };
}

/** Bits of a mask written as a number or, for IPv4, as an address without holes. */
function prefixLength(mask: string, length: number): number | undefined {
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask) <= length * 8 ? Number(mask) : undefined;
  const bytes = length === 4 ? parseIpv4(mask) : undefined;
  const bits = [...bytes ?? []].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) && bits !== '' ? bits.lastIndexOf('1') + 1 : undefined;
}

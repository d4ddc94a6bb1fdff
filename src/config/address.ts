import { parseIpv6 } from '../core/ip.js';
import type { SocketAddress } from './model.js';
import type { Environment } from './variables.js';

/** Addresses of bind, server, source and the like (manual, 2.9), in HAProxy's words when they are wrong. */

export interface AddressRules {
  readonly port: 'required' | 'optional' | 'forbidden';
  /** `80-90`. */
  readonly range?: boolean;
  /** `+N` and `-N`: relative to the port that the client connected to. */
  readonly offset?: boolean;
  /** Port 0, "any", as a source or a server may have it. */
  readonly zero?: boolean;
  readonly host?: boolean;
  readonly unix?: boolean;
  readonly fd?: boolean;
  /** Datagram addresses: refused unless this is set, beside stream ones or alone. */
  readonly datagram?: 'default' | 'only';
}

/** Ports `first` to `last`; with `offset` both are one number to add to the client's port. */
export interface Ports {
  readonly first: number;
  readonly last: number;
  readonly offset: boolean;
}

export type ParsedAddress =
  /** `address` in usual notation; `ports` null = none was given. */
  | { readonly kind: 'ip'; readonly family: 4 | 6; readonly address: string; readonly ports: Ports | null }
  /** A name to be resolved; `family` null = either. */
  | { readonly kind: 'host'; readonly host: string; readonly family: 4 | 6 | null; readonly ports: Ports | null }
  | Exclude<SocketAddress, { kind: 'ip' }>;

export interface AddressProblem {
  readonly problem: string;
  readonly advice: string | null;
}

type Family = 'any' | 'ip4' | 'ip6' | 'unix' | 'abstract' | 'fd';

/** What a prefix asks for; `refused` says why it can't be had. */
interface Prefix {
  readonly family: Family;
  readonly refused?: 'datagram' | 'unsupported';
}

const PREFIXES: Readonly<Record<string, Prefix>> = {
  ip: { family: 'any' }, ipv4: { family: 'ip4' }, ipv6: { family: 'ip6' }, unix: { family: 'unix' }, abns: { family: 'abstract' },
  fd: { family: 'fd' }, tcp: { family: 'any' }, tcp4: { family: 'ip4' }, tcp6: { family: 'ip6' }, uxst: { family: 'unix' },
  udp: { family: 'any', refused: 'datagram' }, udp4: { family: 'ip4', refused: 'datagram' }, udp6: { family: 'ip6', refused: 'datagram' },
  uxdg: { family: 'unix', refused: 'datagram' },
  abnsz: { family: 'abstract', refused: 'unsupported' }, sockpair: { family: 'fd', refused: 'unsupported' },
  quic: { family: 'any', refused: 'unsupported' }, quic4: { family: 'ip4', refused: 'unsupported' }, quic6: { family: 'ip6', refused: 'unsupported' },
  mptcp: { family: 'any', refused: 'unsupported' }, mptcp4: { family: 'ip4', refused: 'unsupported' }, mptcp6: { family: 'ip6', refused: 'unsupported' },
  rhttp: { family: 'any', refused: 'unsupported' }, rev: { family: 'any', refused: 'unsupported' },
};
const TRANSPORTS: Readonly<Record<string, Prefix['refused'] | null>> = { stream: null, dgram: 'datagram', quic: 'unsupported' };

const UNIX_PATH_BYTES = 107;
const VARIABLE = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/** Variables in an address are expanded even outside quotes; unknown ones are empty. */
export function expandAddress(text: string, environment: Pick<Environment, 'get'>): string {
  if (!text.includes('$')) return text;
  return text.replace(VARIABLE, (_, braced?: string, bare?: string) => environment.get(braced ?? bare ?? '') ?? '');
}

/** The pieces of a comma-separated list, with their offsets in the text. */
export function splitAddresses(text: string): { readonly text: string; readonly at: number }[] {
  let at = 0;
  const pieces = text.split(',').map((piece) => {
    const found = { text: piece, at };
    at += piece.length + 1;
    return found;
  });
  // HAProxy takes a comma at the end.
  return pieces.length > 1 && pieces[pieces.length - 1]?.text === '' ? pieces.slice(0, -1) : pieces;
}

/** One address. Host names come back unresolved. */
export function parseAddress(text: string, rules: AddressRules): ParsedAddress | AddressProblem {
  if (text === '') return wrong('missing address', 'Write an address and a port, such as 127.0.0.1:80.');
  const { prefix, rest } = splitPrefix(text);
  if (rules.datagram === 'only' && transportOf(text) === 'stream') {
    return wrong(`stream-type address not acceptable in '${text}'`, 'Use a datagram address here.');
  }
  if (prefix.refused === 'datagram' && rules.datagram === undefined) return wrong(`dgram-type address not acceptable in '${text}'`, 'Use a stream address here.');
  if (prefix.refused === 'unsupported') return wrong(`address '${text}' is not supported yet`, 'Use an IPv4, IPv6 or unix address.');
  switch (rest.startsWith('/') && prefix.family === 'any' ? 'unix' : prefix.family) {
    case 'unix':
      return localAddress(rest, text, rules, (path) => ({ kind: 'unix', path }));
    case 'abstract':
      return localAddress(rest, text, rules, (name) => ({ kind: 'abstract', name }));
    case 'fd':
      return fdAddress(rest, text, rules);
    default:
      return inetAddress(rest, text, prefix.family, rules);
  }
}

/** What the prefix of an address says about its socket; null if it does not say. */
export function transportOf(text: string): 'stream' | 'datagram' | null {
  const [, transport, family] = /^(?:(stream|dgram|quic)\+)?([a-z0-9]+)@/.exec(text) ?? [];
  if (transport !== undefined) return transport === 'dgram' ? 'datagram' : 'stream';
  if (family === undefined || !Object.hasOwn(PREFIXES, family)) return null;
  return /^(?:udp|uxdg)/.test(family) ? 'datagram' : /^(?:tcp|uxst)/.test(family) ? 'stream' : null;
}

function splitPrefix(text: string): { prefix: Prefix; rest: string } {
  const match = /^(?:(stream|dgram|quic)\+)?([a-z0-9]+)@/.exec(text);
  const prefix = match === null || !Object.hasOwn(PREFIXES, match[2] ?? '') ? undefined : PREFIXES[match[2] ?? ''];
  if (match === null || prefix === undefined) return { prefix: { family: 'any' }, rest: text };
  const refused = TRANSPORTS[match[1] ?? 'stream'] ?? prefix.refused;
  return { prefix: refused === undefined ? prefix : { ...prefix, refused }, rest: text.slice(match[0].length) };
}

function localAddress(name: string, text: string, rules: AddressRules, make: (name: string) => ParsedAddress): ParsedAddress | AddressProblem {
  if (rules.unix === false) return wrong(`a UNIX socket is not acceptable here in '${text}'`, 'Write an IP address.');
  if (name === '') return wrong(`missing name of the socket in '${text}'`, 'Write its path behind the @.');
  if (name.length > UNIX_PATH_BYTES) return wrong(`socket path '${name}' too long (max ${UNIX_PATH_BYTES})`, 'Choose a shorter path.');
  return make(name);
}

function fdAddress(number: string, text: string, rules: AddressRules): ParsedAddress | AddressProblem {
  if (rules.fd !== true) return wrong(`a file descriptor is not acceptable here in '${text}'`, 'Inherited descriptors are for bind lines.');
  if (!/^[0-9]{1,9}$/.test(number)) {
    return wrong(`file descriptor '${number}' is not a valid integer in '${text}'`, 'Write the number of an inherited descriptor, such as fd@3.');
  }
  return { kind: 'fd', fd: Number(number) };
}

function inetAddress(rest: string, text: string, family: Family, rules: AddressRules): ParsedAddress | AddressProblem {
  const split = splitPort(rest);
  if (split === null) return wrong(`invalid address: '${rest}' in '${text}'`, "Close the bracket behind an IPv6 address: '[::1]:80'.");
  const ports = split.port === null || split.port === '' ? null : parsePorts(split.port, text, rules);
  if (ports !== null && 'problem' in ports) return ports;
  if (ports === null && rules.port === 'required') return wrong(`missing port specification in '${text}'`, `Add a port: '${split.host}:80'.`);
  const { host } = split;
  if (host === '' || host === '*') return { kind: 'ip', ports, ...(family === 'ip6' ? V6_ANY : V4_ANY) };
  const ip = ipOf(host, split.bracketed);
  if (ip !== null && (family === 'any' || (family === 'ip4') === (ip.family === 4))) return { kind: 'ip', ports, ...ip };
  if (ip !== null || !isHostName(host) || rules.host === false) return wrong(`invalid address: '${host}' in '${text}'`, 'Write an IPv4 or IPv6 address, or the name of a host.');
  return { kind: 'host', host, family: family === 'any' ? null : family === 'ip4' ? 4 : 6, ports };
}

const V4_ANY = { family: 4, address: '0.0.0.0' } as const;
const V6_ANY = { family: 6, address: '::' } as const;

/** The port stands behind the last colon, except that the colons of a bare IPv6 address without port are its own. */
function splitPort(text: string): { host: string; port: string | null; bracketed: boolean } | null {
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    const port = text.slice(close + 1);
    if (close === -1 || (port !== '' && !port.startsWith(':'))) return null;
    return { host: text.slice(1, close), port: port === '' ? null : port.slice(1), bracketed: true };
  }
  const colon = text.lastIndexOf(':');
  if (colon === -1) return { host: text, port: null, bracketed: false };
  const host = text.slice(0, colon);
  if (text === '::' || (host.endsWith(':') && host !== '::' && parseIpv6(host) === undefined && parseIpv6(text) !== undefined)) {
    return { host: text, port: null, bracketed: false };
  }
  return { host, port: text.slice(colon + 1), bracketed: false };
}

function parsePorts(text: string, whole: string, rules: AddressRules): Ports | AddressProblem {
  if (/^[-+]/.test(text)) {
    if (rules.offset !== true) return wrong(`port offset not permitted here in '${whole}'`, 'Write the port itself.');
    if (!/^[-+][0-9]{1,5}$/.test(text)) return wrong(`invalid port offset '${text}' in '${whole}'`, 'An offset is + or - and a number.');
    return { first: Number(text), last: Number(text), offset: true };
  }
  if (rules.port === 'forbidden') return wrong(`port specification not permitted here in '${whole}'`, 'Write the address alone.');
  const stray = /[^0-9-]/.exec(text);
  if (stray !== null) return wrong(`invalid character '${stray[0]}' in port number '${text}' in '${whole}'`, PORT_ADVICE);
  const dash = text.indexOf('-');
  if (dash !== -1 && rules.range !== true) return wrong(`port range not permitted here in '${whole}'`, 'Write one port.');
  const first = portNumber(dash === -1 ? text : text.slice(0, dash), rules);
  const last = dash === -1 ? first : portNumber(text.slice(dash + 1), rules);
  if (first === null) return wrong(`invalid port '${dash === -1 ? text : text.slice(0, dash)}' in '${whole}'`, PORT_ADVICE);
  if (last === null) return wrong(`invalid port '${text.slice(dash + 1)}' in '${whole}'`, PORT_ADVICE);
  if (last < first) return wrong(`invalid port range '${text}' in '${whole}'`, 'Write the lower port first.');
  return { first, last, offset: false };
}

const PORT_ADVICE = 'Ports go from 1 to 65535.';

function portNumber(text: string, rules: AddressRules): number | null {
  if (!/^[0-9]{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port > 65535 || (port === 0 && rules.zero !== true) ? null : port;
}

/** IPv4 also in the short forms of inet_aton(3): `127.1`. A bracketed address is IPv6. */
function ipOf(host: string, bracketed: boolean): { family: 4 | 6; address: string } | null {
  if (host.includes(':')) {
    return parseIpv6(host) === undefined ? null : { family: 6, address: host };
  }
  if (bracketed || !/^[0-9]+(?:\.[0-9]+){0,3}$/.test(host)) return null;
  const parts = host.split('.').map(Number);
  const last = parts.pop() ?? 0;
  if (parts.some((part) => part > 255) || last >= 256 ** (4 - parts.length)) return null;
  const tail = Array.from({ length: 4 - parts.length }, (_, i, all = 4 - parts.length) => Math.floor(last / 256 ** (all - 1 - i)) % 256);
  return { family: 4, address: [...parts, ...tail].join('.') };
}

function isHostName(host: string): boolean {
  return host.length <= 253 && /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(host) && !/^[0-9.]+$/.test(host);
}

function wrong(problem: string, advice: string | null): AddressProblem {
  return { problem, advice };
}

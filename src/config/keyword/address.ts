/** Addresses on bind, server and source lines (manual, 2.9), with their errors at the exact words. */
import { parseIpv4, parseIpv6 } from '../../core/ip.js';
import { expandAddress, parseAddress, splitAddresses, transportOf } from '../address.js';
import type { AddressRules, ParsedAddress } from '../address.js';
import type { Span } from '../diagnostic.js';
import type { DraftAddress, DraftSource, ServerSettings } from '../draft.js';
import type { DestinationDraft } from '../log_draft.js';
import type { IpNetwork } from '../model.js';
import { subspan } from '../source.js';
import type { Word } from '../source.js';
import { fromLatin1 } from '../utf8.js';
import type { Walk } from '../walk.js';
import { refuse } from './make.js';

const BIND: AddressRules = { port: 'required', range: true, fd: true };
const SERVER: AddressRules = { port: 'optional', offset: true, zero: true };
const DATAGRAM: AddressRules = { port: 'optional', fd: false, datagram: 'default' };
const DATAGRAM_BIND: AddressRules = { port: 'required', range: true, unix: false, datagram: 'only' };
const SOURCE: AddressRules = { port: 'optional', range: true, zero: true, unix: false };
/** Of checks: a port stands in for `port`. */
const CHECKED: AddressRules = { port: 'optional', unix: false };
const TARGET: AddressRules = { port: 'required' };
const BARE: AddressRules = { port: 'forbidden', unix: false };
const NUMERIC: AddressRules = { ...BARE, host: false };

function parse(walk: Walk, text: string, at: Word | Span, rules: AddressRules): ParsedAddress | undefined {
  const parsed = parseAddress(expandAddress(text, walk.site.environment), rules);
  return 'problem' in parsed ? walk.error(at, `'${walk.keyword}' : ${parsed.problem}`, parsed.advice ?? undefined) : parsed;
}

/** The address with one of its ports. */
function withPort(parsed: ParsedAddress, port: number): DraftAddress {
  switch (parsed.kind) {
    case 'ip':
      return { kind: 'ip', family: parsed.family, address: parsed.address, port };
    case 'host':
      return { kind: 'host', host: parsed.host, family: parsed.family ?? 0, port };
    case 'unix':
      return { kind: 'unix', path: fromLatin1(parsed.path) };
    case 'abstract':
      return { kind: 'abstract', name: fromLatin1(parsed.name) };
    case 'fd':
      return parsed;
  }
}

const hasPorts = (parsed: ParsedAddress): parsed is Extract<ParsedAddress, { kind: 'ip' | 'host' }> =>
  parsed.kind === 'ip' || parsed.kind === 'host';

/** The addresses of a bind line: a comma separates them, `first-last` stands for all ports between. */
export function parseBindAddresses(walk: Walk, word: Word): { address: DraftAddress; span: Span }[] | undefined {
  return parseAddresses(walk, word, BIND);
}

function parseAddresses(walk: Walk, word: Word, rules: AddressRules): { address: DraftAddress; span: Span }[] | undefined {
  const found: { address: DraftAddress; span: Span }[] = [];
  for (const { text, at } of splitAddresses(word.text)) {
    const span = subspan(word, at, at + text.length);
    const parsed = parse(walk, text, span, rules);
    if (parsed === undefined) return undefined;
    const { first, last } = hasPorts(parsed) && parsed.ports !== null ? parsed.ports : { first: 0, last: 0 };
    for (let port = first; port <= last; port++) found.push({ address: withPort(parsed, port), span });
  }
  return found;
}

/** A name that stands for SRV records (manual, 5.3.1). */
export const isSrvName = (host: string): boolean => host.startsWith('_');

/** The port of syslog (RFC 5426). */
const SYSLOG = 514;

/** Where a log line sends to: a datagram address unless its prefix says stream. */
export function parseLogAddress(walk: Walk, word: Word): Extract<DestinationDraft, { kind: 'datagram' | 'stream' | 'fd' }> | undefined {
  const text = expandAddress(word.text, walk.site.environment);
  const parsed = parseAddress(text, { ...DATAGRAM, fd: true });
  if ('problem' in parsed) return walk.error(word, `log : ${parsed.problem}`, parsed.advice ?? undefined);
  if (parsed.kind === 'fd') return { kind: 'fd', fd: parsed.fd };
  const port = hasPorts(parsed) ? (parsed.ports?.first ?? SYSLOG) : 0;
  return { kind: transportOf(text) ?? 'datagram', address: withPort(parsed, port), span: word.span };
}

/** The addresses of a dgram-bind line. */
export function parseDatagramBind(walk: Walk, word: Word): { address: DraftAddress; span: Span }[] | undefined {
  return parseAddresses(walk, word, DATAGRAM_BIND);
}

/** The address of a server. */
export function parseServerAddress(walk: Walk, word: Word): DraftAddress | undefined {
  const parsed = parse(walk, word.text, word, walk.mode === 'log' ? { ...SERVER, datagram: 'default' } : SERVER);
  if (parsed === undefined || !hasPorts(parsed)) return parsed === undefined ? undefined : withPort(parsed, 0);
  const { ports } = parsed;
  // SRV records say ports.
  if (parsed.kind === 'host' && isSrvName(parsed.host) && ports === null) return withPort(parsed, 0);
  if (ports !== null && !ports.offset && ports.first !== 0) return withPort(parsed, ports.first);
  // Without a port of its own: the one the client connected to, plus the offset.
  return { ...withPort(parsed, 0), portOffset: ports?.offset === true ? ports.first : 0 } as DraftAddress;
}

/** True for the address of a server in mode log that takes datagrams. */
export function takesDatagrams(walk: Walk, word: Word): boolean {
  return walk.mode === 'log' && transportOf(expandAddress(word.text, walk.site.environment)) === 'datagram';
}

/** `<address>:<port>` of something else than a server that is connected to. */
export function parseTarget(walk: Walk, word: Word): DraftAddress | undefined {
  const parsed = parse(walk, word.text, word, TARGET);
  return parsed === undefined ? undefined : withPort(parsed, hasPorts(parsed) ? (parsed.ports?.first ?? 0) : 0);
}

/** An address for checks; port 0 = none was given. */
export function parseHost(walk: Walk, word: Word): DraftAddress | undefined {
  const parsed = parse(walk, word.text, word, CHECKED);
  return parsed === undefined ? undefined : withPort(parsed, hasPorts(parsed) ? (parsed.ports?.first ?? 0) : 0);
}

const USESRC = "'usesrc' expects <addr>[:<port>], 'client', 'clientip', or 'hdr_ip(<name>[,<occurrence>])' as argument";

/** What `usesrc` presents to servers (manual: source). */
function parseUsesrc(walk: Walk): DraftSource['transparent'] | undefined {
  const word = walk.next();
  if (word === undefined) return walk.error(walk.last, USESRC);
  if (word.text === 'client' || word.text === 'clientip') return { kind: word.text };
  const header = /^hdr_ip\(([^,()]+)(?:,\s*(-?[0-9]{1,9}))?\)$/.exec(word.text);
  if (header?.[1] !== undefined) return { kind: 'header', name: header[1].toLowerCase(), occurrence: Number(header[2] ?? -1) };
  if (word.text.startsWith('hdr_ip')) return walk.error(word, USESRC, 'Write hdr_ip(x-forwarded-for,-1).');
  const parsed = parse(walk, word.text, word, { ...SOURCE, range: false });
  return parsed === undefined ? undefined : { kind: 'address', address: withPort(parsed, (hasPorts(parsed) ? parsed.ports?.first : 0) ?? 0) };
}

/** `<address>[:<port>] [ usesrc … ] [ interface <name> ]`; `range`: the port may be `<low>-<high>`. */
export function parseSource(walk: Walk, range: boolean): DraftSource | undefined {
  const word = walk.need("<addr>[:<port>], and optionally 'usesrc' <addr>[:<port>] | client | clientip | hdr_ip(<name>), or 'interface' <name>");
  const parsed = word === undefined ? undefined : parse(walk, word.text, word, { ...SOURCE, range });
  if (word === undefined || parsed === undefined) return undefined;
  const ports = hasPorts(parsed) ? parsed.ports : null;
  let transparent: DraftSource['transparent'] = null;
  let device: string | null = null;
  for (let next = walk.peek()?.text; next === 'usesrc' || next === 'interface'; next = walk.peek()?.text) {
    walk.next();
    if (next === 'interface') device = walk.need('an interface name')?.text ?? null;
    else transparent = parseUsesrc(walk) ?? null;
    if (walk.failed) return undefined;
  }
  const portHigh = ports !== null && ports.last > ports.first ? ports.last : 0;
  return { address: withPort(parsed, ports?.first ?? 0), portHigh, transparent, interface: device, span: word.span };
}

/** The methods of init-addr. */
export function parseInitAddress(walk: Walk, word: Word): ServerSettings['initAddress'] | undefined {
  const methods: (DraftAddress | 'last' | 'libc' | 'none')[] = [];
  for (const name of word.text.split(',')) {
    const method = name === 'last' || name === 'libc' || name === 'none' ? name : parseAddress(name, NUMERIC);
    if (typeof method === 'string') methods.push(method);
    else if ('problem' in method)
      return walk.error(word, `'init-addr' : unknown address method '${name}'`, "Methods are 'last', 'libc', 'none' and IP addresses.");
    else methods.push(withPort(method, 0));
  }
  return methods;
}

/** `<address>[/<bits or mask>]`. */
export function parseNetwork(walk: Walk, word: Word): IpNetwork | undefined {
  const [text = '', mask] = word.text.split('/');
  const bytes = parseIpv4(text) ?? parseIpv6(text);
  if (bytes === undefined) return walk.error(word, `'${walk.keyword}' : '${word.text}' is not a network`, 'Write <address>/<bits>.');
  const prefix = mask === undefined ? bytes.length * 8 : prefixLength(mask, bytes.length);
  if (prefix === undefined)
    return walk.error(
      word,
      `'${walk.keyword}' : invalid mask '${mask}' in '${word.text}'`,
      `The mask of this address is a number between 0 and ${bytes.length * 8}.`,
    );
  return { family: bytes.length === 4 ? 4 : 6, bytes: [...bytes], prefix };
}

/** Bits of a mask written as a number or, for IPv4, as an address without holes. */
function prefixLength(mask: string, length: number): number | undefined {
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask) <= length * 8 ? Number(mask) : undefined;
  const bytes = length === 4 ? parseIpv4(mask) : undefined;
  const bits = [...(bytes ?? [])].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) && bits !== '' ? bits.lastIndexOf('1') + 1 : undefined;
}

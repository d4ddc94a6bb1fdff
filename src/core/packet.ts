/** Headers of Ethernet (IEEE 802.3, 802.1Q), IPv4 (RFC 791), IPv6 (RFC 8200) and TCP (RFC 9293). What is cut or no such header is undefined. */

const VLAN_TYPES = new Set([0x8100, 0x88a8]);

export interface EthernetHeader {
  readonly type: number;
  /** The last tag's; undefined without one. */
  readonly vlan: number | undefined;
  /** Bytes of the header, tags included. */
  readonly length: number;
}

export function parseEthernet(frame: Buffer): EthernetHeader | undefined {
  let at = 12;
  let vlan: number | undefined;
  while (frame.length >= at + 2) {
    const type = frame.readUInt16BE(at);
    if (!VLAN_TYPES.has(type)) return { type, vlan, length: at + 2 };
    if (frame.length < at + 4) return undefined;
    vlan = frame.readUInt16BE(at + 2) & 0xfff;
    at += 4;
  }
  return undefined;
}

export interface IpHeader {
  readonly version: 4 | 6;
  /** Type of service or traffic class. */
  readonly tos: number;
  /** Time to live or hop limit. */
  readonly ttl: number;
  /** Don't fragment; always so with IPv6. */
  readonly df: boolean;
  readonly protocol: number;
  readonly source: Buffer;
  readonly destination: Buffer;
  /** Bytes up to the transport protocol, options and extensions included. */
  readonly length: number;
  readonly options: boolean;
}

export function parseIpHeader(packet: Buffer): IpHeader | undefined {
  const version = packet.length === 0 ? 0 : packet[0]! >> 4;
  return version === 4 ? parseIpv4Header(packet) : version === 6 ? parseIpv6Header(packet) : undefined;
}

const IPV4_LENGTH = 20;
const IPV6_LENGTH = 40;

function parseIpv4Header(packet: Buffer): IpHeader | undefined {
  const length = (packet[0]! & 15) * 4;
  if (length < IPV4_LENGTH || packet.length < length) return undefined;
  return {
    version: 4, tos: packet[1]!, ttl: packet[8]!, df: (packet[6]! & 0x40) !== 0, protocol: packet[9]!,
    source: packet.subarray(12, 16), destination: packet.subarray(16, 20), length, options: length > IPV4_LENGTH,
  };
}

const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Extension headers that carry their length: hop-by-hop, routing, fragment, authentication, destination, mobility, HIP, shim6. */
const EXTENSIONS = new Set([0, 43, FRAGMENT, AUTHENTICATION, 60, 135, 139, 140]);

function parseIpv6Header(packet: Buffer): IpHeader | undefined {
  if (packet.length < IPV6_LENGTH) return undefined;
  let protocol = packet[6]!;
  let length = IPV6_LENGTH;
  while (EXTENSIONS.has(protocol)) {
    if (packet.length < length + 2) return undefined;
    const units = packet[length + 1]!;
    const size = protocol === FRAGMENT ? 8 : protocol === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
    protocol = packet[length]!;
    length += size;
    if (packet.length < length) return undefined;
  }
  return {
    version: 6, tos: (packet.readUInt16BE(0) >> 4) & 255, ttl: packet[7]!, df: true, protocol,
    source: packet.subarray(8, 24), destination: packet.subarray(24, 40), length, options: length > IPV6_LENGTH,
  };
}

export interface TcpOption {
  readonly kind: number;
  /** What follows kind and length. */
  readonly data: Buffer;
}

export interface TcpHeader {
  readonly source: number;
  readonly destination: number;
  readonly sequence: number;
  readonly flags: number;
  readonly window: number;
  /** Bytes of the header, options included. */
  readonly length: number;
  /** Without the end of options; no-operations are among them. */
  readonly options: readonly TcpOption[];
}

const TCP_LENGTH = 20;

export function parseTcp(segment: Buffer): TcpHeader | undefined {
  const length = segment.length < TCP_LENGTH ? 0 : (segment[12]! >> 4) * 4;
  if (length < TCP_LENGTH || segment.length < length) return undefined;
  return {
    source: segment.readUInt16BE(0), destination: segment.readUInt16BE(2), sequence: segment.readUInt32BE(4), flags: segment[13]!,
    window: segment.readUInt16BE(14), length, options: tcpOptions(segment.subarray(TCP_LENGTH, length)),
  };
}

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;

function tcpOptions(bytes: Buffer): TcpOption[] {
  const options: TcpOption[] = [];
  for (let at = 0; at < bytes.length && bytes[at] !== END_OF_OPTIONS;) {
    const kind = bytes[at]!;
    const size = kind === NO_OPERATION ? 1 : (bytes[at + 1] ?? 0);
    if ((kind !== NO_OPERATION && size < 2) || at + size > bytes.length) break;
    options.push({ kind, data: bytes.subarray(at + 2, at + size) });
    at += size;
  }
  return options;
}

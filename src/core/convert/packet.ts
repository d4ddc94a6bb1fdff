import type { Arg } from '../../config/model.js';
import { parseEthernet, parseIpHeader, parseTcp } from '../packet.js';
import type { EthernetHeader, IpHeader, TcpHeader } from '../packet.js';
import type { Bin, ConverterRow, SampleType, Value } from '../row.js';
import { optional } from './row.js';

const bin = (bytes: Buffer): Bin => ({ bin: bytes.toString('latin1') });

/** Rows that look at one header: `read` gets it and all bytes. */
function family<Header>(parse: (bytes: Buffer) => Header | undefined, what: string) {
  return (name: string, out: SampleType, doc: string, read: (header: Header, bytes: Buffer) => Value | undefined): ConverterRow => ({
    name, args: [], in: 'bin', out, doc: `${doc} of ${what}`,
    compile: () => (value) => {
      const bytes = Buffer.from((value as Bin).bin, 'latin1');
      const header = parse(bytes);
      return header === undefined ? undefined : read(header, bytes);
    },
  });
}

const eth = family<EthernetHeader>(parseEthernet, 'an Ethernet frame');
const ip = family<IpHeader>(parseIpHeader, 'an IP packet');
const tcp = family<TcpHeader>(parseTcp, 'a TCP header');

const address = ({ version }: IpHeader, bytes: Buffer): Value => ({ family: version, bytes: Uint8Array.from(bytes) });

const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const TIMESTAMP = 8;

/** The number that an option holds in its first bytes, undefined if there is no such option. */
function optionNumber({ options }: TcpHeader, kind: number, bytes: number): number | undefined {
  const data = options.find((option) => option.kind === kind)?.data;
  return data === undefined || data.length < bytes ? undefined : bytes === 0 ? 1 : data.readUIntBE(0, bytes);
}

/** Flags of ECN in a TCP header. */
const ECE = 0x40;
const CWR = 0x80;

/** Parts that may follow the eight bytes of a fingerprint. */
const WITH_TTL = 1;
const WITH_OPTIONS = 2;
const WITH_SOURCE = 4;

const ttlClass = (ttl: number): number => (ttl <= 32 ? 0 : ttl <= 64 ? 1 : ttl <= 128 ? 2 : 3);

/** One bit for each kind of option: 2 to 8 in the bits 0 to 6, all above in bit 7. */
function kindBits({ options }: TcpHeader): number {
  let bits = 0;
  for (const { kind } of options) if (kind >= 2) bits |= 1 << Math.min(kind - 2, 7);
  return bits;
}

/** What stays the same over the connections of one host (manual, ip.fp). */
function fingerprint(packet: Buffer, mode: number): Bin | undefined {
  const ipHeader = parseIpHeader(packet);
  const segment = ipHeader === undefined ? undefined : packet.subarray(ipHeader.length);
  const header = segment === undefined ? undefined : parseTcp(segment);
  if (ipHeader === undefined || segment === undefined || header === undefined) return undefined;
  const scale = optionNumber(header, WINDOW_SCALE, 1);
  const base = Buffer.alloc(8);
  base[0] = ipHeader.tos;
  base[1] = (ipHeader.version === 6 ? 0x80 : 0) | (ipHeader.df ? 0x40 : 0) | (ttlClass(ipHeader.ttl) << 4) | (ipHeader.options ? 8 : 0)
    | (segment.length > header.length ? 4 : 0) | ((header.flags & CWR) !== 0 ? 2 : 0) | ((header.flags & ECE) !== 0 ? 1 : 0);
  base[2] = ((header.length / 4) << 4) | (scale === undefined ? 0 : Math.min(scale + 1, 15));
  base.writeUInt16BE(header.window, 3);
  base.writeUInt16BE(optionNumber(header, MSS, 2) ?? 0, 5);
  base[7] = kindBits(header);
  const parts: Buffer[] = [base];
  if ((mode & WITH_TTL) !== 0) parts.push(Buffer.of(ipHeader.ttl));
  if ((mode & WITH_OPTIONS) !== 0) parts.push(Buffer.from(header.options.map(({ kind }) => kind)));
  if ((mode & WITH_SOURCE) !== 0) parts.push(ipHeader.source);
  return bin(Buffer.concat(parts));
}

const fingerprintRow: ConverterRow = {
  name: 'ip.fp', args: [optional('mode', 'int')], in: 'bin', out: 'bin', doc: 'fingerprint of the host that sent an IP packet with a TCP SYN',
  compile(args: readonly Arg[]) {
    const mode = Number(args[0] ?? 0);
    return (value) => fingerprint(Buffer.from((value as Bin).bin, 'latin1'), mode);
  },
  check: (args) => (Number(args[0] ?? 0) >= 0 && Number(args[0] ?? 0) <= 7 ? null : { arg: 0, problem: 'expects a mode from 0 to 7' }),
};

export const packetConverters: readonly ConverterRow[] = [
  eth('eth.data', 'bin', 'what follows the header', ({ length }, frame) => bin(frame.subarray(length))),
  eth('eth.dst', 'bin', 'destination address', (_header, frame) => bin(frame.subarray(0, 6))),
  eth('eth.src', 'bin', 'source address', (_header, frame) => bin(frame.subarray(6, 12))),
  eth('eth.hdr', 'bin', 'header with its VLAN tags', ({ length }, frame) => bin(frame.subarray(0, length))),
  eth('eth.proto', 'int', 'protocol number (EtherType)', ({ type }) => type),
  eth('eth.vlan', 'int', 'last VLAN number', ({ vlan }) => vlan),
  ip('ip.data', 'bin', 'transport protocol', ({ length }, packet) => bin(packet.subarray(length))),
  ip('ip.df', 'int', "don't-fragment flag", ({ df }) => Number(df)),
  ip('ip.dst', 'addr', 'destination address', (header) => address(header, header.destination)),
  ip('ip.src', 'addr', 'source address', (header) => address(header, header.source)),
  ip('ip.hdr', 'bin', 'header with options and extensions', ({ length }, packet) => bin(packet.subarray(0, length))),
  ip('ip.proto', 'int', 'number of the transport protocol', ({ protocol }) => protocol),
  ip('ip.tos', 'int', 'type of service or traffic class', ({ tos }) => tos),
  ip('ip.ttl', 'int', 'time to live or hop limit', ({ ttl }) => ttl),
  ip('ip.ver', 'int', 'version', ({ version }) => version),
  fingerprintRow,
  tcp('tcp.src', 'int', 'source port', ({ source }) => source),
  tcp('tcp.dst', 'int', 'destination port', ({ destination }) => destination),
  tcp('tcp.seq', 'int', 'sequence number', ({ sequence }) => sequence),
  tcp('tcp.flags', 'int', 'flags', ({ flags }) => flags),
  tcp('tcp.win', 'int', 'window without its scale', ({ window }) => window),
  tcp('tcp.options.mss', 'int', 'maximum segment size, 0 if none', (header) => optionNumber(header, MSS, 2) ?? 0),
  tcp('tcp.options.wscale', 'int', 'window scale, 0 if none', (header) => optionNumber(header, WINDOW_SCALE, 1) ?? 0),
  tcp('tcp.options.wsopt', 'int', 'presence of a window scale, 1 or 0,', (header) => optionNumber(header, WINDOW_SCALE, 0) ?? 0),
  tcp('tcp.options.sack', 'int', 'presence of SACK-permitted, 1 or 0,', (header) => optionNumber(header, SACK_PERMITTED, 0) ?? 0),
  tcp('tcp.options.tsopt', 'int', 'presence of a timestamp, 1 or 0,', (header) => optionNumber(header, TIMESTAMP, 0) ?? 0),
  tcp('tcp.options.tsval', 'int', 'timestamp', (header) => optionNumber(header, TIMESTAMP, 4)),
  tcp('tcp.options_list', 'bin', 'kinds of the options in their order', ({ options }) => bin(Buffer.from(options.map(({ kind }) => kind)))),
];

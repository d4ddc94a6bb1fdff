/**
 * DNS messages (RFC 1035, 2782, 6891): questions out, answers in. Bytes from the network are hostile: each read is bounded by the
 * message, compression pointers only lead backwards, names and records are counted. What breaks a rule is no message (null).
 */
import { formatIp } from '../../core/ip.js';

/** Kinds of records that are asked for or understood. */
export const RECORD = { A: 1, CNAME: 5, AAAA: 28, SRV: 33, OPT: 41 } as const;
export type Question = 'A' | 'AAAA' | 'SRV';

/** Codes of answers (RFC 1035, 4.1.1). */
export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

const CLASS_IN = 1;
const HEADER_BYTES = 12;
/** RFC 1035, 3.1. */
const LABEL_BYTES = 63;
const NAME_BYTES = 255;
/** UDP over plain DNS; whoever accepts more says so by EDNS. */
export const PLAIN_PAYLOAD = 512;
/** Records of one message that are looked at. */
const MAX_RECORDS = 4096;

export interface SrvData {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** In lower case, without a final dot; '' for the root: there is no such service. */
  readonly target: string;
}

export type DnsRecord =
  | { readonly kind: 'address'; readonly name: string; readonly family: 4 | 6; readonly address: string }
  | { readonly kind: 'cname'; readonly name: string; readonly target: string }
  | { readonly kind: 'srv'; readonly name: string; readonly srv: SrvData };

export interface Answer {
  readonly id: number;
  readonly rcode: number;
  readonly truncated: boolean;
  /** Name (lower case) and type of the question it repeats. */
  readonly question: { readonly name: string; readonly type: number };
  readonly answers: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
}

/** True for a name that can be asked for: labels of 1 to 63 bytes, 253 in all, nothing but printable ASCII. */
export function isDnsName(name: string): boolean {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  if (bare === '' || bare.length > NAME_BYTES - 2 || !/^[!-~]+$/.test(bare)) return false;
  return bare.split('.').every((label) => label.length >= 1 && label.length <= LABEL_BYTES);
}

/** A question with recursion desired; `payload` above 512 is announced by EDNS. The name must be one that isDnsName() accepts. */
export function encodeQuestion(id: number, name: string, type: Question, payload = PLAIN_PAYLOAD): Buffer {
  const edns = payload > PLAIN_PAYLOAD;
  const labels = name.replace(/\.$/, '').split('.');
  const bytes = Buffer.alloc(HEADER_BYTES + name.length + 8 + (edns ? 11 : 0));
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(0x0100, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt16BE(edns ? 1 : 0, 10);
  let at = HEADER_BYTES;
  for (const label of labels) {
    at = bytes.writeUInt8(label.length, at);
    at += bytes.write(label, at, 'latin1');
  }
  at = bytes.writeUInt8(0, at);
  at = bytes.writeUInt16BE(RECORD[type], at);
  at = bytes.writeUInt16BE(CLASS_IN, at);
  if (edns) {
    at = bytes.writeUInt8(0, at);
    at = bytes.writeUInt16BE(RECORD.OPT, at);
    at = bytes.writeUInt16BE(payload, at) + 6;
  }
  return bytes.subarray(0, at);
}

/** Thrown inside this file only. */
class Malformed extends Error {}

class Reader {
  at = HEADER_BYTES;

  constructor(readonly bytes: Buffer) {}

  u8(): number {
    return this.bytes[this.skip(1)]!;
  }
  u16(): number {
    return this.bytes.readUInt16BE(this.skip(2));
  }
  /** Moves on by `n` bytes and returns where they start. */
  skip(n: number): number {
    const from = this.at;
    this.at += n;
    if (this.at > this.bytes.length) throw new Malformed();
    return from;
  }

  /** A name in lower case without a final dot. */
  name(): string {
    const { bytes } = this;
    const labels: string[] = [];
    let length = 1;
    let at = this.at;
    // Each pointer must lead before all that was read of this name: so it comes to an end.
    let first = at;
    let end = -1;
    for (;;) {
      const size = bytes[at];
      if (size === undefined) throw new Malformed();
      if (size >= 0xc0) {
        const low = bytes[at + 1];
        if (low === undefined) throw new Malformed();
        if (end < 0) end = at + 2;
        at = ((size & 0x3f) << 8) | low;
        if (at >= first || at < HEADER_BYTES) throw new Malformed();
        first = at;
        continue;
      }
      if (size > LABEL_BYTES) throw new Malformed();
      if (size === 0) break;
      length += size + 1;
      if (at + 1 + size > bytes.length || length > NAME_BYTES) throw new Malformed();
      labels.push(bytes.toString('latin1', at + 1, at + 1 + size).toLowerCase());
      at += size + 1;
    }
    this.at = end < 0 ? at + 1 : end;
    return labels.join('.');
  }

  /** One record; null if it is of a kind that isn't used. */
  record(): DnsRecord | null {
    const name = this.name();
    const type = this.u16();
    const cls = this.u16();
    this.skip(4);
    const length = this.u16();
    const from = this.skip(length);
    if (cls !== CLASS_IN || type === RECORD.OPT) return null;
    const inner = new Reader(this.bytes.subarray(0, from + length));
    inner.at = from;
    switch (type) {
      case RECORD.A: return address(name, 4, this.bytes, from, length);
      case RECORD.AAAA: return address(name, 6, this.bytes, from, length);
      case RECORD.CNAME: return { kind: 'cname', name, target: inner.whole(() => inner.name()) };
      case RECORD.SRV: return { kind: 'srv', name, srv: inner.whole(() => inner.srv()) };
      default: return null;
    }
  }

  srv(): SrvData {
    return { priority: this.u16(), weight: this.u16(), port: this.u16(), target: this.name() };
  }

  /** What `read` makes of all bytes of a record's data. */
  whole<T>(read: () => T): T {
    const value = read();
    if (this.at !== this.bytes.length) throw new Malformed();
    return value;
  }
}

function address(name: string, family: 4 | 6, bytes: Buffer, from: number, length: number): DnsRecord {
  if (length !== (family === 4 ? 4 : 16)) throw new Malformed();
  return { kind: 'address', name, family, address: formatIp({ family, bytes: bytes.subarray(from, from + length) }) };
}

/** An answer to one question; null if the bytes are none. */
export function decodeAnswer(bytes: Buffer): Answer | null {
  if (bytes.length < HEADER_BYTES) return null;
  const flags = bytes.readUInt16BE(2);
  const isAnswer = (flags & 0x8000) !== 0 && (flags & 0x7800) === 0;
  if (!isAnswer || bytes.readUInt16BE(4) !== 1) return null;
  try {
    const reader = new Reader(bytes);
    const question = { name: reader.name(), type: reader.u16() };
    if (reader.u16() !== CLASS_IN) return null;
    const [answers, authorities, additional] = [6, 8, 10].map((at) => bytes.readUInt16BE(at)) as [number, number, number];
    const head = { id: bytes.readUInt16BE(0), rcode: flags & 0x0f, truncated: (flags & 0x0200) !== 0, question };
    // A truncated message ends where it was cut.
    if (head.truncated || answers + authorities + additional > MAX_RECORDS) return { ...head, truncated: true, answers: [], additional: [] };
    const section = (count: number): DnsRecord[] => Array.from({ length: count }, () => reader.record()).filter((record) => record !== null);
    const found = section(answers);
    section(authorities);
    return { ...head, answers: found, additional: section(additional) };
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** Aliases that one answer may lead through. */
const MAX_ALIASES = 16;

/** The name that `name` stands for by the aliases of an answer; null for a loop or too many of them. */
export function finalName(name: string, answers: readonly DnsRecord[]): string | null {
  let now = name;
  for (let hops = 0; hops <= MAX_ALIASES; hops++) {
    const alias = answers.find((record) => record.kind === 'cname' && record.name === now);
    if (alias === undefined || alias.kind !== 'cname') return now;
    now = alias.target;
  }
  return null;
}

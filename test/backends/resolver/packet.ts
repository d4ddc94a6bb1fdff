/** DNS messages as tests write them: plain, without compression unless bytes say so. */

export function nameBytes(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.');
  return Buffer.concat([...labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')])), Buffer.of(0)]);
}

export function u16(...values: number[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.of(value >> 8, value & 255)));
}

const TYPES = { A: 1, CNAME: 5, AAAA: 28, SRV: 33, TXT: 16 } as const;

export interface Row {
  readonly name: string | Buffer;
  readonly type: keyof typeof TYPES;
  readonly data: Buffer;
}

export const a = (name: string, address: string): Row => ({ name, type: 'A', data: Buffer.from(address.split('.').map(Number)) });
export const cname = (name: string, target: string): Row => ({ name, type: 'CNAME', data: nameBytes(target) });
export const srv = (name: string, target: string, port: number, weight = 0, priority = 0): Row =>
  ({ name, type: 'SRV', data: Buffer.concat([u16(priority, weight, port), nameBytes(target)]) });
/** `groups`: eight 16-bit numbers. */
export const aaaa = (name: string, ...groups: number[]): Row => ({ name, type: 'AAAA', data: u16(...groups) });

function rowBytes({ name, type, data }: Row): Buffer {
  return Buffer.concat([typeof name === 'string' ? nameBytes(name) : name, u16(TYPES[type], 1, 0, 60, data.length), data]);
}

export interface AnswerShape {
  readonly id?: number;
  readonly name?: string;
  readonly type?: keyof typeof TYPES;
  readonly rcode?: number;
  readonly flags?: number;
  readonly answers?: readonly Row[];
  readonly additional?: readonly Row[];
}

export function answer({ id = 1, name = 'x.test', type = 'A', rcode = 0, flags = 0x8180, answers = [], additional = [] }: AnswerShape): Buffer {
  return Buffer.concat([u16(id, flags | rcode, 1, answers.length, 0, additional.length), nameBytes(name), u16(TYPES[type], 1), ...answers.map(rowBytes), ...additional.map(rowBytes)]);
}

/** Id, name and type of a question. */
export function questionOf(bytes: Buffer): { id: number; name: string; type: 'A' | 'AAAA' | 'SRV'; payload: number | null } {
  const labels: string[] = [];
  let at = 12;
  while (bytes[at] !== 0) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + bytes[at]!));
    at += bytes[at]! + 1;
  }
  const type = bytes.readUInt16BE(at + 1);
  const payload = bytes.readUInt16BE(10) === 1 ? bytes.readUInt16BE(at + 5 + 3) : null;
  return { id: bytes.readUInt16BE(0), name: labels.join('.'), type: type === 1 ? 'A' : type === 28 ? 'AAAA' : 'SRV', payload };
}

import { broken, expect, good, type ProtocolRow } from './row.js';

/** A hello of version 2.0 that says it is a health check (SPOE.txt of HAProxy, 3.2.4). */
const HELLO = `01 00000001 00 00
  12 737570706f727465642d76657273696f6e73 08 03 322e30
  0e 6d61782d6672616d652d73697a65 03 fc f0 06
  0c 6361706162696c6974696573 08 00
  0b 6865616c7468636865636b 11`;

const AGENT_HELLO = 101;
const AGENT_DISCONNECT = 102;
const VERSION = '2.0';

function frame(hexadecimal: string): Buffer {
  const body = Buffer.from(hexadecimal.replace(/\s+/g, ''), 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Reads a frame's payload; a wrong one throws RangeError. */
class Reader {
  constructor(private readonly data: Buffer, private at: number) {}

  get done(): boolean {
    return this.at >= this.data.length;
  }

  byte(): number {
    if (this.done) throw new RangeError('the frame is cut');
    return this.data[this.at++]!;
  }

  skip(count: number): void {
    this.at += count;
  }

  /** A variable-length integer. */
  integer(): number {
    const first = this.byte();
    if (first < 240) return first;
    let value = first;
    for (let shift = 4; ; shift += 7) {
      const next = this.byte();
      value += next * 2 ** shift;
      if (next < 128) return value;
      if (shift > 46) throw new RangeError('the number is too large');
    }
  }

  string(): string {
    const length = this.integer();
    if (this.at + length > this.data.length) throw new RangeError('the frame is cut');
    this.at += length;
    return this.data.toString('latin1', this.at - length, this.at);
  }

  /** A typed value: numbers and text; of others only that they are there. */
  value(): number | string | null {
    const type = this.byte() & 0x0f;
    if (type >= 2 && type <= 5) return this.integer();
    if (type === 8 || type === 9) return this.string();
    if (type === 6) this.skip(4);
    if (type === 7) this.skip(16);
    return null;
  }
}

/** The list of a hello or disconnect frame; null if it is neither. */
function fieldsOf(data: Buffer, end: number): { readonly type: number; readonly fields: ReadonlyMap<string, number | string | null> } | null {
  const reader = new Reader(data.subarray(0, end), 4);
  try {
    const type = reader.byte();
    if (type !== AGENT_HELLO && type !== AGENT_DISCONNECT) return null;
    reader.skip(4);
    if (reader.integer() !== 0 || reader.integer() !== 0) return null;
    const fields = new Map<string, number | string | null>();
    while (!reader.done) fields.set(reader.string(), reader.value());
    return { type, fields };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** `option spop-check`: a handshake with an agent of the Stream Processing Offload Protocol. */
export const spop: ProtocolRow = {
  type: 'spop-check',
  first: 1,
  steps: () => [
    { send: frame(HELLO) },
    expect((data, last) => {
      const end = data.length < 4 ? Infinity : 4 + data.readUInt32BE(0);
      if (data.length < end) return last ? broken('invalid frame received') : null;
      const found = fieldsOf(data, end);
      if (found === null) return broken('invalid frame received');
      const { type, fields } = found;
      if (type === AGENT_DISCONNECT) return broken(String(fields.get('message') ?? 'disconnect frame received'));
      if (!fields.has('version')) return broken('version value not found');
      if (fields.get('version') !== VERSION) return broken('unsupported version');
      return typeof fields.get('max-frame-size') === 'number' ? good('SPOA server is ok') : broken('max-frame-size value not found');
    }),
  ],
};

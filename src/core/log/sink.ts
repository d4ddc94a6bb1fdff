/** Bytes of messages that leave together. */
const PAGE = 256 * 1024;
/** Before each message: u16 receiver, u16 length. */
const RECORD = 4;
const NEWLINE = 10;
/** Longest message with its newline, bytes. */
export const MAX_MESSAGE = 65535;
/** Text up to here is copied by a loop, which is faster than a call of the runtime. */
const SHORT = 48;

/**
 * Log messages of one thread on their way to receivers: written into a page, sent when the present turn of the event loop is over, or
 * when the page is full. Text is latin1, one char a byte. A message that is longer than allowed is cut.
 */
export class LogSink {
  readonly bytes = new Uint8Array(PAGE);
  /** Where the next byte of the open message goes. */
  at = 0;
  /** End of the open message, its newline aside. */
  private limit = 0;
  private start = 0;
  private armed = false;
  private readonly text = Buffer.from(this.bytes.buffer);

  /** `send` takes what lies in the first `length` bytes of the page. */
  constructor(private readonly send: (records: Uint8Array, length: number) => void) {}

  /** Begins a message of at most `most` bytes and its newline. */
  open(receiver: number, most: number): void {
    const length = Math.min(most, MAX_MESSAGE - 1);
    if (this.at + RECORD + length + 1 > PAGE) this.flush();
    if (!this.armed) {
      this.armed = true;
      queueMicrotask(() => this.flush());
    }
    const { bytes, at } = this;
    this.start = at;
    bytes[at] = receiver & 255;
    bytes[at + 1] = receiver >> 8;
    this.at = at + RECORD;
    this.limit = at + RECORD + length;
  }

  /** Ends the message. */
  close(): void {
    const { bytes, start } = this;
    bytes[this.at++] = NEWLINE;
    const length = this.at - start - RECORD;
    bytes[start + 2] = length & 255;
    bytes[start + 3] = length >> 8;
  }

  put(text: string): void {
    const { bytes, at } = this;
    const length = Math.min(text.length, this.limit - at);
    if (length > SHORT) this.text.write(text, at, length, 'latin1');
    else for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
    this.at = at + length;
  }

  byte(value: number): void {
    if (this.at < this.limit) this.bytes[this.at++] = value;
  }

  copy(from: Uint8Array): void {
    const room = this.limit - this.at;
    const length = from.length < room ? from.length : room;
    const { bytes, at } = this;
    for (let i = 0; i < length; i++) bytes[at + i] = from[i]!;
    this.at = at + length;
  }

  /** The bytes from..to of another memory, those that `encode` marks as #XX. */
  copyEncoded(from: Uint8Array, start: number, end: number, encode: Uint8Array): void {
    const { bytes, limit } = this;
    let { at } = this;
    for (let i = start; i < end && at < limit; i++) {
      const value = from[i]!;
      if (encode[value] === 0) bytes[at++] = value;
      else {
        if (at + 3 > limit) break;
        bytes[at] = HASH;
        bytes[at + 1] = HEX.charCodeAt(value >> 4);
        bytes[at + 2] = HEX.charCodeAt(value & 15);
        at += 3;
      }
    }
    this.at = at;
  }

  /** A whole number in decimal. */
  integer(value: number): void {
    if (value >= 0 && value < 10) return this.byte(ZERO + value);
    if (value === -1) {
      this.byte(MINUS);
      return this.byte(ZERO + 1);
    }
    if (!(value >= 0 && value <= 0x7fffffff)) return this.put(String(value));
    let digits = 2;
    for (let bound = 100; digits < 10 && value >= bound; bound *= 10) digits++;
    if (this.at + digits > this.limit) return this.put(String(value));
    let rest = value;
    for (let i = this.at + digits - 1; i >= this.at; i--) {
      const next = (rest / 10) | 0;
      this.bytes[i] = ZERO + rest - next * 10;
      rest = next;
    }
    this.at += digits;
  }

  flush(): void {
    this.armed = false;
    const length = this.at;
    this.at = 0;
    if (length > 0) this.send(this.bytes, length);
  }
}

const ZERO = 48;
const MINUS = 45;
const HASH = 35;
const HEX = '0123456789ABCDEF';

/** Bytes that stand for themselves in logs: 0; others are written as #XX (manual, 8.6): 1. */
export function encodeMap(also: string): Uint8Array {
  const map = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) map[byte] = byte < 32 || byte > 126 || also.includes(String.fromCharCode(byte)) ? 1 : 0;
  return map;
}

/** Calls `take` for each message of some records. The bytes are those of the records: copy to keep. */
export function eachRecord(records: Uint8Array, length: number, take: (receiver: number, message: Uint8Array) => void): void {
  for (let at = 0; at + RECORD <= length;) {
    const receiver = records[at]! | (records[at + 1]! << 8);
    const size = records[at + 2]! | (records[at + 3]! << 8);
    at += RECORD;
    if (at + size > length) return;
    take(receiver, records.subarray(at, at + size));
    at += size;
  }
}

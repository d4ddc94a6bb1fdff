/** Messages out of a TCP stream (RFC 6587): counted by octets, or ended by a newline, message by message. */
import { MAX_MESSAGE } from '../sink.js';

const ZERO = 48;
const NINE = 57;
const SPACE = 32;
const NEWLINE = 10;
/** Digits of a length. */
const DIGITS = 5;

/** Thrown for a stream that can't be followed any more. */
export class FramingError extends Error {}

export class Framing {
  private rest: Buffer = Buffer.alloc(0);

  /** `newlines`: a newline ends each message, even if a digit starts it. */
  constructor(private readonly take: (message: string) => void, private readonly newlines: boolean) {}

  /** The next bytes of the stream. Throws FramingError for a length that is none, or a message that is too long. */
  feed(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      const first = bytes[at]!;
      const next = !this.newlines && first >= ZERO && first <= NINE ? this.counted(bytes, at) : this.line(bytes, at);
      if (next < 0) break;
      at = next;
    }
    this.rest = Buffer.from(bytes.subarray(at));
  }

  /** The stream is over: what is left is a message without its end. */
  end(): void {
    if (this.rest.length > 0 && (this.newlines || this.rest[0]! > NINE || this.rest[0]! < ZERO)) this.give(this.rest);
    this.rest = Buffer.alloc(0);
  }

  /** Where the next message starts; -1: this one is not complete. */
  private counted(bytes: Buffer, at: number): number {
    const space = bytes.indexOf(SPACE, at);
    const end = space < 0 ? bytes.length : space;
    const digits = bytes.toString('latin1', at, Math.min(end, at + DIGITS + 1));
    if (!/^[0-9]*$/.test(digits) || digits.length > DIGITS) throw new FramingError('a length is wrong');
    if (space < 0) return -1;
    const length = Number(digits);
    if (length > MAX_MESSAGE) throw new FramingError('a message is too long');
    const stop = space + 1 + length;
    if (stop > bytes.length) return -1;
    this.give(bytes.subarray(space + 1, stop));
    return stop;
  }

  private line(bytes: Buffer, at: number): number {
    const newline = bytes.indexOf(NEWLINE, at);
    if (newline < 0) {
      if (bytes.length - at > MAX_MESSAGE) throw new FramingError('a message is too long');
      return -1;
    }
    this.give(bytes.subarray(at, newline));
    return newline + 1;
  }

  private give(message: Buffer): void {
    const text = message.toString('latin1').replace(/[\r\n\0]+$/, '');
    if (text !== '') this.take(text);
  }
}

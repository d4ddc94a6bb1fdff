import { elementEnd, trimmed } from './list.js';
import { headerName, type Tx } from '../tx.js';

const TRANSFER_ENCODING = headerName('transfer-encoding');

/** The last element of the last Transfer-Encoding line says whether the body comes in chunks (RFC 9112, section 6.1). */
function isChunked(tx: Tx): boolean {
  let coding = '';
  for (let row = tx.nextHeader(TRANSFER_ENCODING, 0); row >= 0; row = tx.nextHeader(TRANSFER_ENCODING, row + 1)) {
    const value = tx.rowValue(row);
    let from = 0;
    for (let end = elementEnd(value, 0); end < value.length; end = elementEnd(value, from)) from = end + 1;
    coding = trimmed(value, from, value.length);
  }
  return coding.toLowerCase() === 'chunked';
}

const SIZE = /([0-9a-fA-F]{1,15})[^\r\n]*\r?\n/y;

/** The data of the chunks in a text, also of the last one as far as it is there. */
export function chunkData(text: string): string {
  let out = '';
  for (let at = 0; ;) {
    SIZE.lastIndex = at;
    const found = SIZE.exec(text);
    const size = found === null ? 0 : parseInt(found[1]!, 16);
    if (size === 0) return out;
    const from = SIZE.lastIndex;
    out += text.slice(from, from + size);
    at = from + size;
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
  }
}

/** The bytes of the message's body that have arrived, without the lines between chunks. */
export function bodyOf(tx: Tx): string {
  return isChunked(tx) ? chunkData(tx.body()) : tx.body();
}

export function bodyLengthOf(tx: Tx): number {
  return isChunked(tx) ? chunkData(tx.body()).length : tx.bodyLength();
}

/** The announced length; of a body in chunks, what has arrived. */
export function bodySizeOf(tx: Tx): number {
  return isChunked(tx) ? chunkData(tx.body()).length : tx.announcedBodyLength();
}

import {
  FACT_BACKEND, FACT_BODY_LEN, FACT_BODY_OFF, FACT_BODY_SIZE_HI, FACT_BODY_SIZE_LO, FACT_DST_ADDR, FACT_DST_FAMILY, FACT_DST_PORT, FACT_FLAGS, FACT_FRONTEND, FACT_HEADER_COUNT,
  FACT_HEADER_TABLE, FACT_HEAD_LEN, FACT_HEAD_OFF, FACT_METHOD, FACT_METHOD_LEN, FACT_METHOD_OFF, FACT_REASON_LEN, FACT_REASON_OFF,
  FACT_SERVER, FACT_SESSION, FACT_SRC_ADDR, FACT_SRC_FAMILY, FACT_SRC_PORT, FACT_STATUS, FACT_URI_LEN, FACT_URI_OFF, FACT_VERSION,
  FF_AGAIN, FF_RESPONSE, HM_OTHER, PHASE_AFTER, PHASE_RESPONSE,
} from './abi.js';
import { HeadEdits, type EditPage } from './edit.js';
import { latin1, lowered } from './latin1.js';
import { pathEnd, pathStart } from './target.js';
import { Slots } from './slots.js';
import { streamKeeper, type Stopped, type Stream } from './stream.js';
import { Variables } from './variable.js';
import type { Ip } from './row.js';

/** Methods by HM_ code. */
export const METHODS = ['', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PATCH'] as const;

/** A header name to look for: made once, compared with the bytes of the window. */
export type HeaderName = Uint8Array;

/** Lower-case bytes of a header's name. */
export function headerName(name: string): HeaderName {
  return Uint8Array.from(Buffer.from(lowered(name), 'latin1'));
}

interface MutableIp {
  family: 4 | 6;
  bytes: Uint8Array;
}

const NO_EDITS: EditPage = { offset: 0, size: 0 };

/**
 * The facts of the session that a decision is about: one object per worker, pointed at the window before each decide(). Whatever
 * a rule asks for is decoded on demand; nothing is made for a request that no rule looks at. Text is latin1, one char a byte.
 * Edits of the head are laid over it, so that later rules see them.
 */
export class Tx {
  /** FACT_ cells. */
  readonly facts: Int32Array;
  /** Bytes of the window; offsets in facts are from its start. */
  readonly bytes: Uint8Array;
  /** Raised with each decide() and each edit of the head: what is remembered under an older number is stale. */
  serial = 0;
  /** The same for what hangs on the request line alone. */
  lineSerial = 0;
  phase = 0;
  readonly edits: HeadEdits;
  readonly variables = new Variables();
  private readonly streams = new Slots<Stream>(streamKeeper);
  /** Rules that failed to rewrite make the message an internal error, unless `strict-mode off` came before. */
  strict = true;
  /** Set by fetches that might give something else once more bytes are there. */
  mayChange = false;
  /** Where the rules of this message have stopped, until they have come to that place again; null: they begin. */
  stopped: Stopped | null = null;
  /** Set while the action that has stopped them is run again. */
  resumed = false;
  /** What makes a log line that is being written (manual: %OG). */
  logOrigin = 'unspec';

  private readonly text: Buffer;
  private readonly srcIp: { readonly 4: MutableIp; readonly 6: MutableIp };
  private readonly dstIp: { readonly 4: MutableIp; readonly 6: MutableIp };
  private uriSerial = -1;
  private uriText = '';
  private pathSerial = -1;
  private pathText: string | undefined;
  private newMethod: string | null = null;
  private target: string | null = null;
  private status_ = 0;
  private reason_ = '';

  constructor(window: ArrayBuffer, edits: EditPage = NO_EDITS, maxHeaders = 101) {
    this.facts = new Int32Array(window, 0, window.byteLength >> 2);
    this.bytes = new Uint8Array(window);
    this.text = Buffer.from(window);
    this.edits = new HeadEdits(edits, maxHeaders);
    this.srcIp = this.addressViews(FACT_SRC_ADDR);
    this.dstIp = this.addressViews(FACT_DST_ADDR);
  }

  private addressViews(cell: number): { readonly 4: MutableIp; readonly 6: MutableIp } {
    const view = (length: number): Uint8Array => this.bytes.subarray(cell * 4, cell * 4 + length);
    return { 4: { family: 4, bytes: view(4) }, 6: { family: 6, bytes: view(16) } };
  }

  /** To be called before each decision. */
  begin(phase: number): void {
    this.serial++;
    this.lineSerial++;
    this.phase = phase;
    this.strict = true;
    this.newMethod = this.target = null;
    this.status_ = 0;
    this.edits.reset();
    this.stopped = (this.facts[FACT_FLAGS]! & FF_AGAIN) === 0 ? null : this.takeStopped();
    this.variables.point(this.facts, phase);
  }

  private takeStopped(): Stopped | null {
    const stream = this.streamIfAny();
    const stopped = stream?.stopped ?? null;
    if (stream !== undefined) stream.stopped = null;
    return stopped;
  }

  /** Writes the edits, if any, where the engine reads them. */
  finish(): void {
    if (this.edits.dirty) this.edits.write(this.bytes, this.headerCount());
  }

  get session(): number {
    return this.facts[FACT_SESSION]!;
  }
  get frontend(): number {
    return this.facts[FACT_FRONTEND]!;
  }
  get backend(): number {
    return this.facts[FACT_BACKEND]!;
  }
  get server(): number {
    return this.facts[FACT_SERVER]!;
  }

  /** What rules leave for later phases of the same stream; made when it is first asked for. */
  stream(): Stream {
    return this.streams.of(this.facts, true);
  }
  /** The same, undefined if nothing was left. */
  streamIfAny(): Stream | undefined {
    return this.streams.of(this.facts, false);
  }

  /** True while the message in the window is a response. */
  isResponse(): boolean {
    return (this.facts[FACT_FLAGS]! & FF_RESPONSE) !== 0 || this.phase === PHASE_RESPONSE || this.phase === PHASE_AFTER;
  }
  hasRequest(): boolean {
    return this.facts[FACT_HEAD_LEN]! > 0 && !this.isResponse();
  }
  hasResponse(): boolean {
    return this.facts[FACT_HEAD_LEN]! > 0 && this.isResponse();
  }

  private slice(offset: number, length: number): string {
    const start = this.facts[FACT_HEAD_OFF]! + offset;
    return latin1(this.text, start, start + length);
  }

  /** The request's method as it came, whatever set-method made of it; known in response phases too unless it is an unusual one. */
  method(): string | undefined {
    const code = this.facts[FACT_METHOD]!;
    if (code !== HM_OTHER) return METHODS[code];
    return this.hasRequest() ? this.slice(this.facts[FACT_METHOD_OFF]!, this.facts[FACT_METHOD_LEN]!) : undefined;
  }

  /** The request target as sent or as rewritten; undefined if no request head is there. */
  uri(): string | undefined {
    if (this.target !== null) return this.target;
    if (this.uriSerial === this.lineSerial) return this.uriText;
    if (!this.hasRequest()) return undefined;
    this.uriText = this.slice(this.facts[FACT_URI_OFF]!, this.facts[FACT_URI_LEN]!);
    this.uriSerial = this.lineSerial;
    return this.uriText;
  }

  /** From the first slash after scheme and authority to the question mark; undefined if there is none (`*`). */
  path(): string | undefined {
    if (this.pathSerial !== this.lineSerial) {
      this.pathSerial = this.lineSerial;
      const uri = this.uri();
      const start = uri === undefined ? -1 : pathStart(uri);
      this.pathText = start < 0 ? undefined : uri!.slice(start, pathEnd(uri!, start));
    }
    return this.pathText;
  }

  pathq(): string | undefined {
    const uri = this.uri();
    if (uri === undefined) return undefined;
    const start = pathStart(uri);
    return start < 0 ? undefined : uri.slice(start);
  }

  /** What follows the first question mark; undefined if there is none. */
  query(): string | undefined {
    const uri = this.uri();
    if (uri === undefined) return undefined;
    const mark = uri.indexOf('?');
    return mark < 0 ? undefined : uri.slice(mark + 1);
  }

  /** Minor version of HTTP/1 of the message in the window. */
  version(): number {
    return this.facts[FACT_VERSION]!;
  }

  /** Status of the response, 0 before there is one. */
  status(): number {
    return this.status_ !== 0 ? this.status_ : this.facts[FACT_STATUS]!;
  }

  reason(): string {
    return this.status_ !== 0 ? this.reason_ : this.slice(this.facts[FACT_REASON_OFF]!, this.facts[FACT_REASON_LEN]!);
  }

  /** Client's address, undefined if it is not an IP address. The object is the same for each call: copy to keep. */
  src(): Ip | undefined {
    const family = this.facts[FACT_SRC_FAMILY];
    return family === 4 || family === 6 ? this.srcIp[family] : undefined;
  }
  srcPort(): number {
    return this.facts[FACT_SRC_PORT]!;
  }
  /** Address the client connected to, as src(). */
  dst(): Ip | undefined {
    const family = this.facts[FACT_DST_FAMILY];
    return family === 4 || family === 6 ? this.dstIp[family] : undefined;
  }
  dstPort(): number {
    return this.facts[FACT_DST_PORT]!;
  }

  /** Body bytes (or raw bytes in mode tcp) that have arrived. */
  body(from = 0, length = this.bodyLength() - from): string {
    const start = this.facts[FACT_BODY_OFF]! + from;
    return latin1(this.text, start, start + length);
  }
  bodyLength(): number {
    return this.facts[FACT_BODY_LEN]!;
  }

  /** Length of the body as the head announces it; what has arrived if it announces none. */
  announcedBodyLength(): number {
    const low = this.facts[FACT_BODY_SIZE_LO]!;
    const high = this.facts[FACT_BODY_SIZE_HI]!;
    return low === -1 && high === -1 ? this.bodyLength() : high * 2 ** 32 + (low >>> 0);
  }

  /** Number of header rows of the message as it came. */
  headerCount(): number {
    return this.facts[FACT_HEADER_COUNT]!;
  }
  /** Rows to walk: the message's own, then those that were added. Deleted ones are skipped by nextHeader(). */
  rowCount(): number {
    return this.facts[FACT_HEADER_COUNT]! + this.edits.addedCount;
  }

  /** The next row from `from` on with that name (null: any name), -1 if there is none. */
  nextHeader(name: HeaderName | null, from: number): number {
    const rows = this.rowCount();
    for (let row = from; row < rows; row++) if (this.rowIs(row, name)) return row;
    return -1;
  }

  private rowIs(row: number, name: HeaderName | null): boolean {
    const count = this.facts[FACT_HEADER_COUNT]!;
    if (row >= count || this.edits.changed > 0) {
      if (row < count && this.edits.isDeleted(row)) return false;
      const changed = this.edits.nameAt(row, count);
      if (changed !== null) return name === null || sameName(changed, name);
    }
    if (name === null) return true;
    const { facts, bytes } = this;
    const cell = facts[FACT_HEADER_TABLE]! + row * 4;
    if (facts[cell + 1] !== name.length) return false;
    const start = facts[FACT_HEAD_OFF]! + facts[cell]!;
    for (let i = 0; i < name.length; i++) {
      const byte = bytes[start + i]!;
      if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) !== name[i]) return false;
    }
    return true;
  }

  rowName(row: number): string {
    if (this.edits.dirty) {
      const changed = this.edits.nameAt(row, this.headerCount());
      if (changed !== null) return changed;
    }
    const cell = this.facts[FACT_HEADER_TABLE]! + row * 4;
    return this.slice(this.facts[cell]!, this.facts[cell + 1]!);
  }

  /** A row's whole value, without surrounding blanks. */
  rowValue(row: number): string {
    if (this.edits.dirty) {
      const changed = this.edits.valueAt(row, this.headerCount());
      if (changed !== null) return changed;
    }
    const cell = this.facts[FACT_HEADER_TABLE]! + row * 4;
    return this.slice(this.facts[cell + 2]!, this.facts[cell + 3]!);
  }

  /** The first full value of a header; undefined if it is not there. */
  header(name: HeaderName): string | undefined {
    const row = this.nextHeader(name, 0);
    return row < 0 ? undefined : this.rowValue(row);
  }

  addHeader(name: string, value: string): boolean {
    this.serial++;
    return this.edits.add(name, value);
  }
  removeHeader(row: number): boolean {
    this.serial++;
    return this.edits.remove(row, this.headerCount());
  }
  replaceHeader(row: number, name: string, value: string): boolean {
    this.serial++;
    return this.edits.replace(row, this.headerCount(), name, value);
  }

  setMethod(method: string): boolean {
    return this.setRequestLine(method, this.uri() ?? '');
  }
  setUri(uri: string): boolean {
    return this.setRequestLine(this.newMethod ?? this.method() ?? '', uri);
  }
  private setRequestLine(method: string, uri: string): boolean {
    if (!this.edits.setStartLine(`${method} ${uri} HTTP/1.${this.version()}`)) return false;
    this.newMethod = method;
    this.target = uri;
    this.serial++;
    this.lineSerial++;
    return true;
  }
  setStatus(status: number, reason: string): boolean {
    if (!this.edits.setStartLine(`HTTP/1.${this.version()} ${status} ${reason}`)) return false;
    this.status_ = status;
    this.reason_ = reason;
    return true;
  }
}

function sameName(text: string, name: HeaderName): boolean {
  if (text.length !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 65 && code <= 90 ? code | 32 : code) !== name[i]) return false;
  }
  return true;
}

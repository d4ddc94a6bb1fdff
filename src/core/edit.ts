import { EDIT_APPEND, EDIT_DELETE, EDIT_END, EDIT_REPLACE, EDIT_START_LINE, EDIT_TLV } from './abi.js';

/** Where the engine reads the edits of a head: bytes of the window. */
export interface EditPage {
  readonly offset: number;
  readonly size: number;
}

const RECORD = 8;
const COLON = 58;
const BLANK = 32;
const padded = (length: number): number => (length + 3) & ~3;
const recordSize = (length: number): number => RECORD + padded(length);

/**
 * The edits of one head, laid over the header table of the window: rows below `count` are the message's own, those above were
 * added. Kept as long as decide() runs, then written to the edit page as EDIT_ records (abi.def). The size is counted with
 * every edit, so that an edit that would not fit is refused at once: HAProxy's rewrite failure.
 */
export class HeadEdits {
  /** True once anything differs from what came in. */
  dirty = false;
  /** The whole start line, null while it is the message's own. */
  private startLine: string | null = null;
  /** Number of the message's own rows that were deleted or replaced at some time. */
  changed = 0;
  private readonly deleted: Uint8Array;
  /** `name: value` that replaces a row; null = as it came. */
  private readonly names: (string | null)[];
  private readonly values: string[];
  /** How many of the lists below count: they are not cut, which would be dear. */
  private added = 0;
  private readonly addedNames: string[] = [];
  private readonly addedValues: string[] = [];
  private size = RECORD;

  constructor(private readonly page: EditPage, private readonly maxHeaders: number) {
    this.deleted = new Uint8Array(maxHeaders);
    this.names = new Array<string | null>(maxHeaders).fill(null);
    this.values = new Array<string>(maxHeaders).fill('');
  }

  reset(): void {
    if (!this.dirty) return;
    this.dirty = false;
    this.startLine = null;
    if (this.changed > 0) {
      this.changed = 0;
      this.deleted.fill(0);
      this.names.fill(null);
    }
    this.added = 0;
    this.size = RECORD;
  }

  get addedCount(): number {
    return this.added;
  }

  isDeleted(row: number): boolean {
    return this.deleted[row] !== 0;
  }

  /** Name and value of a row that differs from the message; row is counted from 0, `count` rows are the message's. */
  nameAt(row: number, count: number): string | null {
    return row < count ? (this.names[row] ?? null) : row - count < this.added ? this.addedNames[row - count]! : null;
  }

  valueAt(row: number, count: number): string | null {
    if (row >= count) return row - count < this.added ? this.addedValues[row - count]! : null;
    return this.names[row] === null ? null : this.values[row]!;
  }

  setStartLine(line: string): boolean {
    const grown = recordSize(line.length) - (this.startLine === null ? 0 : recordSize(this.startLine.length));
    if (!this.grow(grown)) return false;
    this.startLine = line;
    return true;
  }

  add(name: string, value: string): boolean {
    if (!this.grow(recordSize(name.length + 2 + value.length))) return false;
    this.addedNames[this.added] = name;
    this.addedValues[this.added++] = value;
    return true;
  }

  /** Drops a row. Added rows after it move up by one. */
  remove(row: number, count: number): boolean {
    if (row >= count) {
      const at = row - count;
      this.size -= recordSize(this.addedNames[at]!.length + 2 + this.addedValues[at]!.length);
      this.added--;
      this.addedNames.copyWithin(at, at + 1, this.added + 1);
      this.addedValues.copyWithin(at, at + 1, this.added + 1);
      return true;
    }
    const before = this.names[row] === null ? 0 : recordSize(this.names[row]!.length + 2 + this.values[row]!.length);
    if (!this.grow(RECORD - before)) return false;
    this.names[row] = null;
    this.deleted[row] = 1;
    this.changed++;
    return true;
  }

  replace(row: number, count: number, name: string, value: string): boolean {
    const wanted = recordSize(name.length + 2 + value.length);
    const old = this.nameAt(row, count);
    if (!this.grow(wanted - (old === null ? 0 : recordSize(old.length + 2 + this.valueAt(row, count)!.length)))) return false;
    if (row >= count) {
      this.addedNames[row - count] = name;
      this.addedValues[row - count] = value;
    } else {
      this.names[row] = name;
      this.values[row] = value;
      this.changed++;
    }
    return true;
  }

  private grow(by: number): boolean {
    if (this.size + by > this.page.size) return false;
    this.size += by;
    this.dirty = true;
    return true;
  }

  /** Writes the records; `count` is the number of the message's own rows. */
  write(bytes: Uint8Array, count: number): void {
    const writer = new RecordWriter(bytes, this.page.offset);
    if (this.startLine !== null) writer.record(EDIT_START_LINE, 0, this.startLine);
    for (let row = 0; this.changed > 0 && row < count && row < this.maxHeaders; row++) {
      if (this.deleted[row] !== 0) writer.record(EDIT_DELETE, row, '');
      else if (this.names[row] !== null) writer.field(EDIT_REPLACE, row, this.names[row]!, this.values[row]!);
    }
    for (let i = 0; i < this.added; i++) writer.field(EDIT_APPEND, 0, this.addedNames[i]!, this.addedValues[i]!);
    writer.record(EDIT_END, 0, '');
  }

  /** In place of edits: TLVs (type, value in latin1) of a PROXY header, as many as fit. The answer to PHASE_PROXY_TLVS. */
  writeTlvs(bytes: Uint8Array, tlvs: Iterable<readonly [type: number, value: string]>): void {
    const writer = new RecordWriter(bytes, this.page.offset);
    let left = this.page.size - RECORD;
    for (const [type, value] of tlvs) {
      if (recordSize(value.length) > left) continue;
      left -= recordSize(value.length);
      writer.record(EDIT_TLV, type, value);
    }
    writer.record(EDIT_END, 0, '');
  }
}

/** u8 op, u8 0, u16 header index, u32 byte length (both little-endian, as the machine has them), bytes, padding to 4. */
class RecordWriter {
  constructor(private readonly bytes: Uint8Array, private at: number) {}

  record(op: number, row: number, text: string): void {
    this.text(text, this.head(op, row, text.length));
    this.at += recordSize(text.length);
  }

  /** A record of `name: value`. */
  field(op: number, row: number, name: string, value: string): void {
    const length = name.length + 2 + value.length;
    let at = this.text(name, this.head(op, row, length));
    this.bytes[at++] = COLON;
    this.bytes[at++] = BLANK;
    this.text(value, at);
    this.at += recordSize(length);
  }

  /** Returns where the text of the record begins. */
  private head(op: number, row: number, length: number): number {
    const { bytes } = this;
    let at = this.at;
    bytes[at++] = op;
    bytes[at++] = 0;
    bytes[at++] = row & 255;
    bytes[at++] = row >> 8;
    for (let shift = 0; shift < 32; shift += 8) bytes[at++] = (length >>> shift) & 255;
    return at;
  }

  private text(text: string, from: number): number {
    const { bytes } = this;
    for (let i = 0; i < text.length; i++) bytes[from + i] = text.charCodeAt(i);
    return from + text.length;
  }
}

/** Stick tables and the rules that use them, as the Model has them and while they are read (manual, section 11). */
import { STICK_SERVER_ID, STICK_SERVER_KEY } from '../core/abi.js';
import type { SampleType } from '../core/row.js';
import type { Diagnostic, Span } from './diagnostic.js';
import type { ProxyDraft, Reference } from './draft.js';
import type { Condition, SampleExpression } from './model.js';
import type { Line } from './source.js';

export type StickKey = 'ip' | 'ipv6' | 'integer' | 'string' | 'binary';

export interface StickTable {
  readonly index: number;
  /** The proxy's name, or `section/table` for a table of a peers section. */
  readonly name: string;
  readonly key: StickKey;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Most entries. */
  readonly size: number;
  /** ms, 0 = never. */
  readonly expire: number;
  readonly nopurge: boolean;
  readonly recvOnly: boolean;
  /** The table that gets what peers send. */
  readonly writeTo: number | null;
  readonly serverKey: 'name' | 'addr';
  /** Bytes that make one event of a rate of bytes. */
  readonly bytesFactor: number;
  /** By their STICK_ number. */
  readonly columns: readonly StickColumn[];
  readonly span: Span;
}

export interface StickColumn {
  readonly column: number;
  /** Elements of an array, else 1. */
  readonly count: number;
  /** ms, 0 for what is no rate. */
  readonly period: number;
}

/** One `stick` line; `stick on` is two of them. */
export interface StickRule {
  readonly kind: 'match' | 'store-request' | 'store-response';
  readonly key: SampleExpression;
  readonly table: number;
  readonly condition: Condition | null;
  readonly span: Span;
}

export interface StickTableDraft extends Omit<StickTable, 'index' | 'writeTo' | 'columns'> {
  readonly columns: readonly StickColumn[];
  readonly writeTo: Reference | null;
  readonly peers: Reference | null;
  /** Where it stands; null in a peers section. */
  readonly proxy: ProxyDraft | null;
}

/** A `peers` section. */
export interface PeersDraft {
  readonly name: string;
  readonly span: Span;
  readonly peers: Reference[];
  disabled: boolean;
}

/** A rule that names a table; `found` takes its number. */
export interface TableReference {
  /** null: the proxy's own. */
  readonly name: string | null;
  readonly span: Span;
  readonly proxy: ProxyDraft | null;
  /** `track-sc0`, or `stick`. */
  readonly rule: string;
  /** Of the sample that makes the key. */
  readonly type: SampleType;
  /** The rule stores servers: the table has columns for them. */
  readonly learns: boolean;
  found(table: number): void;
}

/** What a load has read of stick tables so far. */
export interface StickSections {
  readonly tables: StickTableDraft[];
  readonly peers: PeersDraft[];
  readonly references: TableReference[];
}

export function newStickSections(): StickSections {
  return { tables: [], peers: [], references: [] };
}

/** The draft of a `peers` section, added to `all` unless its name is taken. */
export function openPeers(header: Line, { peers }: StickSections, report: (diagnostic: Diagnostic) => void): PeersDraft {
  const [keyword, name, extra] = header.words;
  const draft: PeersDraft = { name: name?.text ?? '', span: header.span, peers: [], disabled: false };
  const alert = (span: Span, summary: string, advice: string, related: Diagnostic['related'] = []): void =>
    report({ severity: 'alert', summary, advice, span, related });
  const other = peers.find((section) => section.name === draft.name);
  if (draft.name === '') alert((keyword ?? header).span, 'missing name for peers section', 'Give the section a name.');
  else if (extra !== undefined) alert(extra.span, `'peers' cannot handle unexpected argument '${extra.text}'`, 'A section has one name.');
  if (other === undefined) peers.push(draft);
  else
    alert(draft.span, `peers section '${draft.name}' has the same name as another peers section`, 'Give the sections different names.', [
      { span: other.span, text: 'declared here' },
    ]);
  return draft;
}

/** The columns of a table that learns servers. */
export function withServers(columns: readonly StickColumn[]): StickColumn[] {
  const more = [STICK_SERVER_ID, STICK_SERVER_KEY].filter((column) => columns.every((other) => other.column !== column));
  return [...columns, ...more.map((column) => ({ column, count: 1, period: 0 }))].sort((a, b) => a.column - b.column);
}

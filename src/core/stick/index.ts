/**
 * Stick tables as the main thread has them: for the runtime API and metrics. Workers go on meanwhile; each call sees an entry as it
 * is at that moment, and pages of a large table are not one snapshot of it.
 */
import type { Model } from '../../config/model.js';
import type { StickTable } from '../../config/stick.js';
import { STICK_ABSENT, STICK_EXPIRE, STICK_TRACKERS } from '../abi.js';
import type { StickEntry } from '../addon.js';
import type { StickAccess } from './access.js';
import { passes, type DataPlace, type Filter } from './filter.js';
import { keyWriter, type PutKey } from './key.js';

export { dataPlace, OPERATORS, type DataPlace, type Filter, type Operator } from './filter.js';
export { entryLine, keyText, tableLine } from './text.js';

export interface TableStatus {
  readonly table: StickTable;
  readonly used: number;
}

/** An entry by its key as text, or by the address that a StickEntry has. */
export type EntryName = { readonly key: string } | { readonly address: number };

export interface Cleared {
  readonly removed: number;
  /** Entries that stay because a session or stream tracks them. */
  readonly tracked: number;
}

/** Entries looked at in one go: a few hundred microseconds. */
const PAGE = 500;

export class StickControl {
  private readonly writers: readonly PutKey[];

  constructor(private readonly model: Model, private readonly access: StickAccess) {
    this.writers = model.stickTables.map((table) => keyWriter(table, 'str'));
  }

  /** All tables in the order of the configuration. */
  list(): TableStatus[] {
    return this.model.stickTables.map((table) => ({ table, used: this.used(table.index) }));
  }

  find(name: string): StickTable | undefined {
    return this.model.stickTables.find((table) => table.name === name);
  }

  /** Entries that have not expired. */
  used(table: number): number {
    return this.access.tables.used(table);
  }

  /** The text of a server_key. */
  serverName(number: number): string {
    return this.access.tables.name(number);
  }

  /**
   * Some of the entries that pass all filters, from a place on: 0 at first, then `next` of the page before, until that is 0. A page may
   * be empty and not the last. Entries that come or go between two pages may be missed.
   */
  page({ index }: StickTable, from: number, filters: readonly Filter[] = []): { readonly next: number; readonly entries: readonly StickEntry[] } {
    const { next, entries } = this.access.tables.page(index, from, PAGE);
    return { next, entries: filters.length === 0 ? entries : entries.filter((entry) => passes(entry, filters)) };
  }

  /** One entry; undefined: there is none, or the key is none of this table. */
  get(table: StickTable, name: EntryName): StickEntry | undefined {
    const length = this.put(table, name);
    const { tables, keys } = this.access;
    const uses = length < 0 ? STICK_ABSENT : tables.read(table.index, length, STICK_TRACKERS, 0);
    if (uses === STICK_ABSENT) return undefined;
    const read = (column: number, index: number): number => tables.read(table.index, length, column, index);
    const key = Buffer.alloc(table.keySize);
    keys.copy(key, 0, 0, length);
    const values = table.columns.flatMap(({ column, count }) => Array.from({ length: count }, (_, i) => read(column, i)));
    return { key, address: 'address' in name ? name.address : tables.address(table.index, length), uses, expire: read(STICK_EXPIRE, 0), values };
  }

  /** Makes or changes an entry, and refreshes it. False: the key is none of this table, or the table is full. */
  set(table: StickTable, name: EntryName, values: readonly (readonly [DataPlace, number])[]): boolean {
    const length = this.put(table, name);
    if (length < 0) return false;
    // Writing makes the entry; without a value to write, a column that nobody stores does.
    if (values.length === 0) return this.access.tables.touch(table.index, length);
    return values.every(([{ column, index }, value]) => this.access.tables.write(table.index, length, column, index, value));
  }

  /** Removes an entry; entries that are tracked stay. undefined: there is none. */
  remove(table: StickTable, name: EntryName): 'removed' | 'tracked' | undefined {
    const length = this.put(table, name);
    const answer = length < 0 ? STICK_ABSENT : this.access.tables.remove(table.index, length);
    return answer === STICK_ABSENT ? undefined : answer === 1 ? 'removed' : 'tracked';
  }

  /** Removes the entries of a page that pass all filters. To be called for page after page, as page(). */
  clearPage(table: StickTable, from: number, filters: readonly Filter[] = []): Cleared & { readonly next: number } {
    const { next, entries } = this.page(table, from, filters);
    let removed = 0;
    let tracked = 0;
    for (const { key } of entries) {
      this.access.keys.set(key);
      const answer = this.access.tables.remove(table.index, key.length);
      removed += answer === 1 ? 1 : 0;
      tracked += answer === 0 ? 1 : 0;
    }
    return { next, removed, tracked };
  }

  /** Leaves the key where the addon looks for it and gives its length, -1 if there is none. */
  private put(table: StickTable, name: EntryName): number {
    const { tables, keys } = this.access;
    if ('address' in name) return tables.keyAt(table.index, name.address);
    return this.writers[table.index]!(name.key, keys);
  }
}

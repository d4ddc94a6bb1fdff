import type { PatternList } from '../../config/model.js';

/** A pattern with the value that maps give for it, as text; empty in ACLs. */
export interface PatternEntry {
  readonly key: string;
  value: string;
}

/** What can be done to a list of patterns; plain data that goes from thread to thread. */
export type PatternChange =
  | { readonly op: 'add'; readonly key: string; readonly value: string }
  /** All entries of that key. */
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  | { readonly op: 'del'; readonly key: string }
  /** Everything at once, or nothing at all. */
  | { readonly op: 'replace'; readonly entries: readonly (readonly [key: string, value: string])[] };

/** Looks that stand on a list: told of each change behind it. */
export interface PatternListener {
  added(entry: PatternEntry): void;
  removed(entries: readonly PatternEntry[]): void;
  /** The value of these is another one now. */
  changed(entries: readonly PatternEntry[]): void;
  replaced(): void;
}

/** The lines of a pattern file: those that are empty or comments are left out. `line` counts from 1. */
export function* patternLines(text: string, keyed: boolean): Generator<{ readonly key: string; readonly value: string; readonly line: number }> {
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    if (raw.startsWith('#')) continue;
    if (keyed) {
      const found = /^[ \t]*([^ \t\r]+)[ \t]*(.*?)[ \t\r]*$/.exec(raw);
      if (found !== null) yield { key: found[1]!, value: found[2]!, line };
    } else {
      const key = raw.replace(/^[ \t]+|\r$/g, '');
      if (key !== '') yield { key, value: '', line };
    }
  }
}

/**
 * A list of patterns in one thread: what the configuration says, and what has become of it. Nothing is taken apart before the first
 * change or the first question for an entry.
 */
export class PatternReference {
  private entriesByKey: Map<string, PatternEntry[]> | null = null;
  private readonly listeners: PatternListener[] = [];
  private count = -1;

  constructor(readonly list: PatternList) {}

  private byKey(): Map<string, PatternEntry[]> {
    if (this.entriesByKey !== null) return this.entriesByKey;
    const { file, keys, keyed } = this.list;
    this.entriesByKey = new Map();
    this.count = 0;
    if (file === null) for (const key of keys) this.put({ key, value: '' });
    else for (const { key, value } of patternLines(file.text, keyed)) this.put({ key, value });
    return this.entriesByKey;
  }

  private put(entry: PatternEntry): void {
    const same = this.entriesByKey!.get(entry.key);
    if (same === undefined) this.entriesByKey!.set(entry.key, [entry]);
    else same.push(entry);
    this.count++;
  }

  /** Number of entries. */
  get size(): number {
    this.byKey();
    return this.count;
  }

  /** All entries, those of one key together. */
  *entries(): Generator<PatternEntry> {
    for (const entries of this.byKey().values()) yield* entries;
  }

  get(key: string): readonly PatternEntry[] {
    return this.byKey().get(key) ?? [];
  }

  listen(listener: PatternListener): void {
    this.listeners.push(listener);
  }

  /** False if there is no such key to be set or deleted. */
  apply(change: PatternChange): boolean {
    const byKey = this.byKey();
    switch (change.op) {
      case 'add': {
        const entry = { key: change.key, value: change.value };
        this.put(entry);
        for (const listener of this.listeners) listener.added(entry);
        return true;
      }
      case 'set': {
        const entries = byKey.get(change.key);
        if (entries === undefined) return false;
        for (const entry of entries) entry.value = change.value;
        for (const listener of this.listeners) listener.changed(entries);
        return true;
      }
      case 'del': {
        const entries = byKey.get(change.key);
        if (entries === undefined) return false;
        byKey.delete(change.key);
        this.count -= entries.length;
        for (const listener of this.listeners) listener.removed(entries);
        return true;
      }
      case 'replace':
        byKey.clear();
        this.count = 0;
        for (const [key, value] of change.entries) this.put({ key, value });
        for (const listener of this.listeners) listener.replaced();
        return true;
    }
  }
}

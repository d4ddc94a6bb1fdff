import { matchMethod } from '../../config/pattern.js';
import { finders, type Find } from '../compile/match/find.js';
import type { Value } from '../row.js';
import { FEW_RECENT, SHARE_RECENT } from './matcher.js';
import type { PatternEntry, PatternListener, PatternReference } from './reference.js';

/** An entry that a look-up found. */
export interface Found {
  readonly entry: PatternEntry;
  /** Its output; undefined if its text can't be such a value. */
  value: Value | undefined;
}

/** Finds entries among a part of the list. */
interface Part {
  readonly find: Find;
  readonly found: readonly Found[];
}

/** The methods whose finest match wins, with how fine a pattern is; the others take the first in the list. */
const FINENESS: Readonly<Record<string, (key: string) => number>> = { beg: (key) => key.length, ip: prefixOf };

function prefixOf(key: string): number {
  const result = matchMethod('ip')!.parse(key, null, false);
  return 'pattern' in result ? Number(result.pattern.slice(result.pattern.indexOf('/') + 1)) + (result.pattern.includes(':') ? 0 : 96) : -1;
}

/**
 * A map that may change while the process runs: whole strings in a table, the other methods as one index and a small one of what
 * came later. `output` is what becomes of the text of a value.
 */
export class MapLookup implements PatternListener {
  private strings: Map<string, Found> | null = null;
  private base: Part | null = null;
  private recent: Found[] = [];
  private recentPart: Part | null = null;
  private readonly finer: ((key: string) => number) | undefined;

  constructor(private readonly reference: PatternReference, private readonly method: string, private readonly output: (entry: PatternEntry) => Value | undefined) {
    this.finer = FINENESS[method];
    reference.listen(this);
    this.replaced();
  }

  /** The entry for a value of the method's type. */
  find(value: Value): Found | undefined {
    if (this.strings !== null) return this.strings.get(value as string);
    const base = (this.base ??= this.indexAll());
    const first = pick(base, value);
    if (this.recent.length === 0) return first;
    if (first !== undefined && this.finer === undefined) return first;
    const second = pick((this.recentPart ??= this.index(this.recent)), value);
    return first === undefined || (second !== undefined && this.finer!(second.entry.key) > this.finer!(first.entry.key)) ? second : first;
  }

  added(entry: PatternEntry): void {
    const found = this.foundOf(entry);
    if (this.strings !== null) {
      if (!this.strings.has(entry.key)) this.strings.set(entry.key, found);
    } else if (this.base !== null) {
      this.recent.push(found);
      this.recentPart = null;
      if (this.recent.length > FEW_RECENT + this.base.found.length / SHARE_RECENT) this.base = null;
    }
  }

  removed(entries: readonly PatternEntry[]): void {
    if (this.strings !== null) for (const { key } of entries) this.strings.delete(key);
    else this.base = null;
  }

  changed(entries: readonly PatternEntry[]): void {
    if (this.strings !== null) {
      for (const entry of entries) this.strings.set(entry.key, this.foundOf(entry));
      return;
    }
    const changed = new Set(entries);
    for (const part of [this.base?.found ?? [], this.recent]) for (const found of part) if (changed.has(found.entry)) found.value = this.output(found.entry);
  }

  replaced(): void {
    this.base = null;
    if (this.method !== 'str') return;
    this.strings = new Map();
    for (const entry of this.reference.entries()) this.added(entry);
  }

  private foundOf(entry: PatternEntry): Found {
    return { entry, value: this.output(entry) };
  }

  private indexAll(): Part {
    this.recent = [];
    this.recentPart = null;
    return this.index([...this.reference.entries()].map((entry) => this.foundOf(entry)));
  }

  private index(found: readonly Found[]): Part {
    const { parse } = matchMethod(this.method)!;
    const usable: Found[] = [];
    const patterns: string[] = [];
    for (const one of found) {
      const result = parse(one.entry.key, null, false);
      if (!('pattern' in result)) continue;
      usable.push(one);
      patterns.push(result.pattern);
    }
    return { find: finders[this.method]!.compile(patterns), found: usable };
  }
}

function pick({ find, found }: Part, value: Value): Found | undefined {
  const at = find(value);
  return at < 0 ? undefined : found[at];
}

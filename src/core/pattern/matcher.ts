import type { AclTest } from '../../config/model.js';
import { matchMethod } from '../../config/pattern.js';
import type { Match } from '../compile/match/index.js';
import { lowered } from '../latin1.js';
import type { Value } from '../row.js';
import type { PatternEntry, PatternListener, PatternReference } from './reference.js';

type Check = (value: Value) => boolean;

/** Patterns that came later are tried beside the index of the others, up to so many and a share of those. */
export const FEW_RECENT = 64;
export const SHARE_RECENT = 8;

/**
 * The patterns of an ACL, which may change while the process runs. Until the first change it is what was compiled; then whole strings
 * are kept in a table that follows each change, and the other methods are indexed anew when they are next asked.
 */
export class PatternMatcher implements PatternListener {
  private check: Check;
  /** How often a whole string is in the lists; null: another method, or nothing changed yet. */
  private strings: Map<string, number> | null = null;
  /** Index of all but the recent patterns; null: to be made. */
  private base: Check | null;
  private recent: string[] = [];
  private indexed: number;

  constructor(private readonly test: AclTest, private readonly match: Match, private readonly references: readonly PatternReference[]) {
    this.base = this.check = match.compile(test.patterns, test.ignoreCase);
    this.indexed = test.patterns.length;
    for (const reference of references) reference.listen(this);
  }

  readonly matches: Check = (value) => this.check(value);

  /** The patterns as they are now, in the normal form of their method. */
  patterns(): string[] {
    return [...this.keys()].flatMap((key) => this.normal(key) ?? []);
  }

  added({ key }: PatternEntry): void {
    if (this.strings !== null) this.count(key, 1);
    else if (this.test.method === 'str') this.countAll();
    else if (this.base !== null) this.addRecent(key);
  }

  removed(entries: readonly PatternEntry[]): void {
    if (this.strings === null) this.replaced();
    else for (const { key } of entries) this.count(key, -1);
  }

  /** ACLs have no values. */
  changed(): void {
    return;
  }

  replaced(): void {
    if (this.test.method === 'str') return this.countAll();
    this.base = null;
    this.check = this.makeCheck;
  }

  private *keys(): Generator<string> {
    for (const reference of this.references) for (const { key } of reference.entries()) yield key;
  }

  private normal(key: string): string | undefined {
    const special = this.test.special.find(([text]) => text === key);
    if (special !== undefined) return this.test.patterns[special[1]];
    const result = matchMethod(this.test.method)?.parse(key, null, this.test.ignoreCase);
    return result !== undefined && 'pattern' in result ? result.pattern : undefined;
  }

  private addRecent(key: string): void {
    const pattern = this.normal(key);
    if (pattern === undefined) return;
    this.recent.push(pattern);
    if (this.recent.length > FEW_RECENT + this.indexed / SHARE_RECENT) this.base = null;
    this.check = this.makeCheck;
  }

  /** Stands for the check until it is asked for the first time after a change. */
  private readonly makeCheck: Check = (value) => {
    const { ignoreCase } = this.test;
    if (this.base === null) {
      const patterns = this.patterns();
      this.recent = [];
      this.indexed = patterns.length;
      this.check = this.base = this.match.compile(patterns, ignoreCase);
    } else {
      const [base, more] = [this.base, this.match.compile(this.recent, ignoreCase)];
      this.check = (sought) => base(sought) || more(sought);
    }
    return this.check(value);
  };

  private countAll(): void {
    const strings = (this.strings = new Map<string, number>());
    for (const key of this.keys()) this.count(key, 1);
    const { ignoreCase } = this.test;
    this.check = (value) => strings.has(ignoreCase ? lowered(value as string) : (value as string));
  }

  private count(key: string, by: number): void {
    const text = this.test.ignoreCase ? lowered(key) : key;
    const now = (this.strings!.get(text) ?? 0) + by;
    if (now > 0) this.strings!.set(text, now);
    else this.strings!.delete(text);
  }
}

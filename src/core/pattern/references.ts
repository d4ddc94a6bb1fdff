import type { AclTest, LoadedFile, Model } from '../../config/model.js';
import type { Match } from '../compile/match/index.js';
import type { Value } from '../row.js';
import { MapLookup } from './map_lookup.js';
import { PatternMatcher } from './matcher.js';
import { PatternReference, type PatternChange, type PatternEntry } from './reference.js';

/** A change of one list, as it goes between threads. */
export interface PatternMail {
  /** Place in Model.patternLists. */
  readonly list: number;
  readonly change: PatternChange;
}

/** The lists of one thread, and all looks that stand on them. */
export class PatternReferences {
  readonly all: readonly PatternReference[];
  private readonly byFile: ReadonlyMap<string, number>;
  private readonly lookups = new Map<string, MapLookup>();

  /** Takes word of changes that were made in this thread. */
  onChange: (mail: PatternMail) => void = () => undefined;

  constructor(model: Model) {
    this.all = model.patternLists.map((list) => new PatternReference(list));
    this.byFile = new Map(model.patternLists.flatMap(({ file }, at) => (file === null ? [] : [[file.file, at] as const])));
  }

  /** Place of the list of a file, -1 if no ACL or map uses it. */
  find(file: string): number {
    return this.byFile.get(file) ?? -1;
  }

  /** The patterns of an ACL. */
  matcher(test: AclTest, match: Match): PatternMatcher {
    return new PatternMatcher(test, match, test.lists.flatMap((list) => this.all[list] ?? []));
  }

  /** A map, one for each file, method and kind of value, however many converters use it. */
  map(file: LoadedFile, method: string, kind: string, output: (entry: PatternEntry) => Value | undefined): MapLookup {
    const name = `${method}${kind} ${file.file}`;
    let lookup = this.lookups.get(name);
    if (lookup === undefined) {
      const reference = this.all[this.find(file.file)];
      if (reference === undefined) throw new Error(`map '${file.file}' is not among the lists of the Model`);
      this.lookups.set(name, (lookup = new MapLookup(reference, method, output)));
    }
    return lookup;
  }

  /** A change made by a rule of this thread: at once here, and soon in the others. False if there is nothing to set or delete. */
  change(list: number, change: PatternChange): boolean {
    if (!this.all[list]!.apply(change)) return false;
    this.onChange({ list, change });
    return true;
  }

  /** A change that was made in another thread. */
  receive({ list, change }: PatternMail): void {
    this.all[list]?.apply(change);
  }
}

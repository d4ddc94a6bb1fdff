/** The lists as the runtime API changes them: in the main thread, which tells all workers (management guide: show map, add acl …). */
import type { Model, PatternList, PatternUse } from '../../config/model.js';
import { matchMethod } from '../../config/pattern.js';
import { lineAt } from '../../config/source.js';
import { finders } from '../compile/match/find.js';
import { castFor } from '../compile/cast.js';
import { valueProblem } from '../convert/map.js';
import { PatternReferences } from './references.js';
import type { PatternEntry, PatternReference } from './reference.js';

export type PatternKind = PatternUse['kind'];

/** A list with what is prepared for it. */
export interface PatternState {
  readonly list: PatternList;
  readonly description: string;
  /** Versions as HAProxy counts them: that in force, and the last one that was prepared. */
  readonly current: number;
  readonly next: number;
  readonly size: number;
}

/** What one use of a list makes of a sample. */
export interface PatternAnswer {
  readonly use: PatternUse;
  readonly entry: PatternEntry | undefined;
}

interface Versions {
  current: number;
  next: number;
  /** By version: entries that are not in force yet. */
  readonly prepared: Map<number, [key: string, value: string][]>;
}

/** Why something was not done, in HAProxy's words; null: it was done. */
export type Refusal = string | null;

const NOT_FOUND = 'Key not found.';
const NO_VERSION = 'Version number in the future or not prepared.';

export class PatternControl {
  readonly references: PatternReferences;
  private readonly versions = new Map<number, Versions>();

  constructor(private readonly model: Model) {
    this.references = new PatternReferences(model);
  }

  /** Lists that ACLs or maps use, in the order of their ids. */
  states(kind: PatternKind): PatternState[] {
    return this.model.patternLists
      .map((list, at) => ({ list, at }))
      .filter(({ list }) => list.uses.some((use) => use.kind === kind))
      .sort((a, b) => a.list.id - b.list.id)
      .map(({ at }) => this.state(at));
  }

  private state(at: number): PatternState {
    const list = this.model.patternLists[at]!;
    const { current, next } = this.versionsOf(at);
    return { list, description: this.describe(list), current, next, size: this.reference(at).size };
  }

  private describe({ file, uses }: PatternList): string {
    const place = ({ span }: PatternUse): string => {
      const source = this.model.sources[span.source];
      return source === undefined ? "file '' line 0" : `file '${source.name}' line ${lineAt(source.lineStarts, span.start)}`;
    };
    if (file === null) return `acl '${uses[0]!.name}' ${place(uses[0]!)}`;
    return `pattern loaded from file '${file.file}' used by ${uses.map((use) => `${use.kind} at ${place(use)}`).join(', by ')}`;
  }

  private reference(at: number): PatternReference {
    return this.references.all[at]!;
  }

  private versionsOf(at: number): Versions {
    let versions = this.versions.get(at);
    if (versions === undefined) this.versions.set(at, (versions = { current: 0, next: 0, prepared: new Map() }));
    return versions;
  }

  /** Place of the list that `#<id>` or the name of a file means; undefined if no ACL or map has it. */
  find(name: string, kind: PatternKind): number | undefined {
    const at = this.model.patternLists.findIndex(({ id, file }) => (name.startsWith('#') ? String(id) === name.slice(1) : file?.file === name.replace(/^file@/, '')));
    return at >= 0 && this.model.patternLists[at]!.uses.some((use) => use.kind === kind) ? at : undefined;
  }

  /** The entries in force, or those of a version that is prepared. */
  entries(at: number, version?: number): readonly PatternEntry[] {
    if (version === undefined || version === this.versionsOf(at).current) return [...this.reference(at).entries()];
    return (this.versionsOf(at).prepared.get(version) ?? []).map(([key, value]) => ({ key, value }));
  }

  /** What each use of the list says about a sample. */
  get(at: number, sample: string): PatternAnswer[] {
    return this.model.patternLists[at]!.uses.map((use) => ({ use, entry: this.look(at, use, sample) }));
  }

  private look(at: number, { method, ignoreCase }: PatternUse, sample: string): PatternEntry | undefined {
    const finder = finders[method];
    const { parse, on } = matchMethod(method)!;
    const value = castFor('str', on) === null ? sample : castFor('str', on)?.(sample);
    if (finder === undefined || value === undefined) return undefined;
    const same = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
    const usable = [...this.reference(at).entries()].flatMap((entry) => {
      const result = parse(entry.key, null, ignoreCase);
      return 'pattern' in result ? [{ entry, pattern: result.pattern }] : [];
    });
    const found = finder.compile(usable.map(({ pattern }) => same(pattern)))(typeof value === 'string' ? same(value) : value);
    return usable[found]?.entry;
  }

  /** What stands against an entry in one of the uses of its list. */
  private problem(at: number, key: string, value: string): Refusal {
    for (const use of this.model.patternLists[at]!.uses) {
      const result = matchMethod(use.method)!.parse(key, null, use.ignoreCase);
      if ('problem' in result) return `${result.problem}.`;
      if ('host' in result) return `'${key}' is not a valid IPv4 or IPv6 address.`;
      const wrong = use.kind === 'map' ? valueProblem(use, key, value) : null;
      if (wrong !== null) return `${wrong}.`;
    }
    return null;
  }

  add(at: number, key: string, value: string, version?: number): Refusal {
    const problem = this.problem(at, key, value);
    if (problem !== null) return problem;
    if (version === undefined) {
      this.references.change(at, { op: 'add', key, value });
      return null;
    }
    const prepared = this.versionsOf(at).prepared.get(version);
    if (prepared === undefined) return NO_VERSION;
    prepared.push([key, value]);
    return null;
  }

  set(at: number, key: string, value: string): Refusal {
    return this.problem(at, key, value) ?? (this.references.change(at, { op: 'set', key, value }) ? null : 'entry not found.');
  }

  del(at: number, key: string): Refusal {
    return this.references.change(at, { op: 'del', key }) ? null : NOT_FOUND;
  }

  clear(at: number, version?: number): Refusal {
    if (version === undefined) {
      this.references.change(at, { op: 'replace', entries: [] });
      return null;
    }
    return this.versionsOf(at).prepared.delete(version) ? null : NO_VERSION;
  }

  /** Opens a version that entries can be added to without effect; returns its number. */
  prepare(at: number): number {
    const versions = this.versionsOf(at);
    versions.prepared.set(++versions.next, []);
    return versions.next;
  }

  /** Puts a prepared version in the place of what is in force: each worker changes from one to the other at once. */
  commit(at: number, version: number): Refusal {
    const versions = this.versionsOf(at);
    const entries = versions.prepared.get(version);
    if (entries === undefined) return NO_VERSION;
    for (const older of versions.prepared.keys()) if (older <= version) versions.prepared.delete(older);
    versions.current = version;
    this.references.change(at, { op: 'replace', entries });
    return null;
  }
}

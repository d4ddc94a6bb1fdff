/** The lists of patterns of a configuration: files of ACLs and maps, each once, and the patterns of each `acl` line. */
import type { Span } from './diagnostic.js';
import type { FileReader } from './files.js';
import type { LoadedFile, PatternList, PatternUse } from './model.js';

interface Draft {
  id: number;
  readonly file: LoadedFile | null;
  readonly keys: readonly string[];
  keyed: boolean;
  readonly uses: PatternUse[];
}

/** Where patterns are used, and how. */
export type Use = Omit<PatternUse, 'span'> & { readonly span: Span };

export class PatternLists {
  readonly #drafts: Draft[] = [];
  readonly #byName = new Map<string, Draft>();
  readonly #files = new Map<string, LoadedFile>();

  constructor(private readonly reader: FileReader) {}

  /** `file@` means what no prefix means, a file with `opt@` may be missing, `virt@` names no file at all (manual, 2.7). */
  load(written: string): LoadedFile | { readonly problem: string } {
    const name = written.replace(/^file@/, '');
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const contents = name.startsWith('virt@') ? '' : this.reader.read(name.replace(/^opt@/, ''));
    if (typeof contents !== 'string' && !name.startsWith('opt@')) return contents;
    const file: LoadedFile = { file: name, text: typeof contents === 'string' ? contents : '' };
    this.#files.set(name, file);
    return file;
  }

  /** Notes a use of a file; `keyed`: the first word of a line is the pattern. Returns the list's number among all. */
  file(file: LoadedFile, keyed: boolean, use: Use): number {
    let draft = this.#byName.get(file.file);
    if (draft === undefined) this.#byName.set(file.file, (draft = this.#add({ id: -1, file, keys: [], keyed, uses: [] })));
    draft.keyed ||= keyed;
    draft.uses.push(use);
    return this.#drafts.indexOf(draft);
  }

  /** Notes the patterns of one line. `id`: what -u asks for. */
  line(keys: readonly string[], id: number | null, use: Use): number {
    return this.#drafts.indexOf(this.#add({ id: id ?? -1, file: null, keys, keyed: false, uses: [use] }));
  }

  #add(draft: Draft): Draft {
    this.#drafts.push(draft);
    return draft;
  }

  /** True if some line asks for that id already. */
  taken(id: number): boolean {
    return this.#drafts.some((draft) => draft.id === id);
  }

  /** All lists with their ids: those that -u asks for, the others in the order of the configuration. */
  finished(): PatternList[] {
    const taken = new Set(this.#drafts.map(({ id }) => id));
    let next = 0;
    return this.#drafts.map((draft) => {
      if (draft.id >= 0) return draft;
      while (taken.has(next)) next++;
      return { ...draft, id: next++ };
    });
  }
}

const made = new WeakMap<FileReader, PatternLists>();

/** The lists of the load that reads its files through `reader`. */
export function patternListsOf(reader: FileReader): PatternLists {
  const known = made.get(reader);
  if (known !== undefined) return known;
  const lists = new PatternLists(reader);
  made.set(reader, lists);
  return lists;
}

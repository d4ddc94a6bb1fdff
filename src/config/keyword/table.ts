/** Looks keywords up by their first one to three words. */
import type { KeywordRow } from './row.js';

export interface Found<Row> {
  readonly row: Row;
  /** How many words the name took. */
  readonly words: number;
}

interface Node<Row> {
  row: Row | null;
  readonly next: Map<string, Node<Row>>;
}

export class KeywordTable<Row extends Pick<KeywordRow<never>, 'name'>> {
  readonly rows: readonly Row[];
  readonly #root: Node<Row> = { row: null, next: new Map() };

  constructor(rows: readonly Row[]) {
    this.rows = rows;
    for (const row of rows) {
      let node = this.#root;
      for (const word of row.name.split(' ')) {
        let next = node.next.get(word);
        if (next === undefined) node.next.set(word, (next = { row: null, next: new Map() }));
        node = next;
      }
      if (node.row !== null) throw new Error(`two rows for keyword '${row.name}'`);
      node.row = row;
    }
  }

  /** The row with the longest name that the words from `from` on start with. */
  find(words: readonly { readonly text: string }[], from: number): Found<Row> | null {
    let node = this.#root;
    let found: Found<Row> | null = null;
    for (let i = from; i < words.length; i++) {
      const next = node.next.get((words[i] as { text: string }).text);
      if (next === undefined) break;
      node = next;
      if (node.row !== null) found = { row: node.row, words: i + 1 - from };
    }
    return found;
  }

  /** True if `word` begins names of several words ("option", "timeout"). */
  isGroup(word: string): boolean {
    return (this.#root.next.get(word)?.next.size ?? 0) > 0;
  }

  /** What may follow the words of a group; without words the first words of all names. */
  candidates(...path: readonly string[]): string[] {
    let node: Node<Row> | undefined = this.#root;
    for (const word of path) node = node?.next.get(word);
    return node === undefined ? [] : [...node.next.keys()];
  }
}

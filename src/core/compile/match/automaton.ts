import { Trie } from './trie.js';

/** Looks at a pattern that ends before `end`: its number and length. */
export type Meet = (pattern: number, end: number) => void;

/** Finds all patterns in a text in one pass over it, whatever their number (Aho and Corasick, 1975). */
export class Automaton {
  private readonly trie: Trie;
  /** The node of the longest proper suffix that some pattern starts with. */
  private readonly fail: Int32Array;
  /** The nearest node on the way of `fail` where a pattern ends, 0 if none does. */
  private readonly link: Int32Array;
  /** The lowest number of the patterns that end where a node is reached, -1 if none does. */
  private readonly best: Int32Array;

  constructor(patterns: readonly string[]) {
    this.trie = new Trie(patterns);
    this.fail = new Int32Array(this.trie.size);
    this.link = new Int32Array(this.trie.size);
    this.best = new Int32Array(this.trie.size);
    this.connect();
  }

  private connect(): void {
    const { trie, fail, link, best } = this;
    const queue = new Int32Array(trie.size);
    let filled = 1;
    best[0] = trie.pattern[0]!;
    for (let at = 0; at < filled; at++) {
      const node = queue[at]!;
      for (let child = trie.child[node]!; child >= 0; child = trie.sibling[child]!) {
        queue[filled++] = child;
        const suffix = node === 0 ? 0 : this.next(fail[node]!, trie.byte[child]!);
        fail[child] = suffix;
        link[child] = trie.pattern[suffix] === -1 ? link[suffix]! : suffix;
        best[child] = lower(trie.pattern[child]!, best[suffix]!);
      }
    }
  }

  private next(from: number, byte: number): number {
    for (let node = from; ; node = this.fail[node]!) {
      const next = this.trie.step(node, byte);
      if (next >= 0) return next;
      if (node === 0) return 0;
    }
  }

  /** The lowest number of a pattern that stands in the text, -1 if none does. */
  first(text: string): number {
    let found = this.best[0]!;
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      node = this.next(node, text.charCodeAt(i));
      found = lower(this.best[node]!, found);
    }
    return found;
  }

  /** Shows every place where a pattern ends. */
  each(text: string, meet: Meet): void {
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      node = this.next(node, text.charCodeAt(i));
      for (let place = node; place !== 0; place = this.link[place]!) {
        const pattern = this.trie.pattern[place]!;
        if (pattern !== -1) meet(pattern, i + 1);
      }
    }
  }
}

/** The lower of two numbers where -1 is none. */
function lower(a: number, b: number): number {
  return a === -1 ? b : b === -1 ? a : Math.min(a, b);
}

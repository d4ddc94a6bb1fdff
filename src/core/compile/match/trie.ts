/**
 * Many byte strings in one tree, each with its number. Nodes are cells of flat arrays (first child, next sibling, byte), so that
 * 100,000 patterns cost a few megabytes; the root has a table of its own.
 */
export class Trie {
  /** Number of nodes; 0 is the root. */
  size = 1;
  /** The lowest number of the patterns that end at a node, -1 if none does. */
  readonly pattern: Int32Array;
  readonly child: Int32Array;
  readonly sibling: Int32Array;
  readonly byte: Uint8Array;
  private readonly root = new Int32Array(256).fill(-1);

  constructor(patterns: readonly string[]) {
    let bytes = 1;
    for (const pattern of patterns) bytes += pattern.length;
    this.pattern = new Int32Array(bytes).fill(-1);
    this.child = new Int32Array(bytes).fill(-1);
    this.sibling = new Int32Array(bytes).fill(-1);
    this.byte = new Uint8Array(bytes);
    patterns.forEach((pattern, number) => this.insert(pattern, number));
  }

  private insert(text: string, number: number): void {
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      const next = this.step(node, byte);
      node = next >= 0 ? next : this.grow(node, byte);
    }
    if (this.pattern[node] === -1) this.pattern[node] = number;
  }

  private grow(node: number, byte: number): number {
    const made = this.size++;
    this.byte[made] = byte;
    this.sibling[made] = this.child[node]!;
    this.child[node] = made;
    if (node === 0) this.root[byte] = made;
    return made;
  }

  /** The node behind a byte, -1 if no pattern goes on with it. */
  step(node: number, byte: number): number {
    if (node === 0) return this.root[byte]!;
    let next = this.child[node]!;
    while (next >= 0 && this.byte[next] !== byte) next = this.sibling[next]!;
    return next;
  }

  /** Number of the longest pattern that the text starts with, -1 if there is none. */
  longest(text: string): number {
    let found = this.pattern[0]!;
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      node = this.step(node, text.charCodeAt(i));
      if (node < 0) break;
      if (this.pattern[node] !== -1) found = this.pattern[node]!;
    }
    return found;
  }
}

/**
 * The ring of consistent hashing: nodes at 32-bit keys, several for each server. Keys are spread evenly, so a node is kept near the
 * place that its key has in proportion, in an open table that stays sorted: looking up, adding and removing a node cost a few
 * steps whatever the size, and a change of weight touches only the nodes of that server.
 */

/** Cells per node at least. */
const ROOM = 2;
/** Cells behind the proportional ones, for clusters at the end: nothing wraps around. */
const TAIL = 64;

export class Ring {
  size = 0;
  private slots = 0;
  private keys = new Uint32Array(0);
  /** Server + 1; 0 = free. */
  private owners = new Int32Array(0);

  constructor(nodes = 0) {
    this.allocate(nodes);
  }

  /** Adds a node; one with the same key as another comes behind it. */
  add(key: number, server: number): void {
    if ((this.size + 1) * ROOM > this.slots) this.grow();
    while (!this.insert(key, server + 1)) this.grow();
    this.size++;
  }

  /** Removes the node of that key and server. */
  remove(key: number, server: number): void {
    let at = this.home(key);
    while (this.owners[at] !== 0 && (this.keys[at]! < key || (this.keys[at] === key && this.owners[at] !== server + 1))) at++;
    if (this.owners[at] !== server + 1 || this.keys[at] !== key) return;
    // Nodes that were pushed behind it move back, as far as their own places.
    let next = at + 1;
    while (this.owners[next] !== 0 && this.home(this.keys[next]!) < next) {
      this.keys[next - 1] = this.keys[next]!;
      this.owners[next - 1] = this.owners[next]!;
      next++;
    }
    this.owners[next - 1] = 0;
    this.size--;
  }

  /**
   * The place of the node that is closest to a key, the one before it if both are as far (checked against HAProxy 2.6). The ring
   * must not be empty.
   */
  closest(key: number): number {
    const next = this.atOrAfter(key);
    const before = this.before(next);
    return ((key - this.keys[before]!) >>> 0) <= ((this.keys[next]! - key) >>> 0) ? before : next;
  }

  /** The server of a place. */
  server(place: number): number {
    return this.owners[place]! - 1;
  }

  /** The next place around the ring. */
  after(place: number): number {
    let at = place + 1;
    while (at < this.owners.length && this.owners[at] === 0) at++;
    if (at < this.owners.length) return at;
    at = 0;
    while (this.owners[at] === 0) at++;
    return at;
  }

  private before(place: number): number {
    let at = place - 1;
    while (at >= 0 && this.owners[at] === 0) at--;
    if (at >= 0) return at;
    at = this.owners.length - 1;
    while (this.owners[at] === 0) at--;
    return at;
  }

  private atOrAfter(key: number): number {
    let at = this.home(key);
    while (at < this.owners.length && (this.owners[at] === 0 || this.keys[at]! < key)) at++;
    return at < this.owners.length ? at : this.after(-1);
  }

  /** Where a key lies in proportion: no node stands before its home, and no cell between is free. */
  private home(key: number): number {
    return Math.floor((key * this.slots) / 2 ** 32);
  }

  private insert(key: number, owner: number): boolean {
    let at = this.home(key);
    while (this.owners[at] !== 0 && this.keys[at]! <= key) at++;
    let free = at;
    while (free < this.owners.length && this.owners[free] !== 0) free++;
    if (free >= this.owners.length - 1) return false;
    this.keys.copyWithin(at + 1, at, free);
    this.owners.copyWithin(at + 1, at, free);
    this.keys[at] = key;
    this.owners[at] = owner;
    return true;
  }

  private allocate(nodes: number): void {
    this.slots = Math.max(16, nodes * ROOM);
    this.keys = new Uint32Array(this.slots + TAIL);
    this.owners = new Int32Array(this.slots + TAIL);
  }

  /** Twice the room; nodes are filed again in their order. */
  private grow(): void {
    const { keys, owners } = this;
    this.allocate(this.slots);
    for (let i = 0; i < owners.length; i++) if (owners[i] !== 0) this.insert(keys[i]!, owners[i]!);
  }
}

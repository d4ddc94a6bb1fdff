/** `hash-type map-based`: the hash modulo the size of the static map. */
import type { Farm } from '../backend.js';
import type { Walk } from './hashed.js';
import { staticMap } from './static_map.js';

/** Places of the map that are tried after the first. */
const TRIES = 16;

export class MapWalk implements Walk {
  private map: Int32Array = new Int32Array(1);
  private at = 0;
  private left = 0;

  constructor(private readonly farm: Farm) {}

  rebuild(): void {
    this.map = staticMap(this.farm.weights, this.farm.count);
  }

  begin(hash: number): number {
    this.at = hash % this.map.length;
    this.left = Math.min(TRIES, this.map.length);
    return this.next();
  }

  next(): number {
    if (this.left-- <= 0) return -1;
    const position = this.map[this.at]!;
    this.at = this.at + 1 === this.map.length ? 0 : this.at + 1;
    return position;
  }
}

/**
 * A tournament over the positions 0 … n-1 of a farm: the least load wins, among equal loads the one that was filed first. Filing
 * costs log2(n) comparisons, the winner is known at once. Without allocation, except to become larger.
 */
export class LeastTree {
  private leaves = 1;
  private winners = new Int32Array(2);
  private loads = new Float64Array(1);
  private stamps = new Float64Array(1);
  private clock = 0;

  /** Makes room for `count` positions, all filed with Infinity. */
  reset(count: number): void {
    this.leaves = 2 ** Math.ceil(Math.log2(Math.max(count, 1)));
    if (this.winners.length < 2 * this.leaves) {
      this.winners = new Int32Array(2 * this.leaves);
      this.loads = new Float64Array(this.leaves);
      this.stamps = new Float64Array(this.leaves);
    }
    this.loads.fill(Infinity);
    for (let i = 0; i < this.leaves; i++) this.winners[this.leaves + i] = i;
  }

  /** Files a position without looking at the others: settle() must follow. */
  put(position: number, load: number): void {
    this.loads[position] = load;
    this.stamps[position] = this.clock++;
  }

  /** Holds the tournament anew. O(n). */
  settle(): void {
    for (let node = this.leaves - 1; node >= 1; node--) this.winners[node] = this.better(this.winners[2 * node]!, this.winners[2 * node + 1]!);
  }

  /** Files a position behind those of the same load. */
  file(position: number, load: number): void {
    this.put(position, load);
    this.climb(position);
  }

  /** As file(), but it keeps its place among those of the same load. */
  restore(position: number, load: number): void {
    this.loads[position] = load;
    this.climb(position);
  }

  load(position: number): number {
    return this.loads[position]!;
  }

  /** The position with the least load. */
  top(): number {
    return this.leaves === 1 ? 0 : this.winners[1]!;
  }

  private climb(position: number): void {
    for (let node = (this.leaves + position) >> 1; node >= 1; node >>= 1) {
      this.winners[node] = this.better(this.winners[2 * node]!, this.winners[2 * node + 1]!);
    }
  }

  private better(a: number, b: number): number {
    const difference = this.loads[a]! - this.loads[b]!;
    if (difference !== 0 && !Number.isNaN(difference)) return difference < 0 ? a : b;
    return this.stamps[a]! <= this.stamps[b]! ? a : b;
  }
}

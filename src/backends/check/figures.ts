/** Times that things of one kind (servers, backends) spent down, by index. Times are in ms since 1970. */
export class DownTimes {
  /** How often each went down. */
  downs: Uint32Array;
  /** When each last went down or came up; 0 = never. */
  changed: Float64Array;
  private total: Float64Array;
  private since: Float64Array;

  constructor(count: number) {
    this.downs = new Uint32Array(count);
    this.changed = new Float64Array(count);
    this.total = new Float64Array(count);
    this.since = new Float64Array(count).fill(NaN);
  }

  /** It is down from the start: that is no fall. */
  begin(index: number, now: number): void {
    if (Number.isNaN(this.since[index])) this.since[index] = now;
  }

  /** Notes a change at `now`. */
  turn(index: number, up: boolean, now: number): void {
    this.changed[index] = now;
    this.total[index] = this.downtime(index, now);
    this.since[index] = up ? NaN : now;
    if (!up) this.downs[index]!++;
  }

  /** ms spent down until `now`. */
  downtime(index: number, now: number): number {
    const since = this.since[index]!;
    return this.total[index]! + (Number.isNaN(since) ? 0 : now - since);
  }

  /** Room for `count` things; those that are there stay. */
  grow(count: number): void {
    if (count <= this.downs.length) return;
    this.downs = Uint32Array.from({ length: count }, (_, i) => this.downs[i] ?? 0);
    this.changed = Float64Array.from({ length: count }, (_, i) => this.changed[i] ?? 0);
    this.total = Float64Array.from({ length: count }, (_, i) => this.total[i] ?? 0);
    this.since = Float64Array.from({ length: count }, (_, i) => this.since[i] ?? NaN);
  }
}

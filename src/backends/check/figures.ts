/** What the checks of a server have seen, kept by the main thread: everything by server index. */
export class CheckFigures {
  /** Failed checks. */
  readonly failures: Uint32Array;
  /** Times it went down. */
  readonly downs: Uint32Array;
  private readonly downMs: Float64Array;
  private readonly downSince: Float64Array;

  constructor(servers: number) {
    this.failures = new Uint32Array(servers);
    this.downs = new Uint32Array(servers);
    this.downMs = new Float64Array(servers);
    this.downSince = new Float64Array(servers).fill(NaN);
  }

  /** `now` in ms on the clock that downtime() is asked with. */
  wentDown(server: number, now: number): void {
    this.downs[server]!++;
    this.downSince[server] = now;
  }

  cameUp(server: number, now: number): void {
    this.downMs[server] = this.downtime(server, now);
    this.downSince[server] = NaN;
  }

  /** ms spent down until `now`. */
  downtime(server: number, now: number): number {
    const since = this.downSince[server]!;
    return this.downMs[server]! + (Number.isNaN(since) ? 0 : now - since);
  }
}

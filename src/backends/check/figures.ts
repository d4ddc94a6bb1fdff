/** Times that things of one kind (servers, backends) spent down, by index. Times are in ms since 1970. */
export class DownTimes {
  /** How often each went down. */
  readonly downs: Uint32Array;
  /** When each last went down or came up; 0 = never. */
  readonly changed: Float64Array;
  private readonly total: Float64Array;
  private readonly since: Float64Array;

  constructor(count: number) {
    this.downs = new Uint32Array(count);
    this.changed = new Float64Array(count);
    this.total = new Float64Array(count);
    this.since = new Float64Array(count).fill(NaN);
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
}

/** What the checks have seen, kept by the main thread. */
export class CheckFigures {
  /** Failed checks by server. */
  readonly failures: Uint32Array;
  readonly servers: DownTimes;
  /** A backend is down while it has no usable server. */
  readonly backends: DownTimes;

  constructor(servers: number, proxies: number) {
    this.failures = new Uint32Array(servers);
    this.servers = new DownTimes(servers);
    this.backends = new DownTimes(proxies);
  }
}

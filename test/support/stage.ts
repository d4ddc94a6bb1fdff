import type { Origin } from './origin.js';
import { reservePort } from './port.js';
import { startProxy, type ProxyOptions, type RunningProxy } from './proxy.js';

/** What a test has opened, to be given back in one call after it. */
export class Stage {
  private readonly closers: (() => unknown)[] = [];

  /** Something else to be given back. */
  after(close: () => unknown): void {
    this.closers.push(close);
  }

  /** A port for the proxy to bind. */
  port(): number {
    const { port, release } = reservePort();
    this.closers.push(release);
    return port;
  }

  async origin(opening: Promise<Origin>): Promise<Origin> {
    const origin = await opening;
    this.closers.push(() => origin.close());
    return origin;
  }

  async proxy(config: string, options?: ProxyOptions): Promise<RunningProxy> {
    const proxy = await startProxy(config, options);
    this.closers.push(() => proxy.end());
    return proxy;
  }

  /** Closes all, the last one first. */
  async strike(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }
}

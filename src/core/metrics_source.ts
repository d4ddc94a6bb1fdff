import type { CheckFacts } from './metric/readings.js';
import type { Metrics, MetricsParts, ScrapeAnswer } from './metric/index.js';

/** The metrics page as workers ask for it. prom-client is loaded at the first scrape: a start should not wait for it. */
export class MetricsSource {
  private checks: CheckFacts | null = null;
  private sections: MetricsParts['resolvers'] = [];
  private making: Promise<Metrics> | null = null;
  /** Collections told before there is a registry to count them. */
  private early: { readonly worker: number; readonly pauses: readonly (readonly [string, number])[] }[] = [];

  constructor(private readonly parts: Omit<MetricsParts, 'checks' | 'resolvers'>) {}

  /** Health checks run: what they have seen belongs to the page. To be called before the first scrape. */
  show(checks: CheckFacts): void {
    this.checks = checks;
  }

  /** Name servers belong to the page. To be called before the first scrape. */
  showResolver({ sections }: { readonly sections: NonNullable<MetricsParts['resolvers']> }): void {
    this.sections = sections;
  }

  /** Loads the code: after a chroot its files are out of reach. */
  async preload(): Promise<void> {
    await import('./metric/index.js');
  }

  async ask(topic: string, request: unknown): Promise<ScrapeAnswer> {
    if (topic !== 'metrics') throw new Error(`nobody answers questions on ${topic}`);
    this.making ??= this.make();
    const metrics = await this.making;
    for (const { worker, pauses } of this.early.splice(0)) for (const [kind, seconds] of pauses) metrics.observeGc(worker, kind, seconds);
    return metrics.scrape(String(request));
  }

  gc(worker: number, pauses: readonly (readonly [string, number])[]): void {
    this.early.push({ worker, pauses });
  }

  private async make(): Promise<Metrics> {
    const { createMetrics } = await import('./metric/index.js');
    return createMetrics({ ...this.parts, resolvers: this.sections ?? [], ...(this.checks === null ? {} : { checks: this.checks }) });
  }
}

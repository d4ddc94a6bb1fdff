import { Registry } from 'prom-client';
import { Family } from './family.js';
import { TimesFamily } from './times_family.js';

/** Targets whose samples are written before the event loop gets its turn. */
const STEP = 2000;

/**
 * prom-client's registry, which asks a Family for its text instead of formatting objects, one family after the other, and lets the
 * event loop turn in between: a scrape of 10,000 servers must not hold up health checks and signals.
 */
export class PagesRegistry extends Registry {
  private turn: Promise<void> = Promise.resolve();

  add(metric: Family | TimesFamily): void {
    // The type names a class of prom-client's; the registry itself uses name, help, type and get().
    this.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);
  }

  /** Called by metrics() for each metric; prom-client has it, its type definitions do not. */
  async getMetricsAsString(metric: unknown): Promise<string> {
    const before = this.turn;
    let done = (): void => {};
    this.turn = new Promise((resolve) => (done = resolve));
    await before;
    try {
      return metric instanceof Family || metric instanceof TimesFamily ? await textOf(metric) : await plain(metric);
    } finally {
      setImmediate(done);
    }
  }
}

async function textOf(family: Family | TimesFamily): Promise<string> {
  let text = family.head();
  for (let from = 0; from < family.size; from += STEP) {
    if (from > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    text += family.text(from, from + STEP);
  }
  return text;
}

type Plain = { getMetricsAsString(metric: unknown): Promise<string> };

/** prom-client's own text of a metric. */
function plain(metric: unknown): Promise<string> {
  return (Registry.prototype as unknown as Plain).getMetricsAsString.call(bare, metric);
}

/** A registry without default labels, for the formatting only. */
const bare = new Registry();

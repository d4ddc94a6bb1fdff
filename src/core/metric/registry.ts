import { Registry } from 'prom-client';
import { Family } from './family.js';
import { TimesFamily } from './times_family.js';

/** Targets whose samples are one piece: small enough to be gone before a collector of garbage looks. */
const PIECE = 250;
/** Pieces that are made before the event loop gets its turn. */
const TURN = 8;

/**
 * prom-client's registry, which asks a Family for its text instead of formatting objects. The text is made in pieces, and the event
 * loop gets its turn in between: a scrape of 10,000 servers must not hold up health checks and signals.
 */
export class PagesRegistry extends Registry {
  add(metric: Family | TimesFamily): void {
    // The type names a class of prom-client's; the registry itself uses name, help, type and get().
    this.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);
  }

  /** The exposition format, as metrics() gives it. */
  async *pieces(): AsyncGenerator<string> {
    let before = '';
    let made = 0;
    for (const metric of this.getMetricsAsArray() as unknown[]) {
      const paged = metric instanceof Family || metric instanceof TimesFamily;
      yield before + (paged ? metric.head() : await plain(metric));
      for (let from = 0; paged && from < metric.size; from += PIECE) {
        yield metric.text(from, from + PIECE);
        if (++made % TURN === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      }
      before = '\n\n';
    }
    yield '\n';
  }

  /** The same as bytes. */
  async bytes(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const piece of this.pieces()) parts.push(Buffer.from(piece, 'utf8'));
    return Buffer.concat(parts);
  }

  override async metrics(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }
}

type Plain = { getMetricsAsString(metric: unknown): Promise<string> };

/** prom-client's own text of a metric. */
function plain(metric: unknown): Promise<string> {
  return (Registry.prototype as unknown as Plain).getMetricsAsString.call(bare, metric);
}

/** A registry without default labels, for the formatting only. */
const bare = new Registry();

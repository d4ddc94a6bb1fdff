import type { Readings } from './readings.js';
import type { MetricRow } from './row.js';

/** Things that a family has samples of, and their labels as written: `proxy="b",server="s"`, "" for none. */
export interface Targets {
  readonly indices: readonly number[];
  readonly labels: readonly string[];
}

/** As the exposition format writes a label's value. */
export function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}

export function number(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/**
 * One family of a scrape, as prom-client's Registry takes a metric: name, help, type and get(). It reads the pages when asked and
 * keeps nothing. Labels are made once per configuration: prom-client's own Gauge hashes them again for each sample.
 */
export class Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly aggregator = 'sum';

  constructor(private readonly row: MetricRow, private readonly readings: Readings, private readonly targets: Targets) {
    this.name = row.name;
    this.help = row.help;
    this.type = row.type;
  }

  /** The samples as objects (Registry.getMetricsAsJSON). */
  get(): Promise<{ name: string; help: string; type: string; aggregator: string; values: { value: number; labels: Record<string, string> }[] }> {
    const values: { value: number; labels: Record<string, string> }[] = [];
    this.each(0, this.size, (labels, value) => {
      values.push({ value, labels: parseLabels(labels) });
    });
    return Promise.resolve({ name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values });
  }

  /** Number of targets, for text(). */
  get size(): number {
    return this.targets.indices.length;
  }

  /** The lines above the samples, without a final newline. */
  head(): string {
    return `# HELP ${this.name} ${this.help}\n# TYPE ${this.name} ${this.type}`;
  }

  /** The samples of targets number `from` to `to` (not included) in the exposition format, each line with the newline before it. */
  text(from: number, to: number): string {
    let text = '';
    this.each(from, to, (labels, value) => {
      text += labels === '' ? `\n${this.name} ${number(value)}` : `\n${this.name}{${labels}} ${number(value)}`;
    });
    return text;
  }

  reset(): void {
    // The values belong to the pages.
  }

  private each(from: number, to: number, take: (labels: string, value: number) => void): void {
    const { row, readings } = this;
    const { indices, labels } = this.targets;
    const parts = row.by?.values.map((value) => `${row.by!.label}="${escapeLabel(value)}"`);
    for (let i = from; i < Math.min(to, indices.length); i++) {
      const index = indices[i]!;
      if (row.applies !== undefined && !row.applies(readings, index)) continue;
      const own = labels[i]!;
      if (parts === undefined) take(own, row.read(readings, index, 0));
      else for (let k = 0; k < parts.length; k++) take(own === '' ? parts[k]! : `${own},${parts[k]!}`, row.read(readings, index, k));
    }
  }
}

/** Labels as written, by name. */
export function parseLabels(labels: string): Record<string, string> {
  return Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, text]) => [name!, unescapeLabel(text!)] as const));
}

function unescapeLabel(text: string): string {
  return text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
}

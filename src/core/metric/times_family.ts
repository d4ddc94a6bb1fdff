import { number, parseLabels, type Targets } from './family.js';
import { hasTimes, histogramOf, TIMES } from './latency.js';
import type { Readings, Timed } from './readings.js';

interface Sample {
  readonly value: number;
  readonly metricName: string;
  readonly labels: Record<string, string>;
}

/**
 * A family of histograms: one of the times of frontends, backends or servers, in seconds. As a Family otherwise. A server has samples
 * once it has served: of many servers most are idle, and each would have dozens of zeros.
 */
export class TimesFamily {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  private readonly bounds: readonly string[];

  constructor(private readonly kind: Timed, private readonly time: number, private readonly readings: Readings, private readonly targets: Targets) {
    const [name, what] = TIMES[time]!;
    this.name = `tsproxy_${kind}_${name}_seconds`;
    this.help = `Time ${what}.`;
    this.bounds = [...readings.model.global.tune.latencyBuckets.map((ms) => String(ms / 1000)), '+Inf'];
  }

  get size(): number {
    return this.targets.indices.length;
  }

  head(): string {
    return `# HELP ${this.name} ${this.help}\n# TYPE ${this.name} ${this.type}`;
  }

  text(from: number, to: number): string {
    let text = '';
    this.each(from, to, (name, labels, value) => {
      text += `\n${name}{${labels}} ${number(value)}`;
    });
    return text;
  }

  get(): Promise<{ name: string; help: string; type: string; aggregator: string; values: readonly Sample[] }> {
    const values: Sample[] = [];
    this.each(0, this.size, (metricName, labels, value) => values.push({ value, metricName, labels: parseLabels(labels) }));
    return Promise.resolve({ name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values });
  }

  reset(): void {
    // The values belong to the pages.
  }

  private each(from: number, to: number, take: (name: string, labels: string, value: number) => void): void {
    const { indices, labels } = this.targets;
    for (let i = from; i < Math.min(to, indices.length); i++) {
      if (this.kind === 'server' && !hasTimes(this.readings, indices[i]!)) continue;
      const { counts, sum, count } = histogramOf(this.readings, this.kind, indices[i]!, this.time);
      let below = 0;
      for (let bucket = 0; bucket < counts.length; bucket++) {
        below += counts[bucket]!;
        take(`${this.name}_bucket`, `${labels[i]!},le="${this.bounds[bucket]!}"`, below);
      }
      take(`${this.name}_sum`, labels[i]!, sum / 1000);
      take(`${this.name}_count`, labels[i]!, count);
    }
  }
}

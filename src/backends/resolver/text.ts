import { COUNTERS, type Counter } from './figures.js';
import type { Resolver } from './start.js';

/** The runtime API's names where they differ from those of statistics. */
const NAMES: Partial<Record<Counter, string>> = { send_error: 'snd_error' };
const COLUMN = 13;

/** `show resolvers`: the figures of all sections, or of one; null if there is no such section. */
export function resolversText({ sections }: Pick<Resolver, 'sections'>, only: string | null = null): string | null {
  const shown = only === null ? sections : sections.filter(({ name }) => name === only);
  if (only !== null && shown.length === 0) return null;
  return shown
    .map(({ name, servers }) => {
      const blocks = servers.map(({ conf, figures }) => ` nameserver ${conf.name}:\n${COUNTERS.map((counter) => `  ${`${NAMES[counter] ?? counter}:`.padEnd(COLUMN)}${figures[counter]}\n`).join('')}`);
      return `Resolvers section ${name}\n${blocks.join('')}`;
    })
    .join('');
}

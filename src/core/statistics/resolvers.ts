/** Statistics of name servers: `show stat domain resolvers` (management guide, 9.3). */
import { COUNTERS, type NameserverFigures } from '../../backends/resolver/figures.js';
import { jsonValue } from './format.js';

export interface NameserverLine {
  /** Of the name server and of its resolvers section. */
  readonly name: string;
  readonly section: string;
  readonly figures: NameserverFigures;
}

const NAMES = ['id', 'pid', ...COUNTERS] as const;

const valuesOf = ({ name, section, figures }: NameserverLine): (string | number)[] => [name, section, ...COUNTERS.map((counter) => figures[counter])];

/** Each name server as a line, as typed lines, or as one JSON array. HAProxy gives the typed ones no numbers of objects. */
export function* nameserverLines(lines: readonly NameserverLine[], format: 'csv' | 'typed' | 'json'): Generator<string> {
  if (format === 'csv') yield `# ${NAMES.join(',')},\n`;
  if (format === 'json') yield `[${lines.map((line) => JSON.stringify(valuesOf(line).map((value, at) => jsonValue(rowOf(at), at, value)))).join(',')}]\n`;
  else for (const line of lines) {
    const values = valuesOf(line);
    if (format === 'csv') yield `${values.join(',')},\n`;
    else yield values.map((value, at) => `N.${at}.${NAMES[at]}:${rowOf(at).tags}:${rowOf(at).type}:${value}\n`).join('');
  }
}

const rowOf = (at: number): { name: string; doc: string; type: 'str' | 'u64'; tags: string } =>
  ({ name: NAMES[at]!, doc: '', type: at < 2 ? 'str' : 'u64', tags: at < 2 ? 'CGP' : 'MGP' });

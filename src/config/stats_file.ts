/**
 * Stats files: counters of an earlier process, by the guid of what they counted (management guide, 9.5). Sections begin with a line
 * `#fe` or `#be` that names the columns; the first column is the guid. What isn't understood is left out silently, as in HAProxy.
 */
import type { SavedCounters } from './model.js';

const SIDES: Readonly<Record<string, SavedCounters['side'] | undefined>> = { '#fe': 'fe', '#be': 'be' };

export function parseStatsFile(text: string): SavedCounters[] {
  const found: SavedCounters[] = [];
  let side: SavedCounters['side'] | null = null;
  let columns: readonly string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      const [name = '', list] = line.split(' ', 2);
      side = SIDES[name] ?? null;
      columns = (list ?? '').split(',').map((column) => column.trim());
      if (columns[0] !== 'guid') side = null;
    } else if (side !== null && line !== '' && !line.startsWith('//')) {
      const counters = parseLine(line, side, columns);
      if (counters !== null) found.push(counters);
    }
  }
  return found;
}

function parseLine(line: string, side: SavedCounters['side'], columns: readonly string[]): SavedCounters | null {
  const [guid = '', ...fields] = line.split(',');
  if (guid === '') return null;
  const values: [string, number][] = [];
  for (let i = 0; i < fields.length && i + 1 < columns.length; i++) {
    const field = fields[i]!.trim();
    if (field === '') continue;
    // One bad number makes the line worthless.
    if (!/^[0-9]{1,20}$/.test(field)) return null;
    values.push([columns[i + 1]!, Math.min(Number(field), Number.MAX_SAFE_INTEGER)]);
  }
  return { guid, side, values };
}

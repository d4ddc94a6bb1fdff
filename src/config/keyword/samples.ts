import { converters } from '../../core/convert/index.js';
import { fetches } from '../../core/fetch/index.js';
import type { SampleType } from '../../core/row.js';
import type { SampleTables } from '../expression.js';
import type { SampleExpression } from '../model.js';
import { KNOWN_CONVERTERS, KNOWN_FETCHES } from './sample_names.js';

const fetchByName = new Map(fetches.map((row) => [row.name, row]));
const converterByName = new Map(converters.map((row) => [row.name, row]));
/** The type of what an expression gives after its last converter. */
export function typeOfSample({ fetch, converters: steps }: SampleExpression): SampleType {
  let type = fetchByName.get(fetch)?.out ?? 'any';
  for (const { name } of steps) {
    const out = converterByName.get(name)?.out ?? 'any';
    if (out !== 'same') type = out;
  }
  return type;
}

const known = { fetch: new Set(KNOWN_FETCHES), converter: new Set(KNOWN_CONVERTERS) };

/** The tables of src/core, and the names that HAProxy has beyond them. */
export const sampleTables: SampleTables = {
  fetch: (name) => fetchByName.get(name),
  converter: (name) => converterByName.get(name),
  fetchNames: () => fetchByName.keys(),
  converterNames: () => converterByName.keys(),
  knownElsewhere: (kind, name) => known[kind].has(name),
};

import { parseExpression } from '../expression.js';
import type { LogAlias } from '../log_alias.js';
import { sampleTables } from './samples.js';

const judged = new Map<string, boolean>();

/** True for log-format aliases that stand for a sample expression which can be evaluated; `%o` only carries flags. */
export function supportsAlias({ name, sample }: LogAlias): boolean {
  let supported = judged.get(name);
  if (supported === undefined) {
    supported = name === 'o' || (sample !== null && evaluable(sample));
    judged.set(name, supported);
  }
  return supported;
}

function evaluable(sample: string): boolean {
  const word = { text: sample, span: { source: 0, start: 0, end: 0 }, offsets: null };
  return parseExpression(word, { tables: sampleTables, sink: { report() { /* Only whether it parses counts. */ } } }) !== undefined;
}

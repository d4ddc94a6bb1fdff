import type { ExpressionScope } from '../expression.js';
import type { Walk } from '../walk.js';
import { sampleTables } from './samples.js';

/** What expressions on the line of `walk` see: the tables, and where names of proxies and servers are put to be resolved. */
export function expressionScope(walk: Walk): ExpressionScope {
  const { site } = walk;
  const { proxy } = site;
  return { tables: sampleTables, sink: walk, reference: (reference) => site.references.push({ ...reference, proxy }) };
}

import type { ExpressionScope } from '../expression.js';
import { patternListsOf } from '../pattern_lists.js';
import type { Walk } from '../walk.js';
import { sampleTables } from './samples.js';

/** What expressions on the line of `walk` see: the tables, files, and where names of proxies and servers are put to be resolved. */
export function expressionScope(walk: Walk): ExpressionScope {
  const { site } = walk;
  const lists = patternListsOf(site.files);
  const { proxy } = site;
  return {
    tables: sampleTables, sink: walk, lists, loadFile: (name) => lists.load(name),
    reference: (reference) => site.references.push({ ...reference, proxy }),
  };
}

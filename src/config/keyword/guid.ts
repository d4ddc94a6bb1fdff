import type { Span } from '../diagnostic.js';
import type { Walk } from '../walk.js';

const GUID = /^[A-Za-z0-9.:_-]{1,127}$/;

/** The next word as a globally unique name (manual: guid); undefined after an error. */
export function parseGuid(walk: Walk): { readonly value: string; readonly span: Span } | undefined {
  const word = walk.need('a <guid> argument');
  if (word === undefined) return undefined;
  if (GUID.test(word.text)) return { value: word.text, span: word.span };
  return walk.error(word, `'${walk.keyword}' : '${word.text}' is not valid`, "Use at most 127 letters, digits, '.', ':', '-' and '_'.");
}

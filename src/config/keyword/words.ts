import { refuse } from './make.js';
import type { Argument, KeywordRow } from './row.js';

/** Rows for words of bind and server lines that tsproxy does not act on. A word written `name+1` takes one argument. */
function parseName(word: string): { readonly name: string; readonly args: readonly Argument[] } {
  const [name = '', count] = word.split('+');
  return { name, args: Array.from({ length: Number(count ?? 0) }, () => ({ name: 'value', type: 'text' as const })) };
}

/** Accepted at notice level; `why` follows "has no effect: ". */
export function inertWords<T>(why: string, words: string): KeywordRow<T>[] {
  return words
    .trim()
    .split(/\s+/)
    .map(parseName)
    .map(({ name, args }) => ({
      name,
      args,
      support: 'inert',
      doc: `Accepted without effect: ${why}.`,
      parse(walk) {
        for (const arg of args) if (walk.need(`a ${arg.name}`) === undefined) return;
        walk.report({ severity: 'notice', summary: `'${name}' has no effect: ${why}`, advice: null, span: walk.keywordSpan, related: [] });
      },
    }));
}

/** Refused. */
export function unsupportedWords<T>(words: string): KeywordRow<T>[] {
  return words
    .trim()
    .split(/\s+/)
    .map(parseName)
    .map(({ name, args }) => ({
      name,
      args,
      support: 'unsupported',
      doc: 'Known to HAProxy, refused here: not supported yet.',
      parse: (walk) => refuse(walk, name),
    }));
}

/** Says what holds anyway ("no-ssl"). */
export function trueWords<T>(doc: string, words: string): KeywordRow<T>[] {
  return words
    .trim()
    .split(/\s+/)
    .map((name) => ({
      name,
      args: [],
      support: 'yes',
      doc,
      parse() {
        /* It holds already. */
      },
    }));
}

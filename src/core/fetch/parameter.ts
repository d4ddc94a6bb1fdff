import type { Arg } from '../../config/model.js';
import { leadingInt } from '../compile/cast.js';
import type { ArgRow, Fetch, FetchRow, SampleType, Value } from '../row.js';

const ARGS: readonly ArgRow[] = [
  { name: 'name', type: 'str', optional: true },
  { name: 'delim', type: 'str', optional: true },
  { name: 'i', type: 'str', optional: true },
];

/**
 * Walks the parameters of a target. They begin after `start`, are separated by `&` or `;` (or the given delimiter); the value
 * is what follows the first `=`.
 */
function walk(uri: string, start: string, visit: (name: string, value: string) => boolean): boolean {
  const begin = uri.indexOf(start);
  if (begin < 0) return false;
  for (let from = begin + 1; from < uri.length;) {
    let end = from;
    while (end < uri.length && !isSeparator(uri[end]!, start)) end++;
    const part = uri.slice(from, end);
    const equals = part.indexOf('=');
    if (equals >= 0 && visit(part.slice(0, equals), part.slice(equals + 1))) return true;
    from = end + 1;
  }
  return false;
}

function isSeparator(char: string, start: string): boolean {
  return char === '&' || char === ';' || (start !== '?' && char === start);
}

function wanted(args: readonly Arg[]): (name: string) => boolean {
  const name = args[0] === undefined || args[0] === null ? '' : String(args[0]);
  if (name === '') return () => true;
  if (args[2] !== 'i') return (candidate) => candidate === name;
  const lower = name.toLowerCase();
  return (candidate) => candidate.toLowerCase() === lower;
}

const delimiter = (args: readonly Arg[]): string => (args[1] === undefined || args[1] === null || args[1] === '' ? '?' : String(args[1]));

function row(name: string, out: SampleType, convert: (text: string) => Value | undefined): FetchRow {
  return {
    name, args: ARGS, out, needs: 'request', doc: 'first parameter of that name in the query string, not decoded',
    compile(args): Fetch {
      const start = delimiter(args);
      const matches = wanted(args);
      return (tx) => {
        const uri = tx.uri();
        let found: string | undefined;
        if (uri === undefined || !walk(uri, start, (candidate, value) => {
          found = value;
          return matches(candidate);
        })) return undefined;
        return convert(found!);
      };
    },
    each(args, visit) {
      const start = delimiter(args);
      const matches = wanted(args);
      return (tx) => {
        const uri = tx.uri();
        return uri !== undefined && walk(uri, start, (candidate, text) => {
          const value = matches(candidate) ? convert(text) : undefined;
          return value !== undefined && visit(value, tx);
        });
      };
    },
    check(args) {
      if (String(args[1] ?? '').length > 1) return { arg: 1, problem: 'expects a single character' };
      return [undefined, null, '', 'i'].includes(args[2] as string) ? null : { arg: 2, problem: "expects 'i'" };
    },
  };
}

export const parameterFetches: readonly FetchRow[] = [
  row('urlp', 'str', (text) => text),
  row('url_param', 'str', (text) => text),
  row('urlp_val', 'int', leadingInt),
];

import type { Arg } from '../../config/model.js';
import type { ArgRow, Fetch, FetchRow, SampleType, Value } from '../row.js';
import type { Tx } from '../tx.js';
import { bodyOf } from './body.js';
import { looseInt } from './decimal.js';

const ARGS: readonly ArgRow[] = [
  { name: 'name', type: 'str', optional: true },
  { name: 'delim', type: 'str', optional: true },
  { name: 'i', type: 'str', optional: true },
];

type VisitParameter = (name: string, value: string) => boolean;

/** Walks `name=value` parts of a text from an index on; a part ends where `ends` says so. */
function walk(text: string, begin: number, ends: (code: number) => boolean, visit: VisitParameter): boolean {
  for (let from = begin; from < text.length;) {
    let end = from;
    while (end < text.length && !ends(text.charCodeAt(end))) end++;
    const part = text.slice(from, end);
    const equals = part.indexOf('=');
    if (equals >= 0 && visit(part.slice(0, equals), part.slice(equals + 1))) return true;
    from = end + 1;
  }
  return false;
}

/** Where the parameters are, and how they end. */
interface Source {
  walk(tx: Tx, visit: VisitParameter): boolean;
}

const AMPERSAND = 38;
const SEMICOLON = 59;

/** Parameters of the target: they begin after `start` and end before `&`, `;` or the given delimiter. */
function ofTarget(start: string): Source {
  const own = start.charCodeAt(0);
  const ends = (code: number): boolean => code === AMPERSAND || code === SEMICOLON || code === own;
  return {
    walk(tx, visit) {
      const uri = tx.uri();
      const begin = uri === undefined ? -1 : uri.indexOf(start);
      return begin >= 0 && walk(uri!, begin + 1, ends, visit);
    },
  };
}

const BODY: Source = {
  walk: (tx, visit) => tx.hasRequest() && walk(bodyOf(tx), 0, (code) => code === AMPERSAND, visit),
};

function wanted(args: readonly Arg[], flag: number): (name: string) => boolean {
  const name = args[0] === undefined || args[0] === null ? '' : String(args[0]);
  if (name === '') return () => true;
  if (args[flag] !== 'i') return (candidate) => candidate === name;
  const lower = name.toLowerCase();
  return (candidate) => candidate.toLowerCase() === lower;
}

const delimiter = (args: readonly Arg[]): string => (args[1] === undefined || args[1] === null || args[1] === '' ? '?' : String(args[1]));

/** Compiles a row's two ways to look: the first value that fits, and all of them. */
function reading(sourceOf: (args: readonly Arg[]) => Source, flag: number, convert: (text: string) => Value | undefined): Pick<FetchRow, 'compile' | 'each'> {
  return {
    compile(args): Fetch {
      const source = sourceOf(args);
      const matches = wanted(args, flag);
      return (tx) => {
        let found: string | undefined;
        source.walk(tx, (name, value) => {
          if (!matches(name)) return false;
          found = value;
          return true;
        });
        return found === undefined ? undefined : convert(found);
      };
    },
    each(args, visit) {
      const source = sourceOf(args);
      const matches = wanted(args, flag);
      return (tx) => source.walk(tx, (name, text) => {
        const value = matches(name) ? convert(text) : undefined;
        return value !== undefined && visit(value, tx);
      });
    },
  };
}

const checkFlag = (args: readonly Arg[], at: number): { arg: number; problem: string } | null =>
  ([undefined, null, '', 'i'].includes(args[at] as string) ? null : { arg: at, problem: "expects 'i'" });

function row(name: string, out: SampleType, convert: (text: string) => Value | undefined): FetchRow {
  return {
    name, args: ARGS, out, needs: 'request', doc: 'first parameter of that name in the query string, not decoded',
    ...reading((args) => ofTarget(delimiter(args)), 2, convert),
    check: (args) => (String(args[1] ?? '').length > 1 ? { arg: 1, problem: 'expects a single character' } : checkFlag(args, 2)),
  };
}

export const parameterFetches: readonly FetchRow[] = [
  row('urlp', 'str', (text) => text),
  row('url_param', 'str', (text) => text),
  row('urlp_val', 'int', looseInt),
  {
    name: 'req.body_param', args: [ARGS[0]!, ARGS[2]!], out: 'str', needs: 'request-body', doc: 'first parameter of that name in a url-encoded body, not decoded',
    ...reading(() => BODY, 1, (text) => text),
    check: (args) => checkFlag(args, 1),
  },
];

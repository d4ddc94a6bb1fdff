import type { Arg, LoadedFile } from '../../config/model.js';
import { matchMethod } from '../../config/pattern.js';
import { finders } from '../compile/match/find.js';
import type { Find } from '../compile/match/find.js';
import { expandGroups, isProblem, parseRegex } from '../compile/regex.js';
import { decimalInt } from '../int64.js';
import { parseIp } from '../ip.js';
import type { ArgRow, ConverterRow, SampleType, Value } from '../row.js';
import { given, required } from './row.js';

interface Entry {
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** The lines of a map file: a key, blanks, a value up to the end of the line without the blanks there. */
function entriesOf({ text }: LoadedFile): Entry[] {
  const entries: Entry[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.startsWith('#')) return;
    const found = /^[ \t]*([^ \t\r]+)[ \t]*(.*?)[ \t\r]*$/.exec(line);
    if (found !== null) entries.push({ key: found[1]!, value: found[2]!, line: i + 1 });
  });
  return entries;
}

/** What becomes of the value of an entry. */
interface Output {
  readonly suffix: string;
  readonly out: SampleType;
  readonly of: 'value' | 'key';
  /** How the default value is written; null: there is none. */
  readonly fallback: ArgRow['type'] | null;
  /** undefined if the text can't be such a value. */
  parse(text: string): Value | undefined;
}

const OUTPUTS: readonly Output[] = [
  { suffix: '', out: 'str', of: 'value', fallback: 'str', parse: (text) => text },
  { suffix: '_int', out: 'int', of: 'value', fallback: 'int', parse: (text) => (/^[+-]?[0-9]+$/.test(text) ? decimalInt(text) : undefined) },
  { suffix: '_ip', out: 'addr', of: 'value', fallback: 'str', parse: (text) => parseIp(text.replace(/\/.*$/, '')) },
  { suffix: '_key', out: 'str', of: 'key', fallback: null, parse: (text) => text },
];

interface Problem {
  readonly arg: number;
  readonly problem: string;
}

/** Looks for the first key or value of a file that is wrong. */
function checkEntries(file: LoadedFile, method: string, output: Output): Problem | null {
  const match = matchMethod(method)!;
  for (const entry of entriesOf(file)) {
    const where = `at line ${entry.line} of file '${file.file}'`;
    const key = match.parse(entry.key, null, false);
    if ('problem' in key) return { arg: 0, problem: `${key.problem} ${where}` };
    if ('host' in key) return { arg: 0, problem: `'${entry.key}' is not a valid IPv4 or IPv6 address ${where}` };
    if (output.parse(entry[output.of]) === undefined) return { arg: 0, problem: `unable to parse '${entry.value}' ${where}` };
  }
  return null;
}

interface Index {
  readonly find: Find;
  readonly entries: readonly Entry[];
}

/** One index for each file and method, however many converters use it. */
const indexes = new WeakMap<LoadedFile, Map<string, Index>>();

function indexOf(file: LoadedFile, method: string): Index {
  const made = indexes.get(file) ?? new Map<string, Index>();
  indexes.set(file, made);
  let index = made.get(method);
  if (index === undefined) {
    const entries = entriesOf(file);
    const match = matchMethod(method)!;
    const patterns = entries.map(({ key }) => {
      const result = match.parse(key, null, false);
      return 'pattern' in result ? result.pattern : key;
    });
    index = { find: finders[method]!.compile(patterns), entries };
    made.set(method, index);
  }
  return index;
}

/** The output type's own default value, undefined if none is given. */
function fallbackOf(arg: Arg | undefined, output: Output): Value | undefined {
  return given(arg) ? (typeof arg === 'string' ? output.parse(arg) : arg) : undefined;
}

const fileOf = (args: readonly Arg[]): LoadedFile => args[0] as LoadedFile;

function row(name: string, method: string, output: Output, doc: string): ConverterRow {
  const fallback: readonly ArgRow[] = output.fallback === null ? [] : [{ name: 'default_value', type: output.fallback, optional: true }];
  return {
    name, args: [required('map_name'), ...fallback], in: finders[method]!.on, out: output.out, wide: true, impure: true, doc,
    files: () => [{ arg: 0 }],
    check(args) {
      const wrong = checkEntries(fileOf(args), method, output);
      if (wrong !== null) return wrong;
      return given(args[1]) && fallbackOf(args[1], output) === undefined ? { arg: 1, problem: `map: cannot parse default ip <${String(args[1])}>` } : null;
    },
    compile(args) {
      const { find, entries } = indexOf(fileOf(args), method);
      const values = entries.map((entry) => output.parse(entry[output.of]));
      const none = fallbackOf(args[1], output);
      return (value) => {
        const at = find(value);
        return at < 0 ? none : values[at];
      };
    },
  };
}

const [asText, ...others] = OUTPUTS as readonly [Output, ...Output[]];

/** The value of the entry holds references such as \1 to the groups of its expression. */
const mapRegm: ConverterRow = {
  ...row('map_regm', 'reg', asText, 'value of the first expression of a map file that matches, with \\1 … replaced'),
  compile(args) {
    const { find, entries } = indexOf(fileOf(args), 'reg');
    const expressions = entries.map(({ key }) => parseRegex(key, false));
    const none = fallbackOf(args[1], asText);
    return (value) => {
      const at = find(value);
      const regex = expressions[at];
      if (regex === undefined || isProblem(regex)) return none;
      return expandGroups(entries[at]!.value, regex.exec(value as string) ?? []);
    };
  },
};

const LOOKS: Readonly<Record<string, string>> = {
  str: 'that is the sample', beg: 'that the sample starts with, the longest', end: 'that the sample ends with', sub: 'that stands in the sample',
  dir: 'that stands in the sample between slashes', dom: 'that stands in the sample between dots', reg: 'that matches the sample',
  int: 'that is or holds the number', ip: 'that the address is in, the narrowest',
};

export const mapConverters: readonly ConverterRow[] = [
  row('map', 'str', asText, 'value of the key of a map file that is the sample'),
  ...Object.entries(LOOKS).flatMap(([method, look]) => [
    row(`map_${method}`, method, asText, `value of the key of a map file ${look}`),
    ...others.map((output) => row(`map_${method}${output.suffix}`, method, output, `${output.of} of the key of a map file ${look}, as ${output.suffix.slice(1)}`)),
  ]),
  mapRegm,
];

import type { Arg, LoadedFile } from '../../config/model.js';
import { matchMethod } from '../../config/pattern.js';
import { finders } from '../compile/match/find.js';
import { expandGroups, isProblem, parseRegex } from '../compile/regex.js';
import { decimalInt } from '../int64.js';
import { parseIp } from '../ip.js';
import { patternLines, type PatternEntry } from '../pattern/reference.js';
import type { ArgRow, ConverterRow, SampleType, Value } from '../row.js';
import { given, required } from './row.js';

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

const outputOf = (entry: PatternEntry, output: Output): Value | undefined => output.parse(entry[output.of]);

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
  for (const entry of patternLines(file.text, true)) {
    const where = `at line ${entry.line} of file '${file.file}'`;
    const key = match.parse(entry.key, null, false);
    if ('problem' in key) return { arg: 0, problem: `${key.problem} ${where}` };
    if ('host' in key) return { arg: 0, problem: `'${entry.key}' is not a valid IPv4 or IPv6 address ${where}` };
    if (output.parse(entry[output.of]) === undefined) return { arg: 0, problem: `unable to parse '${entry.value}' ${where}` };
  }
  return null;
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
    patterns: (args) => ({ file: fileOf(args), method }),
    check(args) {
      const wrong = checkEntries(fileOf(args), method, output);
      if (wrong !== null) return wrong;
      return given(args[1]) && fallbackOf(args[1], output) === undefined ? { arg: 1, problem: `map: cannot parse default ip <${String(args[1])}>` } : null;
    },
    compile(args, env) {
      const lookup = env.patterns.map(fileOf(args), method, output.suffix, (entry) => outputOf(entry, output));
      const none = fallbackOf(args[1], output);
      return (value) => {
        const found = lookup.find(value);
        return found === undefined ? none : found.value;
      };
    },
  };
}

const [asText, ...others] = OUTPUTS as readonly [Output, ...Output[]];

/** The value of the entry holds references such as \1 to the groups of its expression. */
const mapRegm: ConverterRow = {
  ...row('map_regm', 'reg', asText, 'value of the first expression of a map file that matches, with \\1 … replaced'),
  compile(args, env) {
    const lookup = env.patterns.map(fileOf(args), 'reg', asText.suffix, (entry) => entry.value);
    const none = fallbackOf(args[1], asText);
    const expressions = new Map<string, ReturnType<typeof parseRegex>>();
    return (value) => {
      const found = lookup.find(value);
      if (found !== undefined && !expressions.has(found.entry.key)) expressions.set(found.entry.key, parseRegex(found.entry.key, false));
      const regex = found === undefined ? null : expressions.get(found.entry.key)!;
      return regex === null || isProblem(regex) ? none : expandGroups(found!.entry.value, regex.exec(value as string) ?? []);
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

/** Why a converter of maps can't give the value of an entry; null if it can. */
export function valueProblem({ name, method }: { readonly name: string; readonly method: string }, key: string, value: string): string | null {
  const output = others.find(({ suffix }) => name.slice(`map_${method}`.length) === suffix) ?? asText;
  return outputOf({ key, value }, output) === undefined ? `unable to parse '${value}'` : null;
}

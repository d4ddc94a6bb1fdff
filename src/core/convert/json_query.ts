import type { Arg } from '../../config/model.js';
import { findJson, jsonString, parseJsonPath } from '../json_path.js';
import type { JsonToken } from '../json_path.js';
import type { ConverterRow, Value } from '../row.js';
import { given, optional } from './row.js';

/** A number with six significant digits, as printf's %g. */
export function formatG(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '0', exponent = '0'] = value.toExponential(5).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(value.toPrecision(6)));
  const mantissa = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** A token as a sample; objects and null are none. */
function sampleOf({ kind, raw }: JsonToken, asInteger: boolean): Value | undefined {
  switch (kind) {
    case 'string': return jsonString(raw);
    case 'true': return true;
    case 'false': return false;
    case 'array': return raw;
    case 'number': return asInteger ? integerOf(Number(raw)) : formatG(Number(raw));
    default: return undefined;
  }
}

/** Only what a double holds exactly. */
function integerOf(value: number): number | undefined {
  const whole = Math.trunc(value);
  return Number.isSafeInteger(whole) ? whole + 0 : undefined;
}

export const queryArgs = [optional('json_path'), optional('output_type')] as const;

/** The path in an argument is good, and the type is none or `int`; both may be left out. */
export function checkQuery(args: readonly Arg[]): { arg: number; problem: string } | null {
  if (given(args[0]) && args[0] !== '' && parseJsonPath(String(args[0])) === undefined) {
    return { arg: 0, problem: "json_path must start with '$', followed by .name or [number]" };
  }
  return !given(args[1]) || args[1] === '' || args[1] === 'int' ? null : { arg: 1, problem: 'output_type only supports "int" as argument' };
}

/** What checkQuery() let through as a function of a JSON text. */
export function compileQuery(args: readonly Arg[]): (text: string) => Value | undefined {
  const path = parseJsonPath(String(args[0])) ?? [];
  const asInteger = args[1] === 'int';
  return (text) => {
    const token = findJson(text, path);
    return token === undefined ? undefined : sampleOf(token, asInteger);
  };
}

export const jsonQueryConverters: readonly ConverterRow[] = [
  {
    name: 'json_query', args: [...queryArgs], in: 'str', out: 'any', doc: 'value at a path ($.a.b[0]) of a JSON text; numbers as integers with int',
    compile(args) {
      const query = compileQuery(args);
      return (value) => query(value as string);
    },
    check: (args) => (given(args[0]) && args[0] !== '' ? checkQuery(args) : { arg: 0, problem: 'json_path must not be empty' }),
  },
];

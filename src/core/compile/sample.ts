import type { Arg, SampleExpression } from '../../config/model.js';
import { converters } from '../convert/index.js';
import { fetches } from '../fetch/index.js';
import type { CompileEnv, Convert, ConverterRow, Fetch, FetchRow, SampleType, Value, Visit } from '../row.js';
import type { Tx } from '../tx.js';
import { parseVariable } from '../variable.js';
import { castFor, toNumber } from './cast.js';

export interface Sample {
  readonly fetch: Fetch;
  readonly type: SampleType;
  /** The value, if it is the same for every request (undefined there: never a sample). */
  readonly constant: { readonly value: Value | undefined } | null;
}

const fetchRows: ReadonlyMap<string, FetchRow> = new Map(fetches.map((row) => [row.name, row]));
const converterRows: ReadonlyMap<string, ConverterRow> = new Map(converters.map((row) => [row.name, row]));

/** Fetches that give the same for ever. */
const CONSTANT = new Set(['always_true', 'always_false', 'str', 'int', 'bool', 'bin', 'ipv4', 'ipv6', 'meth', 'env', 'hostname', 'nbproc', 'proc']);
const noTx = undefined as unknown as Tx;

function fetchRow(name: string): FetchRow {
  const row = fetchRows.get(name);
  if (row === undefined) throw new Error(`unknown sample fetch '${name}'`);
  return row;
}

/** The converters of an expression as one function from the fetch's value, with all casts in between; null if there is nothing to do. */
interface Chain {
  readonly convert: Convert | null;
  readonly type: SampleType;
  readonly pure: boolean;
}

function chainOf(expression: SampleExpression, from: SampleType, env: CompileEnv): Chain {
  const steps: Convert[] = [];
  let type = from;
  let pure = true;
  for (const { name, args } of expression.converters) {
    const row = converterRows.get(name);
    if (row === undefined) throw new Error(`unknown converter '${name}'`);
    pushCast(steps, type, row.in, expression.text);
    if (row.in === 'int' && row.wide !== true) steps.push(toNumber);
    steps.push(row.compile(args, env));
    type = row.out === 'same' ? type : row.out;
    pure &&= row.impure !== true && !args.some(namesVariable);
  }
  return { convert: composed(steps), type, pure };
}

const namesVariable = (arg: Arg): boolean => typeof arg === 'string' && parseVariable(arg) !== undefined;

function pushCast(steps: Convert[], from: SampleType, to: SampleType, text: string): void {
  const cast = castFor(from, to);
  if (cast === undefined) throw new Error(`'${text}': no conversion from ${from} to ${to}`);
  if (cast !== null) steps.push(cast);
}

function composed(steps: readonly Convert[]): Convert | null {
  if (steps.length === 0) return null;
  if (steps.length === 1) return steps[0]!;
  return (value, tx) => {
    let now: Value | undefined = value;
    for (const step of steps) {
      now = step(now, tx);
      if (now === undefined) return undefined;
    }
    return now;
  };
}

function joined(fetch: Fetch, convert: Convert | null): Fetch {
  if (convert === null) return fetch;
  return (tx) => {
    const value = fetch(tx);
    return value === undefined ? undefined : convert(value, tx);
  };
}

/** Compiles a sample expression; one that is the same for every request is evaluated now. */
export function compileSample(expression: SampleExpression, env: CompileEnv): Sample {
  const row = fetchRow(expression.fetch);
  const { convert, type, pure } = chainOf(expression, row.out, env);
  const fetch = joined(row.compile(expression.args, env), convert);
  if (!pure || !CONSTANT.has(row.name)) return { fetch, type, constant: null };
  const value = fetch(noTx);
  return { fetch: () => value, type, constant: { value } };
}

/** The sample as a value of a type. */
export function compileTyped(expression: SampleExpression, type: SampleType, env: CompileEnv): Sample {
  const sample = compileSample(expression, env);
  const cast = castFor(sample.type, type);
  if (cast === undefined) throw new Error(`'${expression.text}': no conversion from ${sample.type} to ${type}`);
  if (cast === null) return { ...sample, type };
  if (sample.constant !== null) {
    const value = sample.constant.value === undefined ? undefined : cast(sample.constant.value);
    return { fetch: () => value, type, constant: { value } };
  }
  return { fetch: joined(sample.fetch, cast), type, constant: null };
}

/** Tries every value that the expression gives, converted to a type, until visit says true. */
export function compileEach(expression: SampleExpression, type: SampleType, visit: Visit, env: CompileEnv): (tx: Tx) => boolean {
  const row = fetchRow(expression.fetch);
  const chain = chainOf(expression, row.out, env);
  const cast = castFor(chain.type, type);
  if (cast === undefined) throw new Error(`'${expression.text}': no conversion from ${chain.type} to ${type}`);
  const steps = [chain.convert, cast].filter((step): step is Convert => step !== null);
  const convert = composed(steps);
  const seen: Visit = convert === null ? visit : (value, tx) => {
    const converted = convert(value, tx);
    return converted !== undefined && visit(converted, tx);
  };
  const walk = row.each?.(expression.args, seen, env);
  if (walk !== undefined) return walk;
  const fetch = row.compile(expression.args, env);
  return (tx) => {
    const value = fetch(tx);
    return value !== undefined && seen(value, tx);
  };
}

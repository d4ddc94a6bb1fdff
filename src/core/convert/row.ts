import { leadingInt, toText } from '../compile/cast.js';
import type { Arg } from '../../config/model.js';
import { decimalInt, isInt } from '../int64.js';
import type { Int } from '../int64.js';
import type { ArgRow, ConverterRow, SampleType, Value } from '../row.js';
import { parseVariable } from '../variable.js';
import type { Tx } from '../tx.js';

/** An argument that may be left out: null, or missing at the end. */
export function given(arg: Arg | undefined): arg is string | number | bigint {
  return arg !== undefined && arg !== null && typeof arg !== 'object';
}

export const optional = (name: string, type: ArgRow['type'] = 'str'): ArgRow => ({ name, type, optional: true });
export const required = (name: string, type: ArgRow['type'] = 'str'): ArgRow => ({ name, type });

/** A converter without arguments on text. */
export function onText(name: string, out: SampleType, doc: string, convert: (text: string) => Value | undefined): ConverterRow {
  return { name, args: [], in: 'str', out, doc, compile: () => (value) => convert(value as string) };
}

/** A converter without arguments on bytes. */
export function onBytes(name: string, out: SampleType, doc: string, convert: (bytes: string) => Value | undefined): ConverterRow {
  return { name, args: [], in: 'bin', out, doc, compile: () => (value) => convert((value as { bin: string }).bin) };
}

/** Text of the variable an argument names; undefined if it is not set. */
export function variableText(arg: Arg | undefined): (tx: Tx) => string | undefined {
  const variable = given(arg) ? parseVariable(String(arg)) : undefined;
  if (variable === undefined) return () => undefined;
  return (tx) => {
    const value = tx.variables.get(variable);
    return value === undefined ? undefined : toText(value);
  };
}

export function checkVariable(arg: Arg | undefined, at: number): { arg: number; problem: string } | null {
  return !given(arg) || arg === '' || parseVariable(String(arg)) !== undefined
    ? null
    : { arg: at, problem: 'expects a variable: proc, sess, txn, req or res, a dot, a name' };
}

/** An argument that is an integer or a variable that holds one, as arithmetic converters take. */
export function integerArg(arg: Arg | undefined): (tx: Tx) => Int | undefined {
  if (isInt(arg)) return () => arg;
  const text = String(arg);
  if (/^[+-]?[0-9]+$/.test(text)) {
    const constant = decimalInt(text);
    return () => constant;
  }
  const variable = parseVariable(text)!;
  return (tx) => {
    const value = tx.variables.get(variable);
    return isInt(value) ? value : typeof value === 'boolean' ? Number(value) : value === undefined ? undefined : (leadingInt(toText(value)) ?? 0);
  };
}

export function checkInteger(arg: Arg | undefined, at: number): { arg: number; problem: string } | null {
  const text = String(arg ?? '');
  return /^[+-]?[0-9]+$/.test(text) || parseVariable(text) !== undefined ? null : { arg: at, problem: 'expects an integer or a variable' };
}

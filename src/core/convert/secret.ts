import type { Arg } from '../../config/model.js';
import { fromBase64 } from '../base64.js';
import { toText } from '../compile/cast.js';
import type { Tx } from '../tx.js';
import { parseVariable } from '../variable.js';
import { given } from './row.js';

/** Arguments of cryptographic converters: constants or variables, written in base64 (RFC 4648, section 4). */

/** The text of an argument, or of the variable that it names; undefined if that is not set. */
export function textArg(arg: Arg | undefined): (tx: Tx) => string | undefined {
  const text = given(arg) ? String(arg) : '';
  const variable = parseVariable(text);
  if (variable === undefined) return () => text;
  return (tx) => {
    const value = tx.variables.get(variable);
    return value === undefined ? undefined : toText(value);
  };
}

/** The bytes that an argument, or the variable it names, holds in base64. */
export function bytesArg(arg: Arg | undefined): (tx: Tx) => Buffer | undefined {
  const text = given(arg) ? String(arg) : '';
  if (parseVariable(text) === undefined) {
    const bytes = fromBase64(text);
    return () => bytes;
  }
  const read = textArg(arg);
  return (tx) => {
    const found = read(tx);
    return found === undefined ? undefined : fromBase64(found);
  };
}

/** What is wrong with a constant that must be base64, or null. */
export function checkBase64(arg: Arg | undefined, at: number, what: string): { arg: number; problem: string } | null {
  const text = given(arg) ? String(arg) : '';
  return parseVariable(text) !== undefined || fromBase64(text) !== undefined ? null : { arg: at, problem: `failed to parse ${what} : it is neither a variable nor base64` };
}

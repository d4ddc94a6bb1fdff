import { clampInt } from '../compile/cast.js';
import type { ConverterRow } from '../row.js';
import { checkInteger, integerArg, required } from './row.js';

const INT_MAX = 2 ** 63;

/** An operation on the sample and an integer or variable; an unset variable is no sample. */
function binary(name: string, doc: string, operate: (a: number, b: number) => number): ConverterRow {
  return {
    name, args: [required('value')], in: 'int', out: 'int', doc,
    compile(args) {
      const operand = integerArg(args[0]);
      return (value, tx) => {
        const other = operand(tx);
        return other === undefined ? undefined : clampInt(operate(value as number, other));
      };
    },
    check: (args) => checkInteger(args[0], 0),
  };
}

const small = (a: number, b: number): boolean => (a | 0) === a && (b | 0) === b;
const wide = (operate: (a: bigint, b: bigint) => bigint) => (a: number, b: number): number =>
  Number(BigInt.asIntN(64, operate(BigInt(a), BigInt(b))));
const bitAnd = wide((a, b) => a & b);
const bitOr = wide((a, b) => a | b);
const bitXor = wide((a, b) => a ^ b);

function unary(name: string, out: 'int' | 'bool', doc: string, operate: (value: number) => number | boolean): ConverterRow {
  return { name, args: [], in: 'int', out, doc, compile: () => (value) => operate(value as number) };
}

export const numberConverters: readonly ConverterRow[] = [
  binary('add', 'adds a value', (a, b) => a + b),
  binary('sub', 'subtracts a value', (a, b) => a - b),
  binary('mul', 'multiplies by a value', (a, b) => a * b),
  binary('div', 'divides by a value; by 0 gives the largest integer', (a, b) => (b === 0 ? INT_MAX : Math.trunc(a / b))),
  binary('mod', 'rest of the division by a value; by 0 gives 0', (a, b) => (b === 0 ? 0 : a % b + 0)),
  binary('and', 'bitwise and', (a, b) => (small(a, b) ? a & b : bitAnd(a, b))),
  binary('or', 'bitwise or', (a, b) => (small(a, b) ? a | b : bitOr(a, b))),
  binary('xor', 'bitwise exclusive or', (a, b) => (small(a, b) ? a ^ b : bitXor(a, b))),
  unary('neg', 'int', 'the negative', (value) => clampInt(0 - value)),
  unary('cpl', 'int', 'the complement of all bits', (value) => -1 - value),
  unary('not', 'bool', 'true for 0', (value) => value === 0),
  unary('bool', 'bool', 'true for anything but 0', (value) => value !== 0),
  unary('odd', 'bool', 'true for odd integers', (value) => value % 2 !== 0),
  unary('even', 'bool', 'true for even integers', (value) => value % 2 === 0),
  {
    name: 'htonl', args: [], in: 'int', out: 'bin', doc: 'four bytes in network order',
    compile: () => (value) => {
      const n = Number(BigInt.asUintN(32, BigInt(value as number)));
      return { bin: String.fromCharCode(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255) };
    },
  },
];

import { INT64_MAX, saturated } from '../int64.js';
import type { Int } from '../int64.js';
import type { ConverterRow } from '../row.js';
import { checkInteger, integerArg, required } from './row.js';

/** How an operation goes on numbers, which may leave their exact range, and on the same integers as bigints. */
interface Operation {
  readonly near: (a: number, b: number) => number;
  readonly far: (a: bigint, b: bigint) => bigint;
  /** The operands for which `near` is exact; without it, its result tells. */
  readonly holds?: (a: number, b: number) => boolean;
}

/** An operation on the sample and an integer or variable; an unset variable is no sample. Overflows end at the limits of 64 bits. */
function binary(name: string, doc: string, { near, far, holds }: Operation): ConverterRow {
  return {
    name, args: [required('value')], in: 'int', out: 'int', wide: true, doc,
    compile(args) {
      const operand = integerArg(args[0]);
      return (value, tx) => {
        const other = operand(tx);
        if (other === undefined) return undefined;
        if (typeof value === 'number' && typeof other === 'number' && (holds === undefined || holds(value, other))) {
          const result = near(value, other);
          if (Number.isSafeInteger(result)) return result + 0;
        }
        return saturated(far(BigInt(value as Int), BigInt(other)));
      };
    },
    check: (args) => checkInteger(args[0], 0),
  };
}

const fits32 = (a: number, b: number): boolean => (a | 0) === a && (b | 0) === b;

function unary(name: string, out: 'int' | 'bool', doc: string, operate: (value: Int) => Int | boolean): ConverterRow {
  return { name, args: [], in: 'int', out, wide: true, doc, compile: () => (value) => operate(value as Int) };
}

const isOdd = (value: Int): boolean => (typeof value === 'number' ? value % 2 !== 0 : (value & 1n) === 1n);

export const numberConverters: readonly ConverterRow[] = [
  binary('add', 'adds a value', { near: (a, b) => a + b, far: (a, b) => a + b }),
  binary('sub', 'subtracts a value', { near: (a, b) => a - b, far: (a, b) => a - b }),
  binary('mul', 'multiplies by a value', { near: (a, b) => a * b, far: (a, b) => a * b }),
  binary('div', 'divides by a value; by 0 gives the largest integer', { near: (a, b) => Math.trunc(a / b), far: (a, b) => (b === 0n ? INT64_MAX : a / b) }),
  binary('mod', 'rest of the division by a value; by 0 gives 0', { near: (a, b) => (b === 0 ? 0 : a % b), far: (a, b) => (b === 0n ? 0n : a % b) }),
  binary('and', 'bitwise and', { holds: fits32, near: (a, b) => a & b, far: (a, b) => a & b }),
  binary('or', 'bitwise or', { holds: fits32, near: (a, b) => a | b, far: (a, b) => a | b }),
  binary('xor', 'bitwise exclusive or', { holds: fits32, near: (a, b) => a ^ b, far: (a, b) => a ^ b }),
  unary('neg', 'int', 'the negative', (value) => (typeof value === 'number' ? 0 - value : saturated(-value))),
  unary('cpl', 'int', 'the complement of all bits', (value) => (typeof value === 'number' ? -1 - value : saturated(~value))),
  unary('not', 'bool', 'true for 0', (value) => value === 0),
  unary('bool', 'bool', 'true for anything but 0', (value) => value !== 0),
  unary('odd', 'bool', 'true for odd integers', isOdd),
  unary('even', 'bool', 'true for even integers', (value) => !isOdd(value)),
  {
    name: 'htonl', args: [], in: 'int', out: 'bin', wide: true, doc: 'four bytes in network order',
    compile: () => (value) => {
      const n = Number(BigInt.asUintN(32, BigInt(value as Int)));
      return { bin: String.fromCharCode(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255) };
    },
  },
];

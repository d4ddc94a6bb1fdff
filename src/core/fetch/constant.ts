import type { Arg } from '../../config/model.js';
import { isInt } from '../int64.js';
import { parseIpv4, parseIpv6 } from '../ip.js';
import type { Fetch, FetchRow, Value } from '../row.js';

const constant = (value: Value): Fetch => () => value;
const text = (args: readonly Arg[]): string => String(args[0] ?? '');

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** Bytes of a string of hexadecimal digits, undefined unless it is an even number of them. */
export function unhex(digits: string): string | undefined {
  return /^([0-9a-fA-F]{2})*$/.test(digits) ? Buffer.from(digits, 'hex').toString('latin1') : undefined;
}

// `str()` is the empty string: HAProxy takes empty parentheses for one empty argument.
const str = { name: 'string', type: 'str', optional: true } as const;

export const constantFetches: readonly FetchRow[] = [
  { name: 'always_true', args: [], out: 'bool', needs: 'nothing', doc: 'always true', compile: () => constant(true) },
  { name: 'always_false', args: [], out: 'bool', needs: 'nothing', doc: 'always false', compile: () => constant(false) },
  { name: 'str', args: [str], out: 'str', needs: 'nothing', doc: 'the string', compile: (args) => constant(text(args)) },
  {
    name: 'int', args: [{ name: 'integer', type: 'int' }], out: 'int', needs: 'nothing', doc: 'the signed integer',
    compile: (args) => constant(isInt(args[0]) ? args[0] : 0),
  },
  {
    name: 'bool', args: [{ name: 'bool', type: 'str' }], out: 'bool', needs: 'nothing', doc: 'true, false, 1 or 0',
    compile: (args) => constant(BOOLEANS[text(args)] ?? false),
    check: (args) => (text(args) in BOOLEANS ? null : { arg: 0, problem: "expects 'true', 'false', '1' or '0'" }),
  },
  {
    name: 'bin', args: [{ name: 'hex', type: 'str' }], out: 'bin', needs: 'nothing', doc: 'the bytes given by hexadecimal digits',
    compile: (args) => constant({ bin: unhex(text(args)) ?? '' }),
    check: (args) => (unhex(text(args)) !== undefined ? null : { arg: 0, problem: 'expects an even number of hexadecimal digits' }),
  },
  {
    name: 'ipv4', args: [{ name: 'ipv4', type: 'str' }], out: 'ipv4', needs: 'nothing', doc: 'the IPv4 address',
    compile: (args) => constant({ family: 4, bytes: parseIpv4(text(args)) ?? new Uint8Array(4) }),
    check: (args) => (parseIpv4(text(args)) !== undefined ? null : { arg: 0, problem: 'expects an IPv4 address' }),
  },
  {
    name: 'ipv6', args: [{ name: 'ipv6', type: 'str' }], out: 'ipv6', needs: 'nothing', doc: 'the IPv6 address',
    compile: (args) => constant({ family: 6, bytes: parseIpv6(text(args)) ?? new Uint8Array(16) }),
    check: (args) => (parseIpv6(text(args)) !== undefined ? null : { arg: 0, problem: 'expects an IPv6 address' }),
  },
  { name: 'meth', args: [{ name: 'method', type: 'str' }], out: 'meth', needs: 'nothing', doc: 'the HTTP method', compile: (args) => constant(text(args)) },
];

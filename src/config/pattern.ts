import { parseRegex, isProblem as isRegexProblem } from '../core/compile/regex.js';
import { formatIp, parseIpv4, parseIpv6 } from '../core/ip.js';
import type { SampleType } from '../core/row.js';

/**
 * The patterns of ACLs by matching method (manual, 7.1). They are stored in one normal form each: numbers as `min:max` with a bound
 * left out where there is none, networks as `address/prefix`, bytes as lower-case hexadecimal, everything else as written.
 */

export type PatternResult = { readonly pattern: string } | { readonly problem: string } | { readonly host: string };

export interface MatchMethod {
  readonly name: string;
  /** What the sample must convert into. */
  readonly on: SampleType;
  /** False: the method looks at no pattern. */
  readonly patterns: boolean;
  /** Words such as `gt` may stand before the patterns. */
  readonly operators: boolean;
  readonly doc: string;
  parse(text: string, operator: string | null, ignoreCase: boolean): PatternResult;
}

const verbatim = (pattern: string): PatternResult => ({ pattern });

export const MATCH_METHODS: readonly MatchMethod[] = [
  { name: 'found', on: 'any', patterns: false, operators: false, doc: 'the sample exists', parse: verbatim },
  { name: 'bool', on: 'int', patterns: false, operators: false, doc: 'the sample is true, or not zero', parse: verbatim },
  { name: 'int', on: 'int', patterns: true, operators: true, doc: 'an integer or a range', parse: parseRange },
  { name: 'ip', on: 'addr', patterns: true, operators: false, doc: 'an address or a network', parse: parseNetwork },
  { name: 'bin', on: 'bin', patterns: true, operators: false, doc: 'bytes in hexadecimal', parse: parseHex },
  { name: 'len', on: 'str', patterns: true, operators: true, doc: 'the length, an integer or a range', parse: parseRange },
  { name: 'str', on: 'str', patterns: true, operators: false, doc: 'the whole string', parse: verbatim },
  { name: 'beg', on: 'str', patterns: true, operators: false, doc: 'the start of the string', parse: verbatim },
  { name: 'end', on: 'str', patterns: true, operators: false, doc: 'the end of the string', parse: verbatim },
  { name: 'sub', on: 'str', patterns: true, operators: false, doc: 'a part of the string', parse: verbatim },
  { name: 'dir', on: 'str', patterns: true, operators: false, doc: 'a part between slashes', parse: verbatim },
  { name: 'dom', on: 'str', patterns: true, operators: false, doc: 'a part between dots', parse: verbatim },
  { name: 'reg', on: 'str', patterns: true, operators: false, doc: 'a regular expression', parse: parsePatternRegex },
];

const METHODS: ReadonlyMap<string, MatchMethod> = new Map(MATCH_METHODS.map((method) => [method.name, method]));

export function matchMethod(name: string): MatchMethod | undefined {
  return METHODS.get(name);
}

/** The method that a sample type implies; null where `-m` has to say. */
export function defaultMethod(type: SampleType): MatchMethod | null {
  const names: Partial<Record<SampleType, string>> = {
    bool: 'bool', int: 'int', addr: 'ip', ipv4: 'ip', ipv6: 'ip', str: 'str', meth: 'str',
  };
  return METHODS.get(names[type] ?? '') ?? null;
}

/** Comparison words of integer matching: the range that each makes of a range. */
export const OPERATORS: Readonly<Record<string, (min: number | null, max: number | null) => readonly [number | null, number | null]>> = {
  eq: (min, max) => [min, max],
  ge: (min) => [min, null],
  gt: (min, max) => [(max ?? min ?? 0) + 1, null],
  le: (min, max) => [null, max ?? min],
  lt: (min, max) => [null, (min ?? max ?? 0) - 1],
};

const NUMBER = /^[-+]?[0-9]+(?:\.[0-9]+)?$/;

/** `a.b`, as versions are written, counts as a * 65536 + b. */
function toNumber(text: string): number | null {
  if (!NUMBER.test(text)) return null;
  const [whole = '', part] = text.split('.');
  return part === undefined ? Number(whole) : Number(whole) * 65536 + Number(part);
}

function parseRange(text: string, operator: string | null): PatternResult {
  const colon = text.indexOf(':');
  const left = colon === -1 ? text : text.slice(0, colon);
  const right = colon === -1 ? text : text.slice(colon + 1);
  const min = left === '' ? null : toNumber(left);
  const max = right === '' ? null : toNumber(right);
  if (colon === -1 && min === null) return { problem: `'${text}' is not a number` };
  const unreadable = (min === null && left !== '') || (max === null && right !== '');
  if (unreadable || (min === null && max === null) || (min !== null && max !== null && min > max)) {
    return { problem: `'${text}' is not a valid number range` };
  }
  const [from, to] = (OPERATORS[operator ?? 'eq'] ?? (() => [min, max] as const))(min, max);
  return { pattern: `${from ?? ''}:${to ?? ''}` };
}

/** IPv4 may leave out zero bytes in the middle (`10.12` is 10.0.0.12) and give its mask as an address. */
function parseNetwork(text: string): PatternResult {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const mask = slash === -1 ? null : text.slice(slash + 1);
  const bytes = parseShortIpv4(address) ?? (address.includes(':') ? parseIpv6(address) : undefined);
  const problem = { problem: `'${text}' is not a valid IPv4 or IPv6 address` };
  if (bytes === undefined) return mask === null && /^[A-Za-z_][A-Za-z0-9._-]*$/.test(address) ? { host: address } : problem;
  const width = bytes.length * 8;
  const prefix = mask === null ? width : prefixOf(mask, width);
  if (prefix === null) return problem;
  if (prefix < 0) return { problem: `the mask of '${text}' has holes, which is not supported` };
  return { pattern: `${formatIp({ family: bytes.length === 4 ? 4 : 6, bytes })}/${prefix}` };
}

function parseShortIpv4(text: string): Uint8Array | undefined {
  if (!/^[0-9]+(?:\.[0-9]+){0,3}$/.test(text)) return undefined;
  const parts = text.split('.');
  const last = parts.pop() ?? '';
  while (parts.length < 3) parts.push('0');
  return parseIpv4([...parts, last].join('.'));
}

/** Bits of a mask; null if it is none, -1 if its bits are not contiguous. */
function prefixOf(mask: string, width: number): number | null {
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask) <= width ? Number(mask) : null;
  const bytes = width === 32 ? parseIpv4(mask) : undefined;
  if (bytes === undefined) return null;
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const ones = bits.indexOf('0') === -1 ? 32 : bits.indexOf('0');
  return bits.includes('1', ones) ? -1 : ones;
}

function parseHex(text: string): PatternResult {
  const stray = /[^0-9a-fA-F]/.exec(text);
  if (stray !== null) return { problem: `an hex digit is expected (found '${stray[0]}')` };
  if (text.length % 2 === 1) return { problem: 'an even number of hex digit is expected' };
  return { pattern: text.toLowerCase() };
}

function parsePatternRegex(text: string, _operator: string | null, ignoreCase: boolean): PatternResult {
  const regex = parseRegex(text, ignoreCase);
  return isRegexProblem(regex) ? { problem: `regex '${text}' is invalid (${regex.problem})` } : { pattern: text };
}

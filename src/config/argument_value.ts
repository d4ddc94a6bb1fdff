import { isProblem as isRegexProblem, parseRegex } from '../core/compile/regex.js';
import { INT64_MAX, INT64_MIN, saturated } from '../core/int64.js';
import { parseIpv4, parseIpv6 } from '../core/ip.js';
import type { ArgRow } from '../core/row.js';
import type { Arg } from './model.js';
import { parseSize, parseTime } from './units.js';

/** Arguments of fetches and converters from text, by the type their row gives. */

type Problem = { readonly problem: string };

interface ArgumentType {
  /** HAProxy's name of the type, for messages. */
  readonly label: string;
  parse(text: string): Arg | Problem;
}

const SCOPES = ['proc', 'sess', 'txn', 'req', 'res', 'check', 'psess', 'ptxn', 'preq', 'pres'];
const VARIABLE = new RegExp(`^(?:${SCOPES.join('|')})\\.[A-Za-z0-9_]+$`);
const plain = (text: string): Arg => text;

const TYPES: Readonly<Record<ArgRow['type'], ArgumentType>> = {
  str: { label: 'string', parse: plain },
  int: { label: 'integer', parse: parseInteger },
  time: { label: 'time', parse: (text) => parseTime(text) },
  size: { label: 'size', parse: (text) => parseSize(text) },
  ipmask: { label: 'IP mask', parse: parseMask },
  frontend: { label: 'frontend', parse: plain },
  backend: { label: 'backend', parse: plain },
  server: { label: 'server', parse: plain },
  userlist: { label: 'userlist', parse: plain },
  acl: { label: 'acl', parse: plain },
  table: { label: 'table', parse: plain },
  var: { label: 'variable', parse: parseVariable },
  regex: { label: 'regex', parse: checkRegex },
  map: { label: 'map', parse: plain },
};

const REFERENCES = ['frontend', 'backend', 'server', 'userlist', 'acl', 'table'] as const;
export type ReferenceType = (typeof REFERENCES)[number];

/** Types whose value is known only when all sections are read: numbers of proxies, servers and userlists, ACLs. */
export function isReference(type: ArgRow['type']): type is ReferenceType {
  return REFERENCES.includes(type as ReferenceType);
}

export function argumentLabel(type: ArgRow['type']): string {
  return TYPES[type].label;
}

/** The value of an argument, or what is wrong with it. References stay names. */
export function parseArgument(type: ArgRow['type'], text: string): Arg | Problem {
  return TYPES[type].parse(text);
}

export function isProblem(value: Arg | Problem): value is Problem {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

/** Sample integers have 64 bits. */
function parseInteger(text: string): Arg | Problem {
  if (!/^[-+]?[0-9]+$/.test(text)) return { problem: 'it is not a whole number' };
  const value = BigInt(text.replace('+', ''));
  if (value > INT64_MAX || value < INT64_MIN) return { problem: 'it does not fit into 64 bits' };
  return saturated(value);
}

/** `24`, `255.255.255.0` for IPv4; `64` beyond 32 or an address with colons for IPv6. A mask may have holes; its prefix ends at the first. */
function parseMask(text: string): Arg | Problem {
  if (/^[0-9]{1,3}$/.test(text) && Number(text) <= 128) {
    const prefix = Number(text);
    const family = prefix <= 32 ? 4 : 6;
    return { family, bytes: maskBytes(prefix, family === 4 ? 4 : 16), prefix };
  }
  const bytes = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  if (bytes === undefined) return { problem: 'it is neither a number of bits nor a mask' };
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const prefix = bits.indexOf('0') === -1 ? bits.length : bits.indexOf('0');
  return { family: bytes.length === 4 ? 4 : 6, bytes: [...bytes], prefix };
}

function maskBytes(prefix: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (0xff00 >> Math.max(0, Math.min(8, prefix - 8 * i))) & 0xff);
}

function parseVariable(text: string): Arg | Problem {
  if (VARIABLE.test(text)) return text;
  const problem = `invalid variable name '${text}': a name starts with its scope (${SCOPES.slice(0, 6).join(', ')}) and a dot, followed by letters, digits or '_'`;
  return { problem };
}

function checkRegex(text: string): Arg | Problem {
  const regex = parseRegex(text, false);
  return isRegexProblem(regex) ? { problem: regex.problem } : text;
}

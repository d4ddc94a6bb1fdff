import type { SampleType } from '../core/row.js';

/** Which sample types convert into which without a converter (HAProxy's cast matrix, as its configuration check shows it). */
const CASTS: Readonly<Record<Exclude<SampleType, 'any'>, readonly SampleType[]>> = {
  bool: ['bool', 'int', 'str', 'bin'],
  int: ['bool', 'int', 'addr', 'ipv4', 'ipv6', 'str', 'bin'],
  addr: ['int', 'addr', 'ipv4', 'ipv6', 'str', 'bin'],
  ipv4: ['int', 'addr', 'ipv4', 'ipv6', 'str', 'bin'],
  ipv6: ['addr', 'ipv4', 'ipv6', 'str', 'bin'],
  str: ['bool', 'int', 'addr', 'ipv4', 'ipv6', 'str', 'bin', 'meth'],
  bin: ['str', 'bin', 'meth'],
  meth: ['str', 'bin', 'meth'],
};

/** True if a sample of type `from` can be used where `to` is wanted; `any` is decided at run time. */
export function castable(from: SampleType, to: SampleType): boolean {
  return from === 'any' || to === 'any' || CASTS[from].includes(to);
}

const NAMES: Readonly<Record<SampleType, string>> = {
  bool: 'a boolean', int: 'an integer', ipv4: 'an IPv4 address', ipv6: 'an IPv6 address', addr: 'an IP address', str: 'a string',
  bin: 'binary data', meth: 'an HTTP method', any: 'a sample',
};

/** "an integer", "a string" …: a type in a sentence. */
export function typeName(type: SampleType): string {
  return NAMES[type];
}

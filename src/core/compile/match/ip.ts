import { embeddedIpv4, ipv4Number, mapToIpv6, parseIpv4, parseIpv6 } from '../../ip.js';
import type { Ip } from '../../row.js';
import type { Match } from './method.js';

/** Networks of one family: for each prefix length in use the set of masked addresses. At most 33 or 129 look-ups. */
type Levels<Key> = { readonly prefix: number; readonly networks: Set<Key> }[];

function add<Key>(levels: Levels<Key>, prefix: number, key: Key): void {
  let level = levels.find((candidate) => candidate.prefix === prefix);
  if (level === undefined) {
    level = { prefix, networks: new Set() };
    levels.push(level);
  }
  level.networks.add(key);
}

const masked4 = (address: number, prefix: number): number => (prefix === 0 ? 0 : (address & (-1 << (32 - prefix))) >>> 0);

function masked6(bytes: Uint8Array, prefix: number): string {
  let key = '';
  for (let i = 0; i < 16; i++) {
    const bits = Math.max(0, Math.min(8, prefix - i * 8));
    key += String.fromCharCode(bytes[i]! & (0xff00 >> bits) & 0xff);
  }
  return key;
}

function match4(levels: Levels<number>, bytes: Uint8Array): boolean {
  const address = ipv4Number(bytes);
  for (const { prefix, networks } of levels) if (networks.has(masked4(address, prefix))) return true;
  return false;
}

function match6(levels: Levels<string>, bytes: Uint8Array): boolean {
  for (const { prefix, networks } of levels) if (networks.has(masked6(bytes, prefix))) return true;
  return false;
}

/**
 * Addresses in networks (manual, section 7.1.6): an IPv4 address is looked up among IPv6 networks as ::ffff:IPV4, an IPv6 address
 * among IPv4 networks if it holds an IPv4 one (2002:IPV4::, ::IPV4, ::ffff:IPV4).
 */
export const ip: Match = {
  on: 'addr',
  compile(patterns) {
    const levels4: Levels<number> = [];
    const levels6: Levels<string> = [];
    for (const pattern of patterns) {
      const slash = pattern.indexOf('/');
      const address = slash < 0 ? pattern : pattern.slice(0, slash);
      const v4 = parseIpv4(address);
      const v6 = v4 === undefined ? parseIpv6(address) : undefined;
      const prefix = slash < 0 ? (v4 === undefined ? 128 : 32) : Number(pattern.slice(slash + 1));
      if (v4 !== undefined) add(levels4, prefix, masked4(ipv4Number(v4), prefix));
      else if (v6 !== undefined) add(levels6, prefix, masked6(v6, prefix));
    }
    return (value) => {
      const { family, bytes } = value as Ip;
      if (family === 4) return match4(levels4, bytes) || (levels6.length > 0 && match6(levels6, mapToIpv6(bytes)));
      if (match6(levels6, bytes)) return true;
      const inner = levels4.length > 0 ? embeddedIpv4(bytes) : undefined;
      return inner !== undefined && match4(levels4, inner);
    };
  },
};

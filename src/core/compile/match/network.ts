import { embeddedIpv4, ipv4Number, mapToIpv6, parseIpv4, parseIpv6 } from '../../ip.js';
import type { Ip } from '../../row.js';

/** Networks of one family by prefix length, the longest first: at most 33 or 129 look-ups. */
type Levels<Key> = { readonly prefix: number; readonly networks: Map<Key, number> }[];

function add<Key>(levels: Levels<Key>, prefix: number, key: Key, number: number): void {
  let level = levels.find((candidate) => candidate.prefix === prefix);
  if (level === undefined) {
    level = { prefix, networks: new Map() };
    levels.push(level);
    levels.sort((a, b) => b.prefix - a.prefix);
  }
  if (!level.networks.has(key)) level.networks.set(key, number);
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

function find4(levels: Levels<number>, bytes: Uint8Array): number {
  const address = ipv4Number(bytes);
  for (const { prefix, networks } of levels) {
    const found = networks.get(masked4(address, prefix));
    if (found !== undefined) return found;
  }
  return -1;
}

function find6(levels: Levels<string>, bytes: Uint8Array): number {
  for (const { prefix, networks } of levels) {
    const found = networks.get(masked6(bytes, prefix));
    if (found !== undefined) return found;
  }
  return -1;
}

/**
 * Finds the place in the list of the narrowest network `address/prefix` that an address is in, -1 if there is none (manual, 7.1.6):
 * an IPv4 address is looked up among IPv6 networks as ::ffff:IPV4 afterwards, an IPv6 address among IPv4 networks if it holds an
 * IPv4 one (2002:IPV4::, ::IPV4, ::ffff:IPV4).
 */
export function narrowest(patterns: readonly string[]): (ip: Ip) => number {
  const levels4: Levels<number> = [];
  const levels6: Levels<string> = [];
  patterns.forEach((pattern, number) => {
    const slash = pattern.indexOf('/');
    const address = slash < 0 ? pattern : pattern.slice(0, slash);
    const v4 = parseIpv4(address);
    const v6 = v4 === undefined ? parseIpv6(address) : undefined;
    const prefix = slash < 0 ? (v4 === undefined ? 128 : 32) : Number(pattern.slice(slash + 1));
    if (v4 !== undefined) add(levels4, prefix, masked4(ipv4Number(v4), prefix), number);
    else if (v6 !== undefined) add(levels6, prefix, masked6(v6, prefix), number);
  });
  return ({ family, bytes }) => {
    if (family === 4) {
      const found = find4(levels4, bytes);
      return found >= 0 || levels6.length === 0 ? found : find6(levels6, mapToIpv6(bytes));
    }
    const found = find6(levels6, bytes);
    const inner = found < 0 && levels4.length > 0 ? embeddedIpv4(bytes) : undefined;
    return inner === undefined ? found : find4(levels4, inner);
  };
}

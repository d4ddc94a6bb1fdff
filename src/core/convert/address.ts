import type { Arg } from '../../config/model.js';
import type { ConverterRow, Ip } from '../row.js';
import { optional, required } from './row.js';

function maskOf(arg: Arg | undefined, size: 4 | 16): Uint8Array {
  const mask = new Uint8Array(size).fill(255);
  const network = typeof arg === 'object' && arg !== null && 'prefix' in arg ? arg : null;
  if (network?.bytes.length === size) return Uint8Array.from(network.bytes);
  const prefix = network?.prefix ?? size * 8;
  for (let bit = 0; bit < size * 8; bit++) if (bit >= prefix) mask[bit >> 3]! &= ~(128 >> (bit & 7));
  return mask;
}

function masked(ip: Ip, mask: Uint8Array): Ip {
  return { family: ip.family, bytes: ip.bytes.map((byte, i) => byte & mask[i]!) };
}

/** The IPv4 address of an IPv4-mapped IPv6 address, which takes the mask of its kind. */
function plainIpv4(ip: Ip): Ip {
  if (ip.family === 4) return ip;
  const mapped = ip.bytes[10] === 255 && ip.bytes[11] === 255 && ip.bytes.subarray(0, 10).every((byte) => byte === 0);
  return mapped ? { family: 4, bytes: ip.bytes.subarray(12, 16) } : ip;
}

const ipmask: ConverterRow = {
  name: 'ipmask', args: [required('mask4', 'ipmask'), optional('mask6', 'ipmask')], in: 'addr', out: 'addr', doc: 'the network of an address',
  compile(args) {
    const mask4 = maskOf(args[0], 4);
    const mask6 = maskOf(args[1], 16);
    const without6 = args[1] === undefined || args[1] === null;
    return (value) => {
      const ip = plainIpv4(value as Ip);
      if (ip.family === 4) return masked(ip, mask4);
      return without6 ? undefined : masked(ip, mask6);
    };
  },
};

export const addressConverters: readonly ConverterRow[] = [ipmask];

import type { Arg } from '../../config/model.js';
import { isUsable, usableServers } from '../fetch/usable.js';
import type { ConverterRow, Ip } from '../row.js';
import { onText, optional, required } from './row.js';

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

export const addressConverters: readonly ConverterRow[] = [
  ipmask,
  {
    name: 'srv_is_up', args: [], in: 'str', out: 'bool', doc: 'true if the named server, [backend/]server, is up',
    compile(_args, { model, state }) {
      const byName = new Map(model.servers.map((server) => [`${model.proxies[server.proxy]!.name}/${server.name}`, server.index]));
      return (value, tx) => {
        const text = value as string;
        const own = tx.backend < 0 ? tx.frontend : tx.backend;
        const server = byName.get(text.includes('/') ? text : `${model.proxies[own]?.name ?? ''}/${text}`);
        return server === undefined ? undefined : isUsable(state, model, server);
      };
    },
  },
  {
    name: 'fe_exists', args: [], in: 'str', out: 'bool', doc: 'true if a frontend of that name exists',
    compile(_args, { model }) {
      const names = new Set(model.proxies.filter((proxy) => proxy.isFrontend).map((proxy) => proxy.name));
      return (value) => names.has(value as string);
    },
  },
  {
    ...onText('nbsrv', 'int', 'usable servers of the named backend', () => undefined),
    compile(_args, env) {
      const byName = new Map(env.model.proxies.filter((proxy) => proxy.isBackend).map((proxy) => [proxy.name, proxy.index]));
      return (value) => {
        const backend = byName.get(value as string);
        return backend === undefined ? undefined : usableServers(env.state, backend);
      };
    },
  },
];

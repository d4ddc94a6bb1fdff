import type { Server, SocketAddress } from '../../config/model.js';
import { avalanche, crc32 } from '../../core/compile/hash.js';

/** Nodes of a server with the largest weight: ids are scaled by it, so that no two servers share a node. */
const SCALE = 4096;

function text32(text: string): number {
  return avalanche(crc32(text));
}

/**
 * What places a server among others, the same on all machines that agree on it (manual: hash-key): its id, its guid, its address or
 * address and port as they are now. Where a server has none of what is wanted it is the id.
 */
export function placement({ hashKey, id, guid }: Server, address: SocketAddress | null): number {
  const scaled = Math.imul(id, SCALE) >>> 0;
  switch (hashKey) {
    case 'id32':
      return id >>> 0;
    case 'guid':
      return guid === null ? scaled : text32(guid);
    case 'addr':
      return address?.kind === 'ip' ? text32(address.address) : scaled;
    case 'addr-port':
      return address?.kind === 'ip' ? text32(`${address.address} ${address.port}`) : scaled;
    default:
      return scaled;
  }
}

/** The key of a server's node number `node` on the ring (checked against HAProxy 2.6 for ids). */
export function nodeKey(place: number, node: number): number {
  return avalanche((place + node) | 0);
}

import { Socket, type AddressInfo } from 'node:net';
import { sockaddr } from '../../src/core/address.js';
import { errnoText } from '../../src/core/errno.js';
import { loadAddon } from '../../src/core/load_addon.js';

/** A port of 127.0.0.1 that is ours until release(). */
export interface ReservedPort {
  readonly port: number;
  release(): void;
}

/**
 * Reserves a port for a proxy to bind: a socket that is bound with SO_REUSEPORT and never listens, so that the system gives its number to
 * nobody who asks for any port. The proxy binds beside it, and no connection goes astray.
 */
export function reservePort(): ReservedPort {
  const addon = loadAddon();
  const fd = addon.bindListener({
    address: sockaddr({ kind: 'ip', family: 4, address: '127.0.0.1', port: 0 }),
    v6only: null, reusePort: true, interface: null, tfo: false, deferAccept: false, transparent: false, saveSyn: 0, userTimeout: 0, mss: 0, congestion: null,
  });
  if (fd < 0) throw new Error(`cannot reserve a port: ${errnoText(-fd)}`);
  // A Socket only to ask for the number: it never reads.
  const holder = new Socket({ fd, readable: false, writable: false, allowHalfOpen: true });
  const { port } = holder.address() as AddressInfo;
  return { port, release: () => holder.destroy() };
}

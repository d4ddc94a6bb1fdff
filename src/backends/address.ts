/** Addresses of servers in the shared pages (addon/server_address.h reads them): the main thread writes, under a sequence lock. */
import { SS_ADDR, SS_ADDR_FAMILY, SS_ADDR_PORT, SS_ADDR_SEQ } from '../core/abi.js';
import { serverCell } from '../core/cells.js';
import { formatIp, parseIp } from '../core/ip.js';
import type { Model, SocketAddress } from '../config/model.js';

/** SS_ADDR_FAMILY beside 4 and 6: what the configuration says, no IP address; and none at all. */
const CONFIGURED = 0;
const NONE = 1;

/** The address of a server now; null = it has none. Main thread. */
export function addressOf(model: Model, state: Int32Array, server: number): SocketAddress | null {
  const base = serverCell(model.proxies.length, server, 0);
  const family = Atomics.load(state, base + SS_ADDR_FAMILY);
  if (family === NONE) return null;
  if (family === CONFIGURED) return model.servers[server]!.address;
  const bytes = new Uint8Array(Int32Array.from({ length: 4 }, (_, i) => Atomics.load(state, base + SS_ADDR + i)).buffer);
  const ip = family === 4 ? { family: 4 as const, bytes: bytes.subarray(0, 4) } : { family: 6 as const, bytes };
  return { kind: 'ip', family: ip.family, address: formatIp(ip), port: Atomics.load(state, base + SS_ADDR_PORT) };
}

/** Gives a server another address, or takes it (`ip` null; the port stays). Connections in use go on, idle ones are not used again. */
export function setAddress(model: Model, state: Int32Array, server: number, ip: string | null, port: number): void {
  const found = ip === null ? undefined : parseIp(ip);
  const bytes = new Uint8Array(16);
  if (found !== undefined) bytes.set(found.bytes);
  write(state, serverCell(model.proxies.length, server, 0), found?.family ?? NONE, port, new Int32Array(bytes.buffer));
}

/** The cells of a server as the configuration has it. */
export function initAddress(model: Model, state: Int32Array, server: number): void {
  const { address, unresolved } = model.servers[server]!;
  if (address.kind !== 'ip') write(state, serverCell(model.proxies.length, server, 0), CONFIGURED, 0, new Int32Array(4));
  else setAddress(model, state, server, unresolved ? null : address.address, address.port);
}

function write(state: Int32Array, base: number, family: number, port: number, address: Int32Array): void {
  Atomics.add(state, base + SS_ADDR_SEQ, 1);
  Atomics.store(state, base + SS_ADDR_FAMILY, family);
  Atomics.store(state, base + SS_ADDR_PORT, port);
  for (let i = 0; i < 4; i++) Atomics.store(state, base + SS_ADDR + i, address[i]!);
  Atomics.add(state, base + SS_ADDR_SEQ, 1);
}

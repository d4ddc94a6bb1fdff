/** The cookie values of a backend's servers. */
import type { Model, Proxy, Server } from '../../config/model.js';
import { xxh64 } from '../../core/compile/xxhash.js';
import { parseIp } from '../../core/ip.js';

const latin1 = (bytes: readonly number[]): string => String.fromCharCode(...bytes);

/**
 * The value of `cookie … dynamic`: a hash of the key, the address and the port (found out from what HAProxy 2.6 sends), the same on
 * all machines. null for servers without an IP address, and without a key.
 */
export function dynamicCookie(key: string | null, address: Server['address']): string | null {
  if (key === null || address.kind !== 'ip') return null;
  const ip = parseIp(address.address);
  if (ip === undefined) return null;
  const { port } = address;
  const hash = xxh64(key + latin1([...ip.bytes]) + latin1([0, 0, port >> 8, port & 255]), 0n);
  return BigInt.asUintN(64, hash).toString(16).padStart(16, '0');
}

/** By server and by value; servers of the same value in the order of the file. */
export class CookieValues {
  private readonly byValue = new Map<string, number[]>();
  private readonly values = new Map<number, string>();
  private known = 0;

  constructor(private readonly model: Model, private readonly proxy: Proxy) {
    this.follow();
  }

  /** null: the server has none. */
  of(server: number): string | null {
    this.follow();
    return this.values.get(server) ?? null;
  }

  servers(value: string): readonly number[] | undefined {
    this.follow();
    return this.byValue.get(value);
  }

  /** A server got another address. */
  readdress(server: number, address: Server['address']): void {
    const { cookie, dynamicCookieKey } = this.proxy;
    if (cookie?.dynamic !== true || this.model.servers[server]!.cookie !== null) return;
    const old = this.values.get(server);
    if (old !== undefined) this.byValue.set(old, this.byValue.get(old)!.filter((other) => other !== server));
    this.values.delete(server);
    this.put(server, dynamicCookie(dynamicCookieKey, address));
  }

  /** Takes up servers that were added since. */
  private follow(): void {
    const { servers, cookie, dynamicCookieKey } = this.proxy;
    for (; this.known < servers.length; this.known++) {
      const index = servers[this.known]!;
      const server = this.model.servers[index]!;
      this.put(index, server.cookie ?? (cookie?.dynamic === true ? dynamicCookie(dynamicCookieKey, server.address) : null));
    }
  }

  private put(server: number, value: string | null): void {
    if (value === null) return;
    this.values.set(server, value);
    const same = this.byValue.get(value);
    if (same === undefined) this.byValue.set(value, [server]);
    else same.push(server);
  }
}

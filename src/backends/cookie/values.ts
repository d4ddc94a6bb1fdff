/** The cookie values of a backend's servers. */
import type { Model, Proxy, Server } from '../../config/model.js';
import { PS_EPOCH } from '../../core/abi.js';
import { proxyCell } from '../../core/cells.js';
import { xxh64 } from '../../core/compile/xxhash.js';
import { parseIp } from '../../core/ip.js';
import { addressOf } from '../address.js';

const latin1 = (bytes: Iterable<number>): string => String.fromCharCode(...bytes);

/**
 * The value of `cookie … dynamic`: a hash of the key, the address and the port (found out from what HAProxy 2.6 sends), the same on
 * all machines. null for servers without an IP address, and without a key.
 */
export function dynamicCookie(key: string | null, address: Server['address'] | null): string | null {
  if (key === null || address?.kind !== 'ip') return null;
  const ip = parseIp(address.address);
  if (ip === undefined) return null;
  const { port } = address;
  const hash = xxh64(key + latin1(ip.bytes) + latin1([0, 0, port >> 8, port & 255]), 0n);
  return BigInt.asUintN(64, hash).toString(16).padStart(16, '0');
}

/** By server and by value; servers of the same value in the order of the file. Follows servers that come, go and move (PS_EPOCH). */
export class CookieValues {
  private readonly byValue = new Map<string, number[]>();
  private readonly values = new Map<number, string>();
  private readonly epochCell: number;
  private epoch = -1;
  private known: readonly number[] = [];
  private dynamic = false;

  constructor(private readonly model: Model, private readonly proxy: Proxy, private readonly state: Int32Array) {
    this.epochCell = proxyCell(proxy.index, PS_EPOCH);
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

  private follow(): void {
    const epoch = Atomics.load(this.state, this.epochCell);
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    const { servers, cookie } = this.proxy;
    const same = servers.length === this.known.length && servers.every((server, i) => server === this.known[i]);
    const dynamic = cookie?.dynamic === true;
    if (same && !dynamic && !this.dynamic) return;
    this.dynamic = dynamic;
    this.known = [...servers];
    this.byValue.clear();
    this.values.clear();
    for (const server of servers) this.put(server, this.valueOf(server));
  }

  private valueOf(index: number): string | null {
    const { cookie, dynamicCookieKey } = this.proxy;
    const own = this.model.servers[index]!.cookie;
    return own ?? (cookie?.dynamic === true ? dynamicCookie(dynamicCookieKey, addressOf(this.model, this.state, index)) : null);
  }

  private put(server: number, value: string | null): void {
    if (value === null) return;
    this.values.set(server, value);
    const same = this.byValue.get(value);
    if (same === undefined) this.byValue.set(value, [server]);
    else same.push(server);
  }
}

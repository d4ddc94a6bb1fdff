/** Where a check connects: the server's address now, or what `addr`, `port` and connect rules say. */
import { SS_ADDR_SEQ } from '../../core/abi.js';
import { sockaddr } from '../../core/address.js';
import { serverCell } from '../../core/cells.js';
import { parseIpv4 } from '../../core/ip.js';
import type { Model, SocketAddress } from '../../config/model.js';
import { addressOf } from '../address.js';
import type { ConnectStep } from './program.js';
import type { Route } from './run.js';

/** What a kind of check says of its connections. */
export interface Aim {
  /** null = the server's own. */
  readonly address: SocketAddress | null;
  readonly port: number | null;
  readonly sendProxy: 0 | 1 | 2;
  readonly viaSocks4: boolean;
}

/** "HAProxy" as the user, which proxies of that kind know. */
const SOCKS4_USER = 'HAProxy\0';

/** A SOCKS4 request for an IPv4 address; null for any other. */
export function socks4Request(target: SocketAddress): Buffer | null {
  const bytes = target.kind === 'ip' && target.family === 4 ? parseIpv4(target.address) : undefined;
  if (bytes === undefined || target.kind !== 'ip') return null;
  const request = Buffer.alloc(8 + SOCKS4_USER.length);
  request[0] = 4;
  request[1] = 1;
  request.writeUInt16BE(target.port, 2);
  request.set(bytes, 4);
  request.write(SOCKS4_USER, 8, 'latin1');
  return request;
}

/** The ways to one server; those that every run goes are made once, until the server's address changes. */
export class Router {
  private readonly source: Uint8Array | null;
  private readonly device: string | null;
  private readonly socks4: SocketAddress | null;
  private known: Route | null = null;
  private sequence = -1;

  constructor(private readonly model: Model, private readonly state: Int32Array, private readonly server: number, private aim: Aim) {
    const { source: own, proxy, socks4 } = model.servers[server]!;
    const source = own ?? model.proxies[proxy]!.source;
    this.source = source === null ? null : sockaddr(source.address);
    this.device = source?.interface ?? null;
    this.socks4 = socks4;
  }

  /** From the next check on another address or port. */
  redirect(aim: Pick<Aim, 'address' | 'port'>): void {
    this.aim = { ...this.aim, ...aim };
    this.known = null;
  }

  /** Where the check goes by itself; null = the server has no address. */
  target(): SocketAddress | null {
    const own = addressOf(this.model, this.state, this.server);
    return this.at(this.aim.address ?? own, this.aim.port ?? (own?.kind === 'ip' ? own.port : null));
  }

  private at(address: SocketAddress | null, port: number | null): SocketAddress | null {
    return address?.kind === 'ip' && port !== null ? { ...address, port } : address;
  }

  /** The way of a step; `port` is what its expression gave. */
  route({ rule, linger }: ConnectStep, port: number | undefined, quiet: boolean): Route | null {
    const sequence = Atomics.load(this.state, serverCell(this.model.proxies.length, this.server, SS_ADDR_SEQ));
    if (rule === null && this.known !== null && sequence === this.sequence) return this.known;
    const base = this.target();
    const fixed = typeof rule?.port === 'number' ? rule.port : port;
    const target = rule === null ? base : this.at(rule.address ?? base, fixed ?? (base?.kind === 'ip' ? base.port : null));
    if (target === null || target.kind === 'fd') return null;
    // A rule without `default` says all of it itself.
    const own = rule === null || rule.useServer;
    const socks4 = (own && this.aim.viaSocks4) || rule?.viaSocks4 === true ? this.socks4 : null;
    const proxy = own && this.aim.sendProxy !== 0 ? this.aim.sendProxy : rule?.sendProxy === true ? 1 : 0;
    const request = socks4 === null ? null : socks4Request(target);
    if (socks4 !== null && request === null) return null;
    const route: Route = {
      address: sockaddr(socks4 ?? target), source: this.source, device: this.device, quiet: quiet && proxy === 0 && request === null && !linger, proxy, socks4: request, linger,
    };
    if (rule === null) {
      this.known = route;
      this.sequence = sequence;
    }
    return route;
  }
}

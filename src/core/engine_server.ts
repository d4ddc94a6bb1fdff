/** A server as the engine sees it. */
import type { Model, Server, SourceAddress } from '../config/model.js';
import * as abi from './abi.js';
import type { EngineServer, EngineSource } from './addon.js';
import { sockaddr } from './address.js';
import { congestionOf } from './congestion.js';

const SEND_PROXY_BITS = [0, abi.SO_SEND_PROXY, abi.SO_SEND_PROXY_V2] as const;
const OBSERVE_BITS = { 4: abi.SO_OBSERVE_L4, 7: abi.SO_OBSERVE_L7 } as const;
const FROM = { address: abi.SRC_OTHER, client: abi.SRC_CLIENT, clientip: abi.SRC_CLIENT_IP, header: abi.SRC_HEADER } as const;
const ANY = ['0.0.0.0', '::'];

const UPLOADS = ['splice-request', 'splice-auto'];

/** Where much may be sent to servers. Elsewhere requests are short, and a system call for each connection would be for nothing. */
function sendsMuch({ mode, options }: Model['proxies'][number]): boolean {
  return mode === 'tcp' || UPLOADS.some((option) => options.flags.includes(option));
}

/** `loopback`: congestion control of connections within the machine, null = the system's. */
export function engineServer(server: Server, model: Model, loopback: string | null): EngineServer {
  const { address } = server;
  const source = server.source ?? model.proxies[server.proxy]?.source ?? null;
  return {
    proxy: server.proxy,
    id: server.id,
    name: server.name,
    options: serverOptions(server),
    address: sockaddr(address),
    portOffset: address.kind === 'ip' ? (address.portOffset ?? address.port) : 0,
    source: source && engineSource(source),
    congestion: congestionOf(address, server.cc, sendsMuch(model.proxies[server.proxy]!) ? loopback : null),
    socks4: server.socks4 && sockaddr(server.socks4),
    userTimeoutMs: server.userTimeout,
    poolMax: server.poolMaxConn,
    poolLow: server.poolLowConn,
    maxReuse: server.maxReuse,
    poolPurgeMs: server.poolPurgeDelay,
    errorLimit: server.observe?.errorLimit ?? 10,
  };
}

function serverOptions(server: Server): number {
  const { address, proxyTlvs } = server;
  let bits = SEND_PROXY_BITS[server.sendProxy] | (server.tfo ? abi.SO_FAST_OPEN : 0) | (proxyTlvs.crc32c ? abi.SO_CRC32C : 0);
  if (server.nonStick) bits |= abi.SO_NON_STICK;
  if (proxyTlvs.uniqueId || proxyTlvs.authority || proxyTlvs.formats.length > 0) bits |= abi.SO_TLVS;
  if (server.observe !== null) bits |= OBSERVE_BITS[server.observe.layer];
  if (address.kind !== 'ip') return bits;
  if (address.portOffset !== undefined) bits |= abi.SO_MAP_PORT;
  // 0.0.0.0 stands for the address the client connected to (manual: server), but not where it is the lack of one.
  if (ANY.includes(address.address) && server.hostname === null) bits |= abi.SO_TRANSPARENT;
  return bits;
}

function engineSource({ address, portHigh, transparent, interface: device }: SourceAddress): EngineSource {
  // Any address and any port: the kernel's choice, for servers of either family.
  const free = address.kind === 'ip' && ANY.includes(address.address) && address.port === 0;
  const other = transparent?.kind === 'address' ? transparent.address : null;
  const header = transparent?.kind === 'header' ? transparent : null;
  return {
    address: free ? null : sockaddr(address),
    port: address.kind === 'ip' ? address.port : 0,
    portHigh,
    from: transparent === null ? abi.SRC_CONFIGURED : FROM[transparent.kind],
    transparent: other && sockaddr(other),
    transparentPort: other?.kind === 'ip' && other.port !== 0,
    header: header === null ? null : header.name,
    occurrence: header?.occurrence ?? 0,
    interface: device,
  };
}

import type { SocketAddress } from '../config/model.js';
import { parseIpv4, parseIpv6 } from './ip.js';

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
/** sizeof(sun_path); a path needs room for its final NUL, an abstract name for its leading one. */
const UNIX_PATH_BYTES = 108;

/** Linux sockaddr bytes: family in host order (little-endian), port and address in network order. Empty for an inherited fd. */
export function sockaddr(address: SocketAddress): Uint8Array {
  switch (address.kind) {
    case 'ip':
      return address.family === 4 ? sockaddrV4(address.address, address.port) : sockaddrV6(address.address, address.port);
    case 'unix':
      return sockaddrUnix(Buffer.from(address.path), false);
    case 'abstract':
      return sockaddrUnix(Buffer.from(address.name), true);
    case 'fd':
      return new Uint8Array(0);
  }
}

function sockaddrV4(text: string, port: number): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(bytesOf(text, parseIpv4), 4);
  return bytes;
}

function sockaddrV6(text: string, port: number): Uint8Array {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt16LE(AF_INET6, 0);
  bytes.writeUInt16BE(port, 2);
  const [plain = '', scope] = text.split('%');
  bytes.set(bytesOf(plain, parseIpv6), 8);
  if (scope !== undefined && /^\d+$/.test(scope)) bytes.writeUInt32LE(Number(scope), 24);
  return bytes;
}

function sockaddrUnix(name: Uint8Array, abstract: boolean): Uint8Array {
  if (name.length > UNIX_PATH_BYTES - 1) {
    throw new RangeError(`the name of a unix socket has at most ${UNIX_PATH_BYTES - 1} bytes`);
  }
  // An abstract name is all the bytes up to the given length: HAProxy pads it with NULs to the full structure, and so its peers expect.
  const bytes = Buffer.alloc(2 + (abstract ? UNIX_PATH_BYTES : name.length + 1));
  bytes.writeUInt16LE(AF_UNIX, 0);
  bytes.set(name, abstract ? 3 : 2);
  return bytes;
}

function bytesOf(text: string, parse: (text: string) => Uint8Array | undefined): Uint8Array {
  const bytes = parse(text);
  if (bytes === undefined) throw new RangeError(`not an IP address: ${text}`);
  return bytes;
}

/** As HAProxy writes addresses in messages: `[127.0.0.1:80]` has this between its brackets. */
export function addressText(address: SocketAddress): string {
  switch (address.kind) {
    case 'ip':
      return `${address.address}:${address.port}`;
    case 'unix':
      return address.path;
    case 'abstract':
      return `abns@${address.name}`;
    case 'fd':
      return `fd@${address.fd}`;
  }
}

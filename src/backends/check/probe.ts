import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { getSystemErrorMap } from 'node:util';
import type { SocketAddress } from '../../config/model.js';
import { L4_CONNECT, L4_OK, SOCKET_ERROR, type CheckStatus } from './status.js';

export interface ProbeResult {
  readonly status: CheckStatus;
  /** What the system said, "" if nothing. */
  readonly info: string;
}

/** Tries an address once and calls `done` once, later; the returned function gives up silently. Time limits are the caller's. */
export type Probe = (address: SocketAddress, done: (result: ProbeResult) => void) => () => void;

/** Errors of this machine rather than of the server's. */
const LOCAL = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EACCES', 'EPERM', 'EADDRNOTAVAIL']);

/** Where libuv's words differ from the C library's, which administrators know. */
const WORDS: Readonly<Record<string, string>> = { EHOSTUNREACH: 'No route to host' };

function systemText(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  const text = WORDS[code] ?? getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function target(address: SocketAddress): NetConnectOpts | null {
  switch (address.kind) {
    case 'ip': return { host: address.address, port: address.port };
    case 'unix': return { path: address.path };
    case 'abstract': return { path: `\0${address.name}` };
    case 'fd': return null;
  }
}

/**
 * A TCP connect that is reset at once when it is made: nothing is sent, the server's application needs not see it, and no port stays
 * in TIME_WAIT.
 */
export const connectProbe: Probe = (address, done) => {
  const options = target(address);
  if (options === null) {
    const soon = setImmediate(done, { status: SOCKET_ERROR, info: 'A descriptor can\'t be connected to' });
    return () => clearImmediate(soon);
  }
  let socket: Socket | null = connect(options);
  const end = (status: CheckStatus, info: string): void => {
    if (socket === null) return;
    socket = null;
    done({ status, info });
  };
  const opened = socket;
  // A reset may still be reported after the end: the listener stays.
  opened.on('error', (error: NodeJS.ErrnoException) => end(LOCAL.has(error.code ?? '') ? SOCKET_ERROR : L4_CONNECT, systemText(error)));
  opened.on('connect', () => {
    if (address.kind === 'ip') opened.resetAndDestroy();
    else opened.destroy();
    end(L4_OK, '');
  });
  return () => {
    socket = null;
    opened.destroy();
  };
};

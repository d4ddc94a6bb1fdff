import { constants } from 'node:os';
import { errnoText } from '../../core/errno.js';
import { CONNECTION_ERRORS } from '../../core/fetch/connection_error.js';

const { errno } = constants;

/** Errors that the connection itself met, by HAProxy's name for them (manual, fc_err_str). */
const NAMES: ReadonlyMap<number, string> = new Map([
  [errno.ECONNREFUSED, 'EREFUSED'], [errno.ECONNRESET, 'ERESET'], [errno.ENETUNREACH, 'EUNREACH'], [errno.ENOMEM, 'ENOMEM'], [errno.EBADF, 'EBADF'],
  [errno.EFAULT, 'EFAULT'], [errno.EINVAL, 'EINVAL'], [errno.ENOTCONN, 'ENCONN'], [errno.ENOTSOCK, 'ENSOCK'], [errno.ENOBUFS, 'ENOBUFS'], [errno.EPIPE, 'EPIPE'],
]);

/** Errors of this machine rather than of the server. */
const LOCAL = new Set([
  errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EACCES, errno.EPERM, errno.EADDRNOTAVAIL, errno.EADDRINUSE, errno.EAGAIN, errno.EAFNOSUPPORT,
]);

export const isLocal = (error: number): boolean => LOCAL.has(error);

/** Where libuv's words differ from the C library's, which administrators know. */
const WORDS: ReadonlyMap<number, string> = new Map([[errno.EHOSTUNREACH, 'No route to host'], [errno.EADDRNOTAVAIL, 'Cannot assign requested address']]);

const messageOf = (name: string): string => CONNECTION_ERRORS.find((row) => row.name === name)?.message ?? '';

/**
 * What a connection failed with: "ECONNREFUSED returned by OS (Connection refused)". `atOnce`: the system refused to begin, and said
 * nothing of the way there.
 */
export function connectionErrorText(error: number, atOnce: boolean): string {
  const name = atOnce ? 'SOCK_ERR' : (NAMES.get(error) ?? 'SOCK_ERR');
  return `${messageOf(name)} (${WORDS.get(error) ?? errnoText(error)})`;
}

/** What became of a SOCKS4 proxy's handshake. */
export const socksErrorText = (what: 'SOCKS4_SEND' | 'SOCKS4_RECV' | 'SOCKS4_DENY' | 'SOCKS4_ABORT'): string => messageOf(what);

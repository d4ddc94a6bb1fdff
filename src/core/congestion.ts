import { readFileSync } from 'node:fs';
import type { SocketAddress } from '../config/model.js';

/** Algorithms that send by timers (pacing). Between two sockets of one host there is no queue to spare, and each timer costs more than the send. */
const PACED = /^bbr/;
/** What such connections use instead: the kernel always has reno and lets everybody use it. */
const UNPACED = ['cubic', 'reno'];

const sysctl = (name: string): string => readFileSync(`/proc/sys/net/ipv4/${name}`, 'latin1').trim();

/**
 * The congestion control for connections over the loopback, null = the system's. It differs only where the system's default paces.
 * `read`: a sysctl below net.ipv4 by its name.
 */
export function loopbackCongestion(read: (name: string) => string = sysctl): string | null {
  try {
    if (!PACED.test(read('tcp_congestion_control'))) return null;
    const allowed = read('tcp_allowed_congestion_control').split(/\s+/);
    return UNPACED.find((name) => allowed.includes(name)) ?? null;
  } catch {
    return null;   // no /proc: the system's is used
  }
}

const isLoopback = (address: SocketAddress): boolean =>
  address.kind === 'ip' && (address.family === 4 ? address.address.startsWith('127.') : address.address === '::1');

/** The algorithm of a listener or server: its `cc`, else `loopback` for addresses of the loopback, else null (the system's). */
export function congestionOf(address: SocketAddress, cc: string | null, loopback: string | null): string | null {
  if (address.kind !== 'ip') return null;
  return cc ?? (isLoopback(address) ? loopback : null);
}

import { chmodSync, chownSync, renameSync, unlinkSync } from 'node:fs';
import type { Listener, Model } from '../config/model.js';
import type { Addon } from './addon.js';
import { addressText, sockaddr } from './address.js';
import { congestionOf, loopbackCongestion } from './congestion.js';
import { errnoText } from './errno.js';
import type { Handover } from './handover.js';

type Sockets = Pick<Addon, 'bindListener' | 'closeFd' | 'isListening' | 'listen'> & Partial<Pick<Addon, 'adoptListener'>>;

/** The addon, but sockets of another process that are given up stay open for the next try. */
export function keeping<S extends Sockets>(addon: S, handover: Handover): Sockets {
  return {
    bindListener: (spec) => addon.bindListener(spec),
    isListening: (fd) => addon.isListening(fd),
    listen: (fd, backlog) => addon.listen(fd, backlog),
    adoptListener: (fd, spec) => addon.adoptListener?.(fd, spec) ?? 0,
    closeFd: (fd) => {
      if (!handover.giveBack(fd)) addon.closeFd(fd);
    },
  };
}

/** A bound address: one descriptor per worker, or one that all share. Nothing is accepted before `listenAll`. */
export interface BoundListener {
  readonly listener: Listener;
  readonly fds: readonly number[];
  readonly shared: boolean;
  /** The name a unix socket has until it replaces the one at its path; null for all others. */
  readonly temporary: string | null;
}

export interface BindFailure {
  readonly listener: Listener;
  /** Sentence for people, in HAProxy's words. */
  readonly reason: string;
  readonly inUse: boolean;
}

export interface Bound {
  readonly bound: readonly BoundListener[];
  readonly failures: readonly BindFailure[];
}

/** Listeners of the frontends that are not disabled. */
export function activeListeners(model: Model): Listener[] {
  return model.listeners.filter((listener) => model.proxies[listener.proxy]?.disabled === false);
}

/**
 * Binds all listeners of a configuration and reports all that fail; after a failure nothing stays open. What another process hands over
 * is used instead of new sockets.
 */
export function bindAll(addon: Sockets, listeners: readonly Listener[], workers: number, reusePort: boolean, handover: Handover | null = null): Bound {
  const bound: BoundListener[] = [];
  const failures: BindFailure[] = [];
  for (const listener of listeners) {
    const result = adopt(addon, listener, workers, reusePort, handover) ?? bindOne(addon, listener, workers, reusePort);
    if ('reason' in result) failures.push(result);
    else bound.push(result);
  }
  if (failures.length > 0) {
    closeAll(addon, bound);
    return { bound: [], failures };
  }
  return { bound, failures };
}

/** The sockets of another process for this address; null if there are none. Fewer than workers: all share one, unless more can be bound beside them. */
function adopt(addon: Sockets, listener: Listener, workers: number, reusePort: boolean, handover: Handover | null): BoundListener | BindFailure | null {
  const { address } = listener;
  const wanted = address.kind === 'ip' && reusePort ? workers : 1;
  const fds = handover?.take(address, listener.interface, listener.v6only, wanted) ?? [];
  if (fds.length === 0) return null;
  const whole = { ...spec(listener), address: sockaddr(address), reusePort: true };
  for (const fd of fds) addon.adoptListener?.(fd, whole);
  while (fds.length < wanted) {
    const fd = addon.bindListener(whole);
    if (fd < 0) {
      for (const unused of fds.splice(1)) addon.closeFd(unused);
      return { listener, fds, shared: true, temporary: null };
    }
    fds.push(fd);
  }
  return { listener, fds, shared: wanted === 1, temporary: null };
}

function bindOne(addon: Sockets, listener: Listener, workers: number, reusePort: boolean): BoundListener | BindFailure {
  const { address } = listener;
  switch (address.kind) {
    case 'fd':
      return addon.isListening(address.fd)
        ? { listener, fds: [address.fd], shared: true, temporary: null }
        : { listener, reason: `cannot use file descriptor '${address.fd}' : it is not a bound stream socket that was inherited`, inUse: false };
    case 'unix':
      return bindUnix(addon, listener, address.path);
    case 'abstract':
      return bindSockets(addon, listener, 1, false);
    case 'ip':
      return bindSockets(addon, listener, reusePort ? workers : 1, reusePort);
  }
}

function bindSockets(addon: Sockets, listener: Listener, count: number, reusePort: boolean): BoundListener | BindFailure {
  const fds: number[] = [];
  while (fds.length < count) {
    const fd = addon.bindListener({ ...spec(listener), address: sockaddr(listener.address), reusePort });
    if (fd < 0) {
      for (const open of fds) addon.closeFd(open);
      const what = listener.address.kind === 'ip' ? 'cannot bind socket' : 'cannot bind UNIX socket';
      return failure(listener, -fd, what);
    }
    fds.push(fd);
  }
  return { listener, fds, shared: !reusePort, temporary: null };
}

/** Binds beside the final path, so that an old process keeps its socket until this one is ready to take over. */
function bindUnix(addon: Sockets, listener: Listener, path: string): BoundListener | BindFailure {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const address = sockaddr({ kind: 'unix', path: temporary });
    removeIfThere(temporary);
    const fd = addon.bindListener({ ...spec(listener), address, reusePort: false });
    if (fd < 0) return failure(listener, -fd, 'cannot bind UNIX socket');
    try {
      if (listener.mode !== null) chmodSync(temporary, listener.mode);
      if (listener.uid !== null || listener.gid !== null) chownSync(temporary, listener.uid ?? -1, listener.gid ?? -1);
    } catch (error) {
      addon.closeFd(fd);
      removeIfThere(temporary);
      throw error;
    }
    return { listener, fds: [fd], shared: true, temporary };
  } catch (error) {
    const reason = (error as Error).message.replace(temporary, path);
    return { listener, reason: `cannot bind UNIX socket (${reason}) [${path}]`, inUse: false };
  }
}

const loopback = loopbackCongestion();

function spec(listener: Listener): Omit<Parameters<Addon['bindListener']>[0], 'address' | 'reusePort'> {
  return {
    v6only: listener.v6only,
    interface: listener.interface,
    tfo: listener.tfo,
    deferAccept: listener.deferAccept,
    transparent: listener.transparent,
    saveSyn: listener.saveSyn,
    userTimeout: listener.userTimeout,
    mss: listener.mss,
    congestion: congestionOf(listener.address, listener.cc, loopback),
  };
}

const ADDRESS_IN_USE = 98;

function failure(listener: Listener, errno: number, what: string): BindFailure {
  const { address } = listener;
  const place = address.kind === 'ip' ? `for [${addressText(address)}]` : `[${addressText(address)}]`;
  return { listener, reason: `${what} (${errnoText(errno)}) ${place}`, inUse: errno === ADDRESS_IN_USE };
}

/** Opens all sockets for connections; unix sockets replace what stands at their path. `maxconn`: of the process. Returns the failures. */
export function listenAll(addon: Sockets, model: Model, bound: readonly BoundListener[], maxconn: number): BindFailure[] {
  const failures: BindFailure[] = [];
  for (const one of bound) {
    const errno = one.fds.map((fd) => -addon.listen(fd, backlogOf(model, one.listener, maxconn))).find((code) => code > 0);
    if (errno !== undefined) failures.push(failure(one.listener, errno, 'cannot listen to socket'));
  }
  return failures;
}

/** Gives unix sockets their final names. Must come before a chroot, as the paths are the outer ones. */
export function settlePaths(bound: readonly BoundListener[]): BindFailure[] {
  const failures: BindFailure[] = [];
  for (const { listener, temporary } of bound) {
    if (temporary === null || listener.address.kind !== 'unix') continue;
    try {
      renameSync(temporary, listener.address.path);
    } catch (error) {
      removeIfThere(temporary);
      failures.push({ listener, reason: `cannot bind UNIX socket (${(error as Error).message}) [${listener.address.path}]`, inUse: false });
    }
  }
  return failures;
}

/** Closes what `bindAll` opened; inherited descriptors stay. */
export function closeAll(addon: Sockets, bound: readonly BoundListener[]): void {
  for (const { fds, listener, temporary } of bound) {
    if (listener.address.kind === 'fd') continue;
    for (const fd of fds) addon.closeFd(fd);
    if (temporary !== null) removeIfThere(temporary);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** As HAProxy: the bind line's own, the proxy's, the proxy's maxconn, that of the process; the kernel cuts it to somaxconn. */
export function backlogOf(model: Model, listener: Listener, maxconn: number): number {
  const proxy = model.proxies[listener.proxy];
  return listener.backlog || proxy?.backlog || proxy?.maxconn || maxconn;
}

/** Connections of health checks over the addon: who waits for a connection is told of what happens to it. Main thread. */
import type { Addon, CheckSockets } from '../../core/addon.js';

/** Of CheckSockets.events. */
export const WRITABLE = 1;
export const READABLE = 2;
export const HANGUP = 4;
export const PEER_END = 8;
const ERROR_SHIFT = 8;

export interface SocketOwner {
  /** `what`: the bits above; `errno`: 0 = none. */
  ready(what: number, errno: number): void;
}

/** How a connection is made. */
export interface ConnectOptions {
  /** sockaddr bytes. */
  readonly address: Uint8Array;
  readonly source: Uint8Array | null;
  readonly device: string | null;
  /** Nothing will be sent: the server's application need not see the connection. */
  readonly quiet: boolean;
}

export class CheckConnections {
  private readonly sockets: CheckSockets;
  private readonly events: Int32Array;
  private readonly buffer: Buffer;
  /** By index of the handle (addon/pool.h). */
  private readonly owners: { handle: number; owner: SocketOwner | null }[] = [];
  private readonly batch: (work: () => void) => void;

  /** `batch` runs what is ready, all at once. */
  constructor(addon: Pick<Addon, 'createCheckSockets'>, batch: (work: () => void) => void = (work) => work()) {
    this.sockets = addon.createCheckSockets((count) => this.batch(() => this.dispatch(count)));
    this.events = new Int32Array(this.sockets.events);
    this.buffer = Buffer.from(this.sockets.buffer);
    this.batch = batch;
  }

  /** A handle, or -errno. */
  open({ address, source, device, quiet }: ConnectOptions, owner: SocketOwner): number {
    const handle = this.sockets.open(address, source, device, quiet ? 1 : 0);
    if (handle < 0) return handle;
    const slot = (this.owners[handle >>> 8] ??= { handle, owner });
    slot.handle = handle;
    slot.owner = owner;
    return handle;
  }

  send(handle: number, bytes: Uint8Array): number {
    return this.sockets.send(handle, bytes);
  }

  sendProxy(handle: number, version: number): number {
    return this.sockets.sendProxy(handle, version);
  }

  /** The bytes that are there, valid until the next call; an empty one is the end of the stream; a number is -errno. */
  receive(handle: number): Buffer | number {
    const count = this.sockets.receive(handle);
    return count < 0 ? count : this.buffer.subarray(0, count);
  }

  close(handle: number, reset: boolean): void {
    const slot = this.owners[handle >>> 8];
    if (slot?.handle === handle) slot.owner = null;
    this.sockets.close(handle, reset);
  }

  closeAll(): void {
    this.sockets.closeAll();
  }

  private dispatch(count: number): void {
    for (let i = 0; i < count; i++) {
      const handle = this.events[2 * i]!;
      const what = this.events[2 * i + 1]!;
      const slot = this.owners[handle >>> 8];
      // It may have been closed, and another one opened in its place, since the events were collected.
      if (slot?.handle === handle) slot.owner?.ready(what & 0xff, what >> ERROR_SHIFT);
    }
  }
}

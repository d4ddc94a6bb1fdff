import { connect, type Socket } from 'node:net';
import type { Ring as RingModel, RingServer } from '../../config/log.js';
import type { RingCounts } from './ring.js';

/** What a client reads messages from. */
export interface RingMessages {
  readonly next: number;
  readonly oldest: number;
  at(number: number): Buffer | undefined;
}

/** Until a connection that failed is tried again, ms. */
const RETRY_MS = 1000;
/** Bytes that may lie in a socket; more stays in the ring. */
const IN_SOCKET = 1 << 16;

/** A connection to a ring's server: kept up, and fed with all messages from the start of the ring on (RFC 6587 framing). */
export class RingClient {
  private socket: Socket | null = null;
  private ready = false;
  private blocked = false;
  private position = 0;
  private retry: NodeJS.Timeout | null = null;
  private timeout: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(private readonly server: RingServer, private readonly ring: RingModel, private readonly messages: RingMessages, private readonly counts: RingCounts) {}

  /** A message has come. */
  wake(): void {
    if (this.closed) return;
    if (this.socket === null) {
      if (this.retry === null) this.open();
    } else if (this.ready && !this.blocked) this.pump();
  }

  close(): void {
    this.closed = true;
    if (this.retry !== null) clearTimeout(this.retry);
    this.clearTimeout();
    this.socket?.end();
    this.socket?.unref();
    this.socket = null;
  }

  private open(): void {
    const { address } = this.server;
    const socket = address.kind === 'ip' ? connect(address.port, address.address) : connect(address.kind === 'unix' ? address.path : '');
    this.socket = socket;
    this.ready = this.blocked = false;
    this.limit(this.ring.connectTimeout);
    socket.unref();
    socket.once('connect', () => {
      this.ready = true;
      this.clearTimeout();
      this.pump();
    });
    socket.on('drain', () => {
      this.blocked = false;
      this.clearTimeout();
      this.pump();
    });
    socket.on('data', () => undefined);
    socket.on('error', () => undefined);
    socket.once('close', () => this.lost(socket));
  }

  /** The connection ends if this time is over before something happens; null = no limit. */
  private limit(ms: number | null): void {
    this.clearTimeout();
    if (ms !== null) this.timeout = setTimeout(() => this.socket?.destroy(), ms).unref();
  }

  private clearTimeout(): void {
    if (this.timeout !== null) clearTimeout(this.timeout);
    this.timeout = null;
  }

  private lost(socket: Socket): void {
    if (this.socket !== socket) return;
    this.clearTimeout();
    this.socket = null;
    if (this.closed) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      if (this.position < this.messages.next) this.open();
    }, RETRY_MS).unref();
  }

  private pump(): void {
    const { socket, messages } = this;
    if (socket === null) return;
    if (this.position < messages.oldest) {
      this.counts.dropped(messages.oldest - this.position);
      this.position = messages.oldest;
    }
    while (this.position < messages.next && socket.writableLength < IN_SOCKET) {
      const message = messages.at(this.position++)!;
      if (this.server.octetCount) socket.write(`${message.length} `);
      socket.write(message);
    }
    if (socket.writableNeedDrain && !this.blocked) {
      this.blocked = true;
      this.limit(this.ring.serverTimeout);
    }
  }
}

/** A ring: the last messages in memory, and servers that get them all over TCP (manual, 12.5). Main thread. */
import type { Ring as RingModel } from '../../config/log.js';
import { RingClient } from './ring_client.js';

/** What a ring says about messages that its servers did not get. */
export interface RingCounts {
  sent(messages: number): void;
  dropped(messages: number): void;
}

/** What is counted of a message beside its bytes: its place in the list. */
const OVERHEAD = 2;

export class Ring {
  private readonly messages: Buffer[] = [];
  /** Number of the first message in the list, counted from the start. */
  private first = 0;
  private bytes = 0;
  private readonly clients: readonly RingClient[];
  private readonly watchers = new Set<() => void>();

  constructor(readonly model: RingModel, counts: RingCounts) {
    this.clients = model.servers.map((server) => new RingClient(server, model, this, counts));
  }

  /** Adds a copy of a message; the oldest ones make room. */
  add(message: Uint8Array): void {
    const copy = Buffer.from(message);
    this.messages.push(copy);
    this.bytes += copy.length + OVERHEAD;
    let gone = 0;
    while (this.bytes > this.model.size && gone < this.messages.length - 1) this.bytes -= this.messages[gone++]!.length + OVERHEAD;
    if (gone > 0) {
      this.messages.splice(0, gone);
      this.first += gone;
    }
    for (const client of this.clients) client.wake();
    for (const watcher of this.watchers) watcher();
  }

  /** Number of the next message to come. */
  get next(): number {
    return this.first + this.messages.length;
  }
  /** Number of the oldest message that is still there. */
  get oldest(): number {
    return this.first;
  }
  /** The message with that number, its newline included; undefined if it is gone, or has not come. */
  at(number: number): Buffer | undefined {
    return this.messages[number - this.first];
  }

  /** Calls back after each message, until the function that it returns is called. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  close(): void {
    for (const client of this.clients) client.close();
  }
}

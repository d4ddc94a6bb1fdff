/** `observe layer4` and `layer7`: what traffic says of servers, looked at often enough that nobody waits for it. Main thread. */
import {
  HANA_HTTP_BROKEN_PIPE, HANA_HTTP_HEADERS, HANA_HTTP_OK, HANA_HTTP_READ_ERROR, HANA_HTTP_READ_TIMEOUT, HANA_HTTP_RESPONSE, HANA_HTTP_STATUS, HANA_L4_ERROR, HANA_L4_OK,
  SS_ERRORS_LAST, SS_ERRORS_TRIPS,
} from '../../core/abi.js';
import { serverCell } from '../../core/cells.js';
import type { Model } from '../../config/model.js';
import type { Clock } from './scheduler.js';

/** What the workers' errors are called in messages. */
const WORDS: Readonly<Record<number, string>> = {
  [HANA_L4_OK]: 'L4 successful connection', [HANA_L4_ERROR]: 'L4 unsuccessful connection', [HANA_HTTP_OK]: 'Correct http response', [HANA_HTTP_STATUS]: 'Wrong http response',
  [HANA_HTTP_HEADERS]: 'Invalid http response (headers)', [HANA_HTTP_RESPONSE]: 'Invalid http response', [HANA_HTTP_READ_ERROR]: 'Read error (http)',
  [HANA_HTTP_READ_TIMEOUT]: 'Read timeout (http)', [HANA_HTTP_BROKEN_PIPE]: 'Close from server (http)',
};

const LOOK_MS = 50;

export class Observer {
  private readonly observed: { readonly server: number; readonly limit: number; seen: number }[] = [];
  private cancel: (() => void) | null = null;
  private readonly model: Model;
  private readonly state: Int32Array;
  private readonly clock: Clock;
  private readonly tripped: (server: number, info: string) => void;

  /** `tripped` is called when a server's traffic has met `error-limit` errors in a row, with the words for it. */
  constructor(model: Model, state: Int32Array, clock: Clock, tripped: (server: number, info: string) => void) {
    this.model = model;
    this.state = state;
    this.clock = clock;
    this.tripped = tripped;
    for (const { index } of model.servers) this.add(index);
  }

  add(server: number): void {
    const { observe } = this.model.servers[server]!;
    if (observe === null) return;
    this.observed.push({ server, limit: observe.errorLimit, seen: this.read(server, SS_ERRORS_TRIPS) });
    if (this.cancel === null) this.look();
  }

  remove(server: number): void {
    const at = this.observed.findIndex((entry) => entry.server === server);
    if (at >= 0) this.observed.splice(at, 1);
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
    this.observed.length = 0;
  }

  private look(): void {
    for (const entry of this.observed) {
      const trips = this.read(entry.server, SS_ERRORS_TRIPS);
      if (trips === entry.seen) continue;
      entry.seen = trips;
      this.tripped(entry.server, `Detected ${entry.limit} consecutive errors, last one was: ${WORDS[this.read(entry.server, SS_ERRORS_LAST)] ?? 'Unknown'}`);
    }
    this.cancel = this.observed.length > 0 ? this.clock.after(LOOK_MS, () => this.look()) : null;
  }

  private read(server: number, cell: number): number {
    return Atomics.load(this.state, serverCell(this.model.proxies.length, server, cell));
  }
}

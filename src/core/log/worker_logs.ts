/** The logs of a worker: its sockets, its mail for rings, its counts. */
import type { MessagePort } from 'node:worker_threads';
import type { Model } from '../../config/model.js';
import { CW_LOGS_DROPPED, CW_LOGS_SENT } from '../abi.js';
import type { Addon } from '../addon.js';
import type { Counters } from '../count.js';
import type { FromWorker } from '../mail.js';
import { Receivers } from './receivers.js';
import { LogSink } from './sink.js';
import type { LogShared } from './target.js';
import { messagesIn, outputSink, router, type LogCounts } from './ways.js';

/** Bytes for rings that may be on their way to the main thread. */
const ON_THE_WAY = 1 << 20;

export interface WorkerLogs {
  readonly route: LogShared['route'];
  /** The main thread has taken so many bytes of what was posted. */
  taken(bytes: number): void;
}

export function workerLogs(model: Model, addon: Addon, counters: Counters, state: Int32Array, port: Pick<MessagePort, 'postMessage'>): WorkerLogs {
  const counts: LogCounts = {
    sent: (messages) => counters.add(CW_LOGS_SENT, messages),
    dropped: (messages) => counters.add(CW_LOGS_DROPPED, messages),
  };
  let open = 0;
  const rings = new LogSink((records, length) => {
    const messages = messagesIn(records, length);
    if (open + length > ON_THE_WAY) return counts.dropped(messages);
    open += length;
    counts.sent(messages);
    const copy = records.slice(0, length);
    port.postMessage({ kind: 'records', records: copy } satisfies FromWorker, [copy.buffer]);
  });
  const receivers = new Receivers(model);
  return {
    route: router(model, receivers, { output: outputSink(addon, receivers, counts), rings }, state, counts),
    taken: (bytes) => {
      open -= bytes;
    },
  };
}

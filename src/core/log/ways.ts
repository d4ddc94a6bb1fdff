/** The ways of a worker's log messages: its own sockets and descriptors, and mail to the main thread for the rings. */
import type { LogTarget } from '../../config/log.js';
import type { Model } from '../../config/model.js';
import type { Addon } from '../addon.js';
import { LogBackend } from './log_backend.js';
import { Receivers, type Route, type Ways } from './receivers.js';
import { eachRecord, LogSink } from './sink.js';

/** Takes counts of messages. */
export interface LogCounts {
  sent(messages: number): void;
  dropped(messages: number): void;
}

/** Messages that lie in some records. */
export function messagesIn(records: Uint8Array, length: number): number {
  let count = 0;
  eachRecord(records, length, () => count++);
  return count;
}

/** A sink over sockets and descriptors of this thread. */
export function outputSink(addon: Addon, receivers: Receivers, counts: LogCounts): LogSink {
  const output = addon.createLogOutput(receivers.list);
  return new LogSink((records, length) => {
    const dropped = output.send(records, length);
    counts.sent(messagesIn(records, length) - dropped);
    if (dropped > 0) counts.dropped(dropped);
  });
}

/** Where a log line's messages go. `state`: the shared cells, which say what servers are up. */
export function router(model: Model, receivers: Receivers, ways: Ways, state: Int32Array, counts: LogCounts): (target: LogTarget) => () => Route | undefined {
  const backends = new Map<number, LogBackend>();
  return ({ to }) => {
    if (to.kind !== 'backend') {
      const route = receivers.route(to, ways);
      return () => route;
    }
    let backend = backends.get(to.proxy);
    if (backend === undefined) backends.set(to.proxy, (backend = new LogBackend(model, to.proxy, receivers, ways, state)));
    const balanced = backend;
    return () => {
      const route = balanced.route();
      if (route === undefined) counts.dropped(1);
      return route;
    };
  };
}

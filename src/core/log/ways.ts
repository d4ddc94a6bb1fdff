/** The ways of a worker's log messages: its own sockets and descriptors, and mail to the main thread for the rings. */
import type { LogTarget } from '../../config/log.js';
import type { Addon } from '../addon.js';
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

/** Where a log line's messages go. */
export function router(receivers: Receivers, ways: Ways): (target: LogTarget) => () => Route | undefined {
  return ({ to }) => {
    const route = to.kind === 'backend' ? undefined : receivers.route(to, ways);
    return () => route;
  };
}

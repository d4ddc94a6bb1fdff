/** Writers of log lines: a log-format string as bytes. What has no writer of its own is made as text by the one formatter of all formats. */
import type { LogFormat } from '../../config/model.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import type { LogSink } from './sink.js';

export type WriteLine = (tx: Tx, sink: LogSink) => void;

export function lineWriter(format: LogFormat, env: CompileEnv): WriteLine {
  const make = env.logFormat(format, 'log');
  return (tx, sink) => sink.put(make(tx));
}

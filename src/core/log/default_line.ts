/** Lines that no format describes: HAProxy's default line, and that of connections that fail before there is a session (manual, 8.2.1, 8.2.5). */
import type { Proxy } from '../../config/model.js';
import { FACT_ERRORS, FACT_LISTENER } from '../abi.js';
import { CONNECTION_ERRORS } from '../fetch/connection_error.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import type { WriteLine } from './line.js';

type WriteText = (tx: Tx) => string;

const alias = (name: string, env: CompileEnv): ((tx: Tx) => string) => {
  const format = { items: [{ kind: 'alias', alias: name, arg: null, flags: '' } as const], text: `%${name}` };
  return env.logFormat(format, 'log');
};

/** `Connect from 10.0.1.2:33312 to 10.0.3.31:8012 (www/HTTP)`. */
export function connectLine({ name, mode }: Proxy, env: CompileEnv): WriteLine {
  const [source, sourcePort, destination, destinationPort] = ['ci', 'cp', 'fi', 'fp'].map((one) => alias(one, env)) as [WriteText, WriteText, WriteText, WriteText];
  const end = ` (${name}/${mode === 'http' ? 'HTTP' : 'TCP'})`;
  return (tx, sink) => sink.put(`Connect from ${source(tx)}:${sourcePort(tx)} to ${destination(tx)}:${destinationPort(tx)}${end}`);
}

/** `127.0.0.1:56059 [03/Dec/2012:17:35:10.380] frt/f1: Connection closed while …`. */
export function embryoLine(env: CompileEnv): WriteLine {
  const [source, port, date] = ['ci', 'cp', 't'].map((one) => alias(one, env)) as [WriteText, WriteText, WriteText];
  const { listeners, proxies } = env.model;
  return (tx, sink) => {
    const listener = listeners[tx.facts[FACT_LISTENER]!];
    const error = CONNECTION_ERRORS[tx.facts[FACT_ERRORS]! & 255]?.message ?? '';
    sink.put(`${source(tx)}:${port(tx)} [${date(tx)}] ${proxies[tx.frontend]!.name}/${listener?.name ?? listener?.id ?? 0}: ${error}`);
  };
}

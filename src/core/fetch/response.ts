import { PHASE_END } from '../abi.js';
import type { FetchRow } from '../row.js';
import type { Tx } from '../tx.js';
import { bodyLengthOf, bodyOf, bodySizeOf } from './body.js';

const version = (tx: Tx): string | undefined => (tx.hasResponse() ? `1.${tx.version()}` : undefined);

function status(tx: Tx): number | undefined {
  if (!tx.hasResponse() && tx.phase !== PHASE_END) return undefined;
  const number = tx.status();
  return number === 0 ? undefined : number;
}

export const responseFetches: readonly FetchRow[] = [
  { name: 'status', args: [], out: 'int', needs: 'response', doc: 'status of the response', compile: () => status },
  { name: 'txn.status', args: [], out: 'int', needs: 'response', doc: 'status of the response, as logged', compile: () => status },
  { name: 'res.ver', args: [], out: 'str', needs: 'response', doc: 'version of the response: 1.0 or 1.1', compile: () => version },
  { name: 'resp_ver', args: [], out: 'str', needs: 'response', doc: 'as res.ver', compile: () => version },
  {
    name: 'capture.res.ver', args: [], out: 'str', needs: 'response', doc: 'version of the response: HTTP/1.0 or HTTP/1.1',
    compile: () => (tx) => (tx.hasResponse() ? `HTTP/1.${tx.version()}` : undefined),
  },
  {
    name: 'res.body', args: [], out: 'bin', needs: 'response-body', doc: 'body bytes of the response that have arrived',
    compile: () => (tx) => (tx.hasResponse() ? { bin: bodyOf(tx) } : undefined),
  },
  {
    name: 'res.body_len', args: [], out: 'int', needs: 'response-body', doc: 'number of body bytes of the response that have arrived',
    compile: () => (tx) => (tx.hasResponse() ? bodyLengthOf(tx) : undefined),
  },
  {
    name: 'res.body_size', args: [], out: 'int', needs: 'response-body', doc: "announced length of the response's body",
    compile: () => (tx) => (tx.hasResponse() ? bodySizeOf(tx) : undefined),
  },
];

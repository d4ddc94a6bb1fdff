import type { FetchRow } from '../row.js';
import type { Tx } from '../tx.js';

const version = (tx: Tx): string | undefined => (tx.hasResponse() ? `1.${tx.version()}` : undefined);
const status = (tx: Tx): number | undefined => (tx.hasResponse() ? tx.status() : undefined);

export const responseFetches: readonly FetchRow[] = [
  { name: 'status', args: [], out: 'int', needs: 'response', doc: 'status of the response', compile: () => status },
  { name: 'txn.status', args: [], out: 'int', needs: 'response', doc: 'status of the response, as logged', compile: () => status },
  { name: 'res.ver', args: [], out: 'str', needs: 'response', doc: 'version of the response: 1.0 or 1.1', compile: () => version },
  { name: 'resp_ver', args: [], out: 'str', needs: 'response', doc: 'as res.ver', compile: () => version },
  {
    name: 'capture.res.ver', args: [], out: 'str', needs: 'response', doc: 'version of the response: HTTP/1.0 or HTTP/1.1',
    compile: () => (tx) => (tx.hasResponse() ? `HTTP/1.${tx.version()}` : undefined),
  },
];

import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_BYTES_IN_LO, FACT_BYTES_OUT_LO, FACT_CONNECT_MS, FACT_DATA_MS, FACT_HANDSHAKE_MS, FACT_IDLE_MS, FACT_QUEUE_MS,
  FACT_RECEIVED_LO, FACT_REQUEST_MS, FACT_RESPONSE_MS, FACT_SENT_LO, FACT_TOTAL_MS,
} from '../abi.js';
import type { FetchRow, Needs } from '../row.js';
import type { Tx } from '../tx.js';
import { intRow, isKnown, isTimed, wide } from './known.js';
import { checkUnit, inUnit } from './process.js';

const handshake = (tx: Tx): number => (isKnown(tx) ? tx.facts[FACT_HANDSHAKE_MS]! : 0);
const idle = (tx: Tx): number => Math.max(0, tx.facts[FACT_IDLE_MS]!);

/** A time in ms, -1 while it is not over, as in logs (manual, section 8.4). */
const timer = (name: string, needs: Needs, doc: string, read: (tx: Tx) => number): FetchRow =>
  intRow(name, needs, `${doc}, ms`, (tx) => (isTimed(tx) ? read(tx) : undefined));
const cell = (at: number) => (tx: Tx): number => tx.facts[at]!;
/** A sum that is unknown as long as its last part is. */
const after = (at: number, before: (tx: Tx) => number) => (tx: Tx): number => (tx.facts[at]! < 0 ? -1 : tx.facts[at]! + before(tx));

const bytes = (name: string, needs: Needs, doc: string, low: number, is: (tx: Tx) => boolean): FetchRow =>
  intRow(name, needs, doc, (tx) => (is(tx) ? wide(tx, low) : undefined));

export const timerFetches: readonly FetchRow[] = [
  timer('fc.timer.handshake', 'client', 'time to read the PROXY header (%Th)', handshake),
  timer('fc.timer.total', 'end', 'time from the accept to the end (%Tt)', after(FACT_TOTAL_MS, (tx) => handshake(tx) + idle(tx))),
  timer('req.timer.idle', 'request', 'idle time before the request (%Ti)', cell(FACT_IDLE_MS)),
  timer('req.timer.hdr', 'request', 'time to receive the request head (%TR)', cell(FACT_REQUEST_MS)),
  timer('req.timer.tq', 'request', 'time from the accept, or the response before, to the request head (%Tq)',
    after(FACT_REQUEST_MS, (tx) => handshake(tx) + idle(tx))),
  timer('req.timer.queue', 'server', 'time in the queue (%Tw)', cell(FACT_QUEUE_MS)),
  timer('bc.timer.connect', 'server', 'time to connect to the server (%Tc)', cell(FACT_CONNECT_MS)),
  timer('res.timer.hdr', 'response', 'time from the connect to the response head (%Tr)', cell(FACT_RESPONSE_MS)),
  intRow('res.timer.data', 'end', 'time from the response head to the end (%Td), ms', (tx) => (isKnown(tx) ? tx.facts[FACT_DATA_MS]! : undefined)),
  timer('txn.timer.total', 'end', 'time from the first byte of the request to the end (%Ta)', cell(FACT_TOTAL_MS)),
  timer('txn.timer.user', 'end', 'time as the user sees it: with the handshake, without idle time (%Tu)', after(FACT_TOTAL_MS, handshake)),
  {
    name: 'request_date', args: [{ name: 'unit', type: 'str', optional: true }], out: 'int', needs: 'request', doc: 'date of the first byte of the request (%tr)',
    compile(args) {
      const unit = String(args[0] ?? 's');
      return (tx) => {
        const waited = isTimed(tx) ? handshake(tx) + idle(tx) : 0;
        return inUnit(tx.facts[FACT_ACCEPT_SEC]! * 1_000_000 + tx.facts[FACT_ACCEPT_USEC]! + waited * 1000, unit);
      };
    },
    check: (args) => checkUnit(args, 0),
  },
  bytes('bytes_in', 'client', 'bytes received from the client', FACT_BYTES_IN_LO, isTimed),
  bytes('req.bytes_in', 'client', 'bytes received from the client', FACT_BYTES_IN_LO, isTimed),
  bytes('req.bytes_out', 'server', 'bytes sent to the server', FACT_SENT_LO, isKnown),
  bytes('bytes_out', 'server', 'bytes received from the server', FACT_RECEIVED_LO, isKnown),
  bytes('res.bytes_in', 'server', 'bytes received from the server', FACT_RECEIVED_LO, isKnown),
  bytes('res.bytes_out', 'client', 'bytes sent to the client', FACT_BYTES_OUT_LO, isTimed),
];

import { FACT_FLAGS, FF_BODY_COMPLETE, FF_CLIENT_SHUT, FF_SERVER_SHUT, FF_TIMEOUT, FF_TRUNCATED, PHASE_CONTENT, PHASE_TCP_RESPONSE } from '../abi.js';
import type { ArgRow, FetchRow } from '../row.js';
import type { Tx } from '../tx.js';

const FINAL = FF_TIMEOUT | FF_TRUNCATED | FF_BODY_COMPLETE;

/** True while more bytes may come and rules wait for them. */
function mayGrow(tx: Tx): boolean {
  if (tx.phase !== PHASE_CONTENT && tx.phase !== PHASE_TCP_RESPONSE) return false;
  const shut = tx.phase === PHASE_CONTENT ? FF_CLIENT_SHUT : FF_SERVER_SHUT;
  return (tx.facts[FACT_FLAGS]! & (FINAL | shut)) === 0;
}

function length(tx: Tx): number {
  if (mayGrow(tx)) tx.mayChange = true;
  return tx.bodyLength();
}

/** No sample before the inspection period is over. */
function periodOver(tx: Tx): true | undefined {
  if (!mayGrow(tx)) return true;
  tx.mayChange = true;
  return undefined;
}

const span: readonly ArgRow[] = [{ name: 'offset', type: 'int' }, { name: 'length', type: 'int' }];

function payload(name: string, needs: 'request-body' | 'response-body'): FetchRow {
  return {
    name, args: span, out: 'bin', needs, doc: 'raw bytes from an offset on; length 0 means all that is there',
    compile(args) {
      const offset = Number(args[0]);
      const asked = Number(args[1]);
      return (tx) => {
        const there = length(tx);
        const wanted = asked === 0 ? Math.max(0, there - offset) : asked;
        return offset + wanted > there || wanted === 0 ? undefined : { bin: tx.body(offset, wanted) };
      };
    },
    check(args) {
      const wrong = args.findIndex((value) => Number(value) < 0);
      return wrong < 0 ? null : { arg: wrong, problem: 'must not be negative' };
    },
  };
}

export const payloadFetches: readonly FetchRow[] = [
  payload('req.payload', 'request-body'),
  payload('res.payload', 'response-body'),
  payload('payload', 'request-body'),
  { name: 'req.len', args: [], out: 'int', needs: 'request-body', doc: 'number of raw bytes that have arrived', compile: () => length },
  { name: 'req_len', args: [], out: 'int', needs: 'request-body', doc: 'as req.len', compile: () => length },
  { name: 'res.len', args: [], out: 'int', needs: 'response-body', doc: 'number of raw bytes of the response that have arrived', compile: () => length },
  {
    name: 'wait_end', args: [], out: 'bool', needs: 'nothing', doc: 'true once the inspection period is over, no sample before',
    compile: () => periodOver,
  },
];

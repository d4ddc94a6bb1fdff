import { FACT_FLAGS, FF_TIMEOUT } from '../abi.js';
import type { ArgRow, FetchRow } from '../row.js';

const span: readonly ArgRow[] = [{ name: 'offset', type: 'int' }, { name: 'length', type: 'int' }];

function payload(name: string, needs: 'request-body' | 'response-body'): FetchRow {
  return {
    name, args: span, out: 'bin', needs, doc: 'raw bytes from an offset on; length 0 means all that is there',
    compile(args) {
      const offset = Number(args[0]);
      const length = Number(args[1]);
      return (tx) => {
        const there = tx.bodyLength();
        const wanted = length === 0 ? Math.max(0, there - offset) : length;
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
  { name: 'req.len', args: [], out: 'int', needs: 'request-body', doc: 'number of raw bytes that have arrived', compile: () => (tx) => tx.bodyLength() },
  { name: 'req_len', args: [], out: 'int', needs: 'request-body', doc: 'as req.len', compile: () => (tx) => tx.bodyLength() },
  { name: 'res.len', args: [], out: 'int', needs: 'response-body', doc: 'number of raw bytes of the response that have arrived', compile: () => (tx) => tx.bodyLength() },
  {
    name: 'wait_end', args: [], out: 'bool', needs: 'nothing', doc: 'true once the inspection period is over, no sample before',
    compile: () => (tx) => ((tx.facts[FACT_FLAGS]! & FF_TIMEOUT) !== 0 ? true : undefined),
  },
];

import type { Arg } from '../../config/model.js';
import type { ArgRow, Bin, Fetch, FetchRow, Needs } from '../row.js';
import type { Tx } from '../tx.js';
import { isRaw, mayGrow, tooShort } from './raw.js';

type Side = 'request-body' | 'response-body';

function length(tx: Tx): number {
  if (mayGrow(tx)) tx.mayChange = true;
  return tx.bodyLength();
}

/** No sample before the inspection period is over. */
function periodOver(tx: Tx): true | undefined {
  return mayGrow(tx) ? tooShort(tx) : true;
}

function negative(args: readonly Arg[], count: number): { arg: number; problem: string } | null {
  const wrong = args.slice(0, count).findIndex((value) => Number(value) < 0);
  return wrong < 0 ? null : { arg: wrong, problem: 'must not be negative' };
}

const span: readonly ArgRow[] = [{ name: 'offset', type: 'int' }, { name: 'length', type: 'int' }];

function payload(name: string, needs: Side): FetchRow {
  return {
    name, args: span, out: 'bin', needs, doc: 'raw bytes from an offset on; length 0 means all that is there',
    compile(args): Fetch {
      const offset = Number(args[0]);
      const asked = Number(args[1]);
      return (tx) => {
        if (!isRaw(tx)) return undefined;
        const there = tx.bodyLength();
        const wanted = asked === 0 ? there - offset : asked;
        if (wanted <= 0 || offset + wanted > there) return tooShort(tx);
        // All that is there may be more later.
        if (asked === 0) tooShort(tx);
        return { bin: tx.body(offset, wanted) };
      };
    },
    check: (args) => negative(args, 2),
  };
}

const lengthAndValue: readonly ArgRow[] = [
  { name: 'offset1', type: 'int' }, { name: 'length', type: 'int' }, { name: 'offset2', type: 'str', optional: true },
];

/** Where the value begins, from the end of its length field. */
function valueStart(offset: Arg | undefined, end: number): number {
  if (offset === undefined || offset === null || offset === '') return end;
  return /^[+-]/.test(String(offset)) ? end + Number(offset) : Number(offset);
}

function payloadLv(name: string, needs: Side): FetchRow {
  return {
    name, args: lengthAndValue, out: 'bin', needs, doc: 'raw bytes whose number stands at an offset, big end first, in so many bytes',
    compile(args, { model }): Fetch {
      const at = Number(args[0]);
      const size = Number(args[1]);
      const start = valueStart(args[2], at + size);
      const { bufsize } = model.global.tune;
      return (tx): Bin | undefined => {
        if (!isRaw(tx)) return undefined;
        const there = tx.bodyLength();
        if (at + size > there) return tooShort(tx);
        const field = tx.body(at, size);
        let count = 0;
        for (let i = 0; i < size; i++) count = count * 256 + field.charCodeAt(i);
        if (count === 0 || start + count > bufsize) return undefined;
        return start + count > there ? tooShort(tx) : { bin: tx.body(start, count) };
      };
    },
    check(args) {
      const offset = args[2];
      if (Number(args[1]) < 1) return { arg: 1, problem: 'must be at least 1' };
      if (offset !== undefined && offset !== null && !/^(?:[+-]?[0-9]+)?$/.test(String(offset))) return { arg: 2, problem: 'expects an offset, perhaps after + or -' };
      if (valueStart(offset, Number(args[0]) + Number(args[1])) < 0) return { arg: 2, problem: 'points before the start' };
      return negative(args, 1);
    },
  };
}

const len = (name: string, needs: Needs, doc: string): FetchRow => ({ name, args: [], out: 'int', needs, doc, compile: () => length });

export const payloadFetches: readonly FetchRow[] = [
  payload('req.payload', 'request-body'),
  payload('res.payload', 'response-body'),
  { ...payload('payload', 'request-body'), orElse: 'response-body' },
  payloadLv('req.payload_lv', 'request-body'),
  payloadLv('res.payload_lv', 'response-body'),
  { ...payloadLv('payload_lv', 'request-body'), orElse: 'response-body' },
  len('req.len', 'request-body', 'number of raw bytes that have arrived'),
  len('req_len', 'request-body', 'as req.len'),
  len('res.len', 'response-body', 'number of raw bytes of the response that have arrived'),
  {
    name: 'wait_end', args: [], out: 'bool', needs: 'nothing', doc: 'true once the inspection period is over, no sample before',
    compile: () => periodOver,
  },
];

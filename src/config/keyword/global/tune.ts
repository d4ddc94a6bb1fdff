import type { GlobalDraft } from '../../draft.js';
import { INT_MAX } from '../../walk.js';
import { integer } from '../make.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;
const MAX_BUFFER = 1 << 28;

/** A size in bytes with optional unit, within bounds. */
function bytes(name: string, [min, max]: readonly [number, number], doc: string, set: (target: GlobalDraft, value: number) => void): Row {
  return {
    name, args: [{ name: 'size', type: 'size', min, max }], doc, support: 'yes',
    parse(walk, target) {
      const value = walk.size('a size in bytes');
      if (value === undefined) return;
      if (value >= min && value <= max) set(target, value);
      else walk.error(walk.words[walk.at - 1] ?? walk.keywordSpan, `'${name}' value must be between ${min} and ${max} (was ${value})`);
    },
  };
}

export const tuneRows: readonly Row[] = [
  // HAProxy rounds up to the next multiple of 16 on 64-bit machines.
  bytes('tune.bufsize', [1, MAX_BUFFER], 'Size of a buffer; 16384 unless set. A request head must fit into it less tune.maxrewrite.', (target, value) => { target.tune.bufsize = (value + 15) & ~15; }),
  bytes('tune.maxrewrite', [0, MAX_BUFFER], 'Part of a buffer kept free for rewriting heads; 1024 unless set, at most half a buffer.', (target, value) => { target.tune.maxrewrite = value; }),
  bytes('tune.pipesize', [0, INT_MAX], "Size of the pipes for splicing; the largest that the user's pipe limits carry unless set.", (target, value) => { target.tune.pipesize = value; }),
  integer('tune.http.maxhdr', 'number', [1, 32767], 'Most header fields of a message; 101 unless set.', (target: GlobalDraft, value) => { target.tune.maxHeaders = value; }),
  integer('tune.maxaccept', 'number', [-1, INT_MAX], 'Most connections accepted in a row by one listener; 4 unless set, -1 = no limit.', (target: GlobalDraft, value) => { target.tune.maxAccept = value; }),
];

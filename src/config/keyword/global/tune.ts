import type { GlobalDraft } from '../../draft.js';
import { INT_MAX } from '../../walk.js';
import { choice, integer } from '../make.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;
const MAX_BUFFER = 1 << 28;
/** Bounds of the histograms of times: what the engine has cells for, less that of longer times. */
const BUCKETS_MOST = 15;

/** Rising times as words or with commas, `none` for no histograms. */
const metricsBuckets: Row = {
  name: 'tune.metrics.buckets',
  args: [{ name: 'time', type: 'rest' }],
  usage: '{ none | <time>[,<time>]... }',
  support: 'yes',
  doc: `Not of HAProxy: upper bounds of the histograms of times in the metrics, at most ${BUCKETS_MOST}; 1ms to 60s unless set. Times are in whole milliseconds.`,
  parse(walk, { tune }) {
    const words = walk.rest();
    if (words.length === 0) walk.error(walk.keywordSpan, `'${walk.keyword}' expects 'none' or times`);
    if (words.length === 1 && words[0]!.text === 'none') {
      tune.latencyBuckets = [];
      return;
    }
    const times: number[] = [];
    for (const word of words) {
      for (const text of word.text.split(',').filter((part) => part !== '')) {
        const time = walk.timeOf({ ...word, text });
        if (time === undefined) return;
        if (time <= (times[times.length - 1] ?? 0)) {
          walk.error(word, `'${walk.keyword}' : times must rise, '${text}' does not`, 'Write them from the shortest to the longest.');
          return;
        }
        times.push(time);
      }
    }
    if (times.length > BUCKETS_MOST) walk.error(walk.last, `'${walk.keyword}' takes at most ${BUCKETS_MOST} times (got ${times.length})`);
    else tune.latencyBuckets = times;
  },
};

/** A size in bytes with optional unit, within bounds. */
function bytes(
  name: string,
  [min, max]: readonly [number, number],
  doc: string,
  set: (tune: GlobalDraft['tune'], value: number) => void,
): Row {
  return {
    name,
    args: [{ name: 'size', type: 'size', min, max }],
    doc,
    support: 'yes',
    parse(walk, { tune }) {
      const value = walk.size('a size in bytes');
      if (value === undefined) return;
      if (value >= min && value <= max) set(tune, value);
      else walk.error(walk.last, `'${name}' value must be between ${min} and ${max} (was ${value})`);
    },
  };
}

export const tuneRows: readonly Row[] = [
  metricsBuckets,
  bytes(
    'tune.bufsize',
    [1, MAX_BUFFER],
    'Size of a buffer; 16384 unless set. A request head must fit into it less tune.maxrewrite.',
    (tune, value) => {
      // HAProxy rounds up to the next multiple of 16 on 64-bit machines.
      tune.bufsize = (value + 15) & ~15;
    },
  ),
  bytes(
    'tune.maxrewrite',
    [0, MAX_BUFFER],
    'Part of a buffer kept free for rewriting heads; 1024 unless set, at most half a buffer.',
    (tune, value) => {
      tune.maxrewrite = value;
    },
  ),
  bytes(
    'tune.pipesize',
    [0, INT_MAX],
    "Size of the pipes for splicing; the largest that the user's pipe limits carry unless set.",
    (tune, value) => {
      tune.pipesize = value;
    },
  ),
  integer<GlobalDraft>('tune.http.maxhdr', 'number', [1, 32767], 'Most header fields of a message; 101 unless set.', ({ tune }, value) => {
    tune.maxHeaders = value;
  }),
  integer<GlobalDraft>(
    'tune.maxaccept',
    'number',
    [-1, INT_MAX],
    'Most connections accepted in a row by one listener; 4 unless set, -1 = no limit.',
    ({ tune }, value) => {
      tune.maxAccept = value;
    },
  ),
  choice<GlobalDraft, 'full' | 'on' | 'off'>(
    'tune.idle-pool.shared',
    ['full', 'on', 'off'],
    'Workers take idle server connections over from each other; they do unless off.',
    ({ tune }, value) => {
      tune.shareIdle = value !== 'off';
    },
  ),
];

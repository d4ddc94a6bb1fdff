/** What holds for all health checks. */
import type { GlobalDraft } from '../../draft.js';
import { INT_MAX } from '../../walk.js';
import { flag, integer, NO_DEFAULT } from '../make.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;

export const checkRows: readonly Row[] = [
  {
    name: 'external-check', args: [{ name: 'preserve-env', type: 'enum', values: ['preserve-env'], optional: true }], support: 'yes',
    doc: 'Health checks may run programs; they get a clean environment, or with preserve-env that of the proxy.',
    parse(walk, global) {
      const word = walk.next();
      if (word !== undefined && word.text !== 'preserve-env') walk.error(word, `'external-check' only supports 'preserve-env' as an argument, found '${word.text}'`);
      else global.externalCheck = word === undefined ? 'clean' : 'preserve-env';
    },
  },
  flag('insecure-fork-wanted', 'Programs may be started while the proxy runs, which external checks need.', (global: GlobalDraft, prefix) => {
    global.insecureFork = prefix === null;
  }, NO_DEFAULT),
  {
    name: 'spread-checks', args: [{ name: 'percent', type: 'int', min: 0, max: 50 }], support: 'yes', doc: 'Chance in the intervals of checks, in percent of them to either side.',
    parse(walk, global) {
      const word = walk.need('an integer argument (0..50)');
      if (word === undefined) return;
      if (/^[0-9]+$/.test(word.text) && Number(word.text) <= 50) global.spreadChecks = Number(word.text);
      else walk.error(word, "'spread-checks' needs a positive value in range 0..50");
    },
  },
  {
    name: 'max-spread-checks', args: [{ name: 'delay', type: 'time' }], support: 'yes', doc: 'Time over which the first checks are spread at most.',
    parse(walk, global) {
      const value = walk.time('a delay');
      if (value !== undefined) global.maxSpreadChecks = value;
    },
  },
  integer<GlobalDraft>('tune.max-checks-per-thread', 'number', [0, INT_MAX], 'Checks under way at once, for each worker thread; 0 = no limit.', (global, value) => {
    global.maxChecks = value;
  }),
];

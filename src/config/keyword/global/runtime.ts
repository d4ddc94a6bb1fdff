/** The runtime API (manual, 3.1: stats socket; management guide, 9.3). */
import { newBind } from '../../draft.js';
import type { GlobalDraft } from '../../draft.js';
import { parseBindAddresses } from '../address.js';
import { bindTable } from '../bind/index.js';
import { integer, time } from '../make.js';
import { parseWords } from '../parse_words.js';
import type { KeywordRow } from '../row.js';
import { INT_MAX } from '../../walk.js';

export const runtimeRows: readonly KeywordRow<GlobalDraft>[] = [
  {
    name: 'stats socket',
    args: [{ name: 'address', type: 'text' }],
    usage: '{ <path> | <address>:<port> } [ <option>... ]',
    support: 'yes',
    doc: 'Where the runtime API is served; the options are those of bind lines. Without `level` a connection may look, but only operators may change.',
    parse(walk, { runtime }) {
      const word = walk.need('an address or a path to a UNIX socket');
      const addresses = word === undefined ? undefined : parseBindAddresses(walk, word);
      if (word === undefined || addresses === undefined) return;
      const bind = newBind(addresses, { ...walk.keywordSpan, end: word.span.end });
      parseWords(walk, bindTable, bind, "'stats socket'");
      if (!walk.failed) runtime.sockets.push(bind);
    },
  },
  time('stats timeout', 'timeout', 'How long a connection to the runtime API may be silent; 10s unless set.', ({ runtime }: GlobalDraft, ms) => {
    runtime.timeout = ms;
  }),
  integer('stats maxconn', 'connections', [1, INT_MAX], 'Most connections to the runtime API; 10 unless set.', ({ runtime }: GlobalDraft, value) => {
    runtime.maxconn = value;
  }),
  {
    name: 'tune.cli.max-payload-size',
    args: [{ name: 'size', type: 'size', min: 1 }],
    support: 'yes',
    doc: 'Longest payload of a command of the runtime API; 128k unless set.',
    parse(walk, { runtime }) {
      const value = walk.size('a size in bytes');
      if (value !== undefined) runtime.payload = value;
    },
  },
];

import { balancers } from '../../../backends/balance/index.js';
import { didYouMean } from '../../suggest.js';
import { parseSource } from '../address.js';
import { on, refuse } from '../make.js';
import type { ProxyRow } from '../row.js';

const ALGORITHMS = balancers.map(({ name }) => name);
/** Those of HAProxy that are missing. */
const MISSING = [
  'static-rr',
  'first',
  'random',
  'source',
  'uri',
  'url_param',
  'hdr',
  'rdp-cookie',
  'hash',
  'log-hash',
  'log-sticky',
  'sticky',
];

export const backendRows: readonly ProxyRow[] = [
  on('backend', {
    name: 'balance',
    args: [{ name: 'algorithm', type: 'enum', values: ALGORITHMS }],
    support: 'yes',
    doc: 'How a server is chosen; roundrobin unless set.',
    parse(walk, { settings }) {
      const word = walk.next();
      // Without an argument HAProxy takes its default.
      const name = word?.text ?? 'roundrobin';
      if (ALGORITHMS.includes(name)) settings.balance = { algorithm: name, args: [] };
      else if (word !== undefined && MISSING.includes(name.split('(')[0] ?? '')) refuse(walk, `balance ${name}`, word.span);
      else if (word !== undefined) {
        walk.error(
          word,
          `balance only supports ${[...ALGORITHMS, ...MISSING].map((known) => `'${known}'`).join(', ')} (got '${name}')`,
          didYouMean(name, [...ALGORITHMS, ...MISSING]) ?? undefined,
        );
      }
    },
  }),
  on('backend', {
    name: 'source',
    args: [{ name: 'address', type: 'text' }],
    usage: '<address>[:<port>]',
    support: 'yes',
    doc: 'Address that connections to servers come from.',
    parse(walk, { settings }) {
      const source = parseSource(walk);
      if (source !== undefined) settings.source = source;
    },
  }),
];

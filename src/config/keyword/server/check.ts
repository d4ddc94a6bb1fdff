import type { ServerSettings } from '../../draft.js';
import { parseHost } from '../address.js';
import { flag, integer } from '../make.js';
import type { KeywordRow } from '../row.js';
import { INT_MAX } from '../../walk.js';
import type { ServerTarget } from './target.js';

type Row = KeywordRow<ServerTarget>;

function interval(name: 'inter' | 'fastinter' | 'downinter', doc: string): Row {
  return {
    name,
    args: [{ name: 'delay', type: 'time' }],
    doc,
    support: 'yes',
    parse(walk, { settings }) {
      const word = walk.need('a delay');
      const value = word === undefined ? undefined : walk.timeOf(word);
      if (word === undefined || value === undefined) return;
      if (value === 0) walk.error(word, `invalid value 0 for '${name}'`, 'Write a time above 0.');
      else settings[name] = value;
    },
  };
}

function count(name: 'rise' | 'fall', doc: string): Row {
  return integer(name, 'count', [1, INT_MAX], doc, ({ settings }: ServerTarget, value) => {
    settings[name] = value;
  });
}

const set =
  (field: 'check', value: ServerSettings['check']) =>
  ({ settings }: ServerTarget): void => {
    settings[field] = value;
  };

/** Health checks by TCP connection. */
export const checkRows: readonly Row[] = [
  flag('check', 'Checks that the server takes connections; one that does not gets no traffic.', set('check', true)),
  flag('no-check', 'Does not check the server.', set('check', false)),
  interval('inter', 'Time between two checks; 2s unless set.'),
  interval('fastinter', 'Time between two checks while the state is changing; inter unless set.'),
  interval('downinter', 'Time between two checks while the server is down; inter unless set.'),
  count('rise', 'Good checks until a server is up again; 2 unless set.'),
  count('fall', 'Failed checks until a server is down; 3 unless set.'),
  integer('port', 'port', [1, 65535], "Port to check; the server's unless set.", ({ settings }: ServerTarget, value) => {
    settings.checkPort = value;
  }),
  {
    name: 'addr',
    args: [{ name: 'address', type: 'text' }],
    support: 'yes',
    doc: "Address to check; the server's unless set.",
    parse(walk, { settings }) {
      const word = walk.need('an address');
      const address = word === undefined ? undefined : parseHost(walk, word);
      if (word !== undefined && address !== undefined) settings.checkAddress = { address, span: word.span };
    },
  },
];

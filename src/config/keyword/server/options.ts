import { parseInitAddress, parseSource } from '../address.js';
import { choice, flag, integer, text } from '../make.js';
import type { KeywordRow } from '../row.js';
import { INT_MAX } from '../../walk.js';
import type { ServerTarget } from './target.js';

type Row = KeywordRow<ServerTarget>;
type Numbers = 'maxconn' | 'minconn' | 'maxqueue' | 'poolLowConn' | 'poolMaxConn' | 'maxReuse';

function number(name: string, field: Numbers, [min, max]: readonly [number, number], doc: string): Row {
  return integer(name, 'number', [min, max], doc, ({ settings }: ServerTarget, value) => {
    settings[field] = value;
  });
}

function proxyProtocol(name: string, version: 0 | 1 | 2, doc: string): Row {
  return flag(name, doc, ({ settings }: ServerTarget) => {
    settings.sendProxy = version;
  });
}

function noProxyProtocol(name: string, version: 1 | 2): Row {
  return flag(name, `Takes back send-proxy${version === 2 ? '-v2' : ''} of a default-server line.`, ({ settings }: ServerTarget) => {
    if (settings.sendProxy === version) settings.sendProxy = 0;
  });
}

export const serverOptionRows: readonly Row[] = [
  {
    name: 'weight',
    args: [{ name: 'weight', type: 'int', min: 0, max: 256 }],
    support: 'yes',
    doc: 'Share of the load, relative to the other servers; 1 unless set, 0 = none.',
    parse(walk, { settings }) {
      const word = walk.need('a weight');
      if (word === undefined) return;
      const value = Number(word.text);
      if (/^[0-9]+$/.test(word.text) && value <= 256) settings.weight = value;
      else walk.error(word, `weight of the server is not within 0 and 256 (${word.text})`);
    },
  },
  flag('backup', 'Used only when all others are down.', ({ settings }: ServerTarget) => {
    settings.backup = true;
  }),
  flag('no-backup', 'Takes back backup of a default-server line.', ({ settings }: ServerTarget) => {
    settings.backup = false;
  }),
  flag('disabled', 'Starts in maintenance: gets nothing.', ({ settings }: ServerTarget) => {
    settings.disabled = true;
  }),
  flag('enabled', 'Takes back disabled of a default-server line.', ({ settings }: ServerTarget) => {
    settings.disabled = false;
  }),
  number('maxconn', 'maxconn', [0, INT_MAX], 'Most concurrent connections; more wait in the queue. 0 = no limit.'),
  number('minconn', 'minconn', [0, INT_MAX], 'Limit of connections under low load; grows to maxconn as the load reaches fullconn.'),
  flag('non-stick', 'Stick tables do not learn it.', ({ settings }: ServerTarget) => {
    settings.nonStick = true;
  }),
  flag('stick', 'Takes back non-stick of a default-server line.', ({ settings }: ServerTarget) => {
    settings.nonStick = false;
  }),
  number('maxqueue', 'maxqueue', [0, INT_MAX], "Most waiting in the server's own queue; 0 = no limit."),
  text('cookie', 'value', '<value> as argument', 'Its value in the cookie of the backend.', ({ settings }: ServerTarget, value) => {
    settings.cookie = value;
  }),
  text('redir', 'prefix', '<prefix> as argument', 'GET and HEAD requests for it are redirected to this prefix and their path.', ({ settings }: ServerTarget, value) => {
    settings.redir = value;
  }),
  choice('hash-key', ['id', 'id32', 'guid', 'addr', 'addr-port'], 'What places it on the ring of consistent hashing; id unless set.', ({ settings }: ServerTarget, value) => {
    settings.hashKey = value;
  }),
  number('pool-max-conn', 'poolMaxConn', [-1, INT_MAX], 'Most idle connections kept, of all workers together; -1 = no limit.'),
  number('pool-low-conn', 'poolLowConn', [0, INT_MAX], 'Below so many idle connections no worker takes one over from another.'),
  number('max-reuse', 'maxReuse', [-1, INT_MAX], 'How often a connection is used again; -1 = no limit.'),
  {
    name: 'pool-purge-delay',
    args: [{ name: 'delay', type: 'time' }],
    support: 'yes',
    doc: 'Half of the idle connections are closed at each such interval; 5s unless set, 0 = none are kept.',
    parse(walk, { settings }) {
      const value = walk.time('a delay');
      if (value !== undefined) settings.poolPurgeDelay = value;
    },
  },
  proxyProtocol('send-proxy', 1, 'Starts each connection with a PROXY protocol header, version 1.'),
  proxyProtocol('send-proxy-v2', 2, 'Starts each connection with a PROXY protocol header, version 2.'),
  noProxyProtocol('no-send-proxy', 1),
  noProxyProtocol('no-send-proxy-v2', 2),
  {
    name: 'id',
    args: [{ name: 'number', type: 'int', min: 1, max: INT_MAX }],
    support: 'yes',
    doc: 'Number of the server; the next free one unless set.',
    parse(walk, target) {
      const word = walk.need('an integer argument');
      if (word === undefined) return;
      if (target.line === 'default-server') {
        walk.error(word, "'id' option is not accepted in default-server sections", 'Write it on the server lines.');
        return;
      }
      const value = walk.intOf(word, 'an integer argument', 1, INT_MAX);
      if (value !== undefined) target.id = { value, span: word.span };
    },
  },
  {
    name: 'source',
    args: [{ name: 'address', type: 'text' }],
    usage: '<address>[:<port>[-<port>]] [ usesrc { <address>[:<port>] | client | clientip | hdr_ip(<header>[,<occurrence>]) } ] [ interface <name> ]',
    support: 'yes',
    doc: "Address that connections to the server come from; one port of the range for each. usesrc presents the client's or another address (needs root).",
    parse(walk, { settings }) {
      const source = parseSource(walk, true);
      if (source !== undefined) settings.source = source;
    },
  },
  text('cc', 'algorithm', 'the name of an algorithm', "TCP congestion control of connections to the server; the system's unless set. Over the loopback an unpaced one replaces a default of bbr.",
    ({ settings }: ServerTarget, value) => {
      settings.cc = value;
    }),
  {
    name: 'init-addr',
    args: [{ name: 'methods', type: 'text' }],
    usage: '{ last | libc | none | <address> },[...]*',
    support: 'yes',
    doc: 'How the address is found at start: the methods are tried in turn; last,libc unless set. last: from a state file; none: it starts without an address, in maintenance.',
    parse(walk, { settings }) {
      const word = walk.need('a list of methods');
      const methods = word === undefined ? undefined : parseInitAddress(walk, word);
      if (methods !== undefined) settings.initAddress = methods;
    },
  },
];

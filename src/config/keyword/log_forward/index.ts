/** Keywords of `log-forward` sections (manual, 12.6). */
import { newBind } from '../../draft.js';
import type { LogForwardDraft } from '../../log_draft.js';
import { INT_MAX } from '../../walk.js';
import type { Walk } from '../../walk.js';
import { parseBindAddresses, parseDatagramBind } from '../address.js';
import { bindTable } from '../bind/index.js';
import { LOG_ARGUMENTS, LOG_USAGE, parseLogLine, parseNoLog } from '../log_line.js';
import { flag, integer, NO, NO_DEFAULT, refuse, time } from '../make.js';
import { parseWords } from '../parse_words.js';
import type { KeywordRow } from '../row.js';
import { KeywordTable } from '../table.js';

type Row = KeywordRow<LogForwardDraft>;

const ADDRESSES = '{<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments';

/** The words behind the addresses of a bind line, by the rows of bind lines; undefined after an error. */
function bindWords(walk: Walk, name: string): ReturnType<typeof newBind> | undefined {
  const bind = newBind([], walk.keywordSpan);
  parseWords(walk, bindTable, bind, `'${walk.keyword} ${name}' in section 'log-forward'`);
  if (walk.failed) return undefined;
  // What would change who may send, or what comes.
  if (bind.acceptProxy) return refuse(walk, 'accept-proxy in a log-forward section');
  return bind.interface === null ? bind : refuse(walk, 'interface in a log-forward section');
}

const bind: Row = {
  name: 'bind',
  args: [{ name: 'address', type: 'text' }],
  usage: '<address>[,<address>...] [ <option>... ]',
  support: 'yes',
  doc: 'Addresses that take messages over TCP, in both framings of RFC 6587.',
  parse(walk, forward) {
    const word = walk.need(ADDRESSES);
    const addresses = word === undefined ? undefined : parseBindAddresses(walk, word);
    if (word === undefined || addresses === undefined || bindWords(walk, word.text) === undefined) return;
    forward.listeners.push(...addresses);
  },
};

const datagramBind: Row = {
  name: 'dgram-bind',
  args: [{ name: 'address', type: 'text' }],
  usage: '<address>[,<address>...] [ <option>... ]',
  support: 'yes',
  doc: 'Addresses that take messages over UDP.',
  parse(walk, forward) {
    const word = walk.need(ADDRESSES);
    const addresses = word === undefined ? undefined : parseDatagramBind(walk, word);
    const words = word === undefined || addresses === undefined ? undefined : bindWords(walk, word.text);
    if (addresses !== undefined && words !== undefined) forward.datagrams.push(...addresses);
  },
};

const log: Row = {
  name: 'log',
  args: LOG_ARGUMENTS,
  usage: LOG_USAGE,
  support: 'yes',
  prefixes: NO,
  doc: 'Where messages are sent on to; without a format as they came.',
  parse(walk, forward) {
    if (walk.prefix === 'no') {
      if (parseNoLog(walk)) forward.lines = [];
      return;
    }
    const line = parseLogLine(walk);
    if (line !== undefined) forward.lines = [...forward.lines, line];
  },
};

const HOSTS = ['replace', 'fill', 'keep', 'append'] as const;

export const logForwardTable = new KeywordTable<Row>([
  bind,
  datagramBind,
  log,
  integer('maxconn', 'conns', [0, INT_MAX], 'Most connections at once; 10 unless set.', (forward, value) => {
    forward.maxconn = value;
  }),
  integer('backlog', 'conns', [0, INT_MAX], 'Size of the listen queue.', (forward, value) => {
    forward.backlog = value;
  }),
  time('timeout client', 'time', 'How long a connection may be silent.', (forward, ms) => {
    forward.clientTimeout = ms;
  }),
  flag('option dont-parse-log', 'Messages are sent on as they came, whatever they look like.', (forward, prefix) => {
    forward.dontParse = prefix === null;
  }, NO_DEFAULT),
  flag('option assume-rfc6587-ntf', 'A newline ends each message of a TCP stream, even if it starts with a digit.', (forward, prefix) => {
    forward.assumeNewline = prefix === null;
  }, NO_DEFAULT),
  {
    name: 'option host',
    args: [{ name: 'policy', type: 'enum', values: HOSTS }],
    support: 'yes',
    doc: "Whether the sender's address becomes the host of a message: always, where it names none (fill), never, or behind its own.",
    parse(walk, forward) {
      forward.host = walk.oneOf(HOSTS) ?? forward.host;
    },
  },
]);

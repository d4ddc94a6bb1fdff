/** Keywords of `ring` sections (manual, 12.5). */
import { MESSAGE_FORMATS } from '../../log.js';
import { RING_SIZE } from '../../log_draft.js';
import type { RingDraft } from '../../log_draft.js';
import { didYouMean } from '../../suggest.js';
import { fromLatin1 } from '../../utf8.js';
import type { Walk } from '../../walk.js';
import { INT_MAX } from '../../walk.js';
import { parseServerAddress } from '../address.js';
import { parseMessageFormat } from '../log_line.js';
import { integer, refuse, time } from '../make.js';
import type { KeywordRow } from '../row.js';
import { KeywordTable } from '../table.js';

type Row = KeywordRow<RingDraft>;

const PROTOCOLS = ['legacy', 'octet-count'] as const;

/** The words behind a server's address. */
function parseServerWords(walk: Walk): { readonly octetCount: boolean } | undefined {
  let octetCount = false;
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    if (word.text !== 'log-proto') return refuse(walk, `server ${word.text}`, word.span);
    const protocol = walk.next();
    if (protocol?.text !== 'legacy' && protocol?.text !== 'octet-count') {
      const got = protocol?.text ?? '';
      return walk.error(protocol ?? word, `'log-proto' expects one of 'legacy' or 'octet-count' but got '${got}'`, didYouMean(got, PROTOCOLS) ?? undefined);
    }
    octetCount = protocol.text === 'octet-count';
  }
  return { octetCount };
}

const server: Row = {
  name: 'server',
  args: [{ name: 'name', type: 'text' }, { name: 'address', type: 'text' }],
  usage: '<name> <address>:<port> [ log-proto { legacy | octet-count } ]',
  support: 'yes',
  doc: 'A server that gets all messages of the ring over TCP.',
  parse(walk, ring) {
    const what = '<name> and <addr>[:<port>] as arguments';
    const name = walk.need(what);
    const word = name === undefined ? undefined : walk.need(what);
    const address = word === undefined ? undefined : parseServerAddress(walk, word);
    if (name === undefined || word === undefined || address === undefined) return;
    const words = parseServerWords(walk);
    if (words !== undefined) ring.servers.push({ name: name.text, address, octetCount: words.octetCount, span: word.span });
  },
};

const size: Row = {
  name: 'size',
  args: [{ name: 'size', type: 'size' }],
  support: 'yes',
  doc: 'Bytes of messages that are kept; 16384 unless set, and at least.',
  parse(walk, ring) {
    const value = walk.size('a size');
    if (value === undefined) return;
    if (value < RING_SIZE) walk.warn(walk.last, `ignoring new size '${value}' that is smaller than current size '${ring.size}' for ring '${ring.name}'.`);
    else ring.size = value;
  },
};

const format: Row = {
  name: 'format',
  args: [{ name: 'format', type: 'enum', values: MESSAGE_FORMATS }],
  support: 'yes',
  doc: 'How messages are wrapped, unless their log line says.',
  parse(walk, ring) {
    const word = walk.need('a format');
    const found = word === undefined ? undefined : parseMessageFormat(word);
    if (found !== undefined) ring.format = found;
    else if (word !== undefined) walk.error(word, `unknown format '${word.text}'.`, didYouMean(word.text, MESSAGE_FORMATS) ?? undefined);
  },
};

export const ringTable = new KeywordTable<Row>([
  server,
  size,
  format,
  integer('maxlen', 'length', [1, INT_MAX], 'Longest message with its header, bytes; longer ones are cut.', (ring, value) => {
    ring.maxlen = value;
  }),
  time('timeout connect', 'time', 'How long a connection to a server may take.', (ring, ms) => {
    ring.connectTimeout = ms;
  }),
  time('timeout server', 'time', 'How long a server may leave bytes unread.', (ring, ms) => {
    ring.serverTimeout = ms;
  }),
  {
    name: 'description',
    args: [{ name: 'text', type: 'rest' }],
    support: 'yes',
    doc: 'Free text that describes the ring.',
    parse(walk, ring) {
      const value = walk.restText('a description');
      if (value !== undefined) ring.description = fromLatin1(value);
    },
  },
  {
    name: 'backing-file',
    args: [{ name: 'path', type: 'text' }],
    support: 'unsupported',
    doc: "Refused: HAProxy's format of the file is for its own developers.",
    parse: (walk) => refuse(walk, 'backing-file'),
  },
]);

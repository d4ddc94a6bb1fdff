/** Keywords of `resolvers` sections (manual, 5.3.2). */
import { parseAddress } from '../../address.js';
import type { HoldStatus, Nameserver } from '../../model.js';
import { DNS_PORT, nameserversOf, RESOLV_CONF } from '../../resolvers.js';
import type { ResolversDraft } from '../../resolvers.js';
import type { Word } from '../../source.js';
import { INT_MAX, type Walk } from '../../walk.js';
import { integer, refuse } from '../make.js';
import type { KeywordRow } from '../row.js';
import { KeywordTable } from '../table.js';

type Row = KeywordRow<ResolversDraft>;

/** A header, and the largest that the length in front of a message over TCP can say. */
const PAYLOAD: readonly [number, number] = [12, 65535];

/** What a prefix means for a name server: addresses are datagram ones unless they say otherwise. */
const PREFIX = /^(?:(stream|dgram)\+)?(ip|ipv4|ipv6|udp|udp4|udp6|tcp|tcp4|tcp6)@/;

function addressOf(walk: Walk, word: Word): Pick<Nameserver, 'address' | 'transport'> | undefined {
  const prefix = PREFIX.exec(word.text);
  const kind = prefix?.[2] ?? 'ip';
  const transport = prefix?.[1] === 'stream' || kind.startsWith('tcp') ? 'tcp' : 'udp';
  const family = kind.endsWith('4') ? 'ipv4@' : kind.endsWith('6') ? 'ipv6@' : '';
  const parsed = parseAddress(family + word.text.slice(prefix?.[0].length ?? 0), { port: 'optional', unix: false, host: false });
  if ('problem' in parsed) return walk.error(word, `'nameserver' : ${parsed.problem}`, parsed.advice ?? undefined);
  if (parsed.kind !== 'ip') return walk.error(word, `'nameserver' : '${word.text}' is not an IP address`, 'Write <address>[:<port>].');
  return { address: { kind: 'ip', family: parsed.family, address: parsed.address, port: parsed.ports?.first ?? DNS_PORT }, transport };
}

const nameserver: Row = {
  name: 'nameserver',
  args: [
    { name: 'name', type: 'text' },
    { name: 'address', type: 'text' },
  ],
  usage: '<name> [ tcp@ | udp@ ]<address>[:<port>] [ maxconn <number> ]',
  support: 'yes',
  doc: 'A server to ask, by UDP unless its address says tcp@; port 53 unless given. maxconn: most connections at once (tcp).',
  parse(walk, target) {
    const name = walk.need('<name> and <addr>[:<port>] as arguments');
    const word = name === undefined ? undefined : walk.need('<name> and <addr>[:<port>] as arguments');
    const found = word === undefined ? undefined : addressOf(walk, word);
    if (name === undefined || found === undefined) return;
    if (target.nameservers.some((other) => other.name === name.text))
      walk.warn(name, `'nameserver' : name '${name.text}' already exists in resolvers '${target.name}'`, 'Statistics tell servers by their names.');
    let maxconn = 0;
    for (let option = walk.next(); option !== undefined && !walk.failed; option = walk.next()) {
      if (option.text === 'maxconn' && found.transport === 'tcp') maxconn = walk.int('an integer argument', 0, INT_MAX) ?? 0;
      else refuse(walk, `nameserver ${option.text}`, option.span);
    }
    if (!walk.failed) target.nameservers.push({ name: name.text, ...found, maxconn });
  },
};

const parseResolvConf: Row = {
  name: 'parse-resolv-conf',
  args: [],
  support: 'yes',
  doc: `The name servers of ${RESOLV_CONF}, in its order.`,
  parse(walk, target) {
    const text = walk.site.files.read(RESOLV_CONF);
    if (typeof text !== 'string') {
      walk.warn(walk.keywordSpan, `'parse-resolv-conf' : failed to open ${RESOLV_CONF} (${text.problem})`, 'Name the servers by nameserver lines.');
      return;
    }
    const known = new Set(target.nameservers.map(({ name }) => name));
    const found = nameserversOf(text).filter(({ name }) => !known.has(name));
    target.nameservers.push(...found);
    if (found.length === 0) walk.warn(walk.keywordSpan, `'parse-resolv-conf' : no new name server in ${RESOLV_CONF}`);
  },
};

function time(name: string, doc: string, set: (target: ResolversDraft, ms: number) => void): Row {
  return {
    name,
    args: [{ name: 'time', type: 'time' }],
    support: 'yes',
    doc,
    parse(walk, target) {
      const ms = walk.time('a time (in milliseconds unless a unit follows)');
      if (ms !== undefined) set(target, ms);
    },
  };
}

const HOLD: readonly (readonly [HoldStatus, string])[] = [
  ['nx', 'How old a good answer may be to outweigh NXDOMAIN; 30s unless set.'],
  ['refused', 'The same for REFUSED; 30s unless set.'],
  ['timeout', 'The same for no answer in time; 30s unless set.'],
  ['other', 'The same for any other error; 30s unless set.'],
  ['valid', 'How long do-resolve uses a good answer before it asks again; 10s unless set.'],
  ['obsolete', 'How long a record that is missing in newer answers is kept; 0 unless set.'],
];

export const resolversTable = new KeywordTable<Row>([
  nameserver,
  parseResolvConf,
  ...HOLD.map(([status, doc]) =>
    time(`hold ${status}`, doc, (target, ms) => {
      target.hold[status] = ms;
    }),
  ),
  time('timeout resolve', 'Time between two resolutions of a name; 1s unless set.', (target, ms) => {
    target.timeout.resolve = ms;
  }),
  time('timeout retry', 'How long to wait for an answer before the question is asked again; 1s unless set.', (target, ms) => {
    target.timeout.retry = ms;
  }),
  integer<ResolversDraft>('resolve_retries', 'number', [1, INT_MAX], 'How often a question is asked until the resolution has failed; 3 unless set.', (target, value) => {
    target.retries = value;
  }),
  integer<ResolversDraft>('accepted_payload_size', 'bytes', PAYLOAD, 'Largest answer, announced to the servers by EDNS; 512 unless set.', (target, value) => {
    target.payloadSize = value;
  }),
]);

import { findGroup, findUser } from '../../accounts.js';
import type { BindDraft } from '../../draft.js';
import type { RuntimeLevel } from '../../model.js';
import { INT_MAX } from '../../walk.js';
import { choice, flag, integer, text, time } from '../make.js';
import type { KeywordRow } from '../row.js';
import { parseGuid } from '../guid.js';
import { octalMode } from './unix.js';

type Row = KeywordRow<BindDraft>;

function owner(name: 'user' | 'group', id: 'uid' | 'gid', find: (name: string) => number | null): Row {
  return text(
    name,
    'name',
    `a ${name} name`,
    `${name === 'user' ? 'Owner' : 'Group'} of a unix socket, by name.`,
    (bind: BindDraft, value, walk) => {
      const found = find(value);
      if (found === null) walk.error(walk.last, `unknown ${name} name '${value}'`, `Create the ${name} or name another one.`);
      else bind[id] = found;
    },
  );
}

type NumberField = 'id' | 'maxconn' | 'backlog' | 'mss' | 'uid' | 'gid';

const NUMBERS: readonly (readonly [name: NumberField, min: number, doc: string])[] = [
  ['id', 1, 'Number of the listener; the next free one unless set. Not for several addresses.'],
  ['maxconn', 0, 'Most concurrent connections of each listener; 0 = as many as the proxy.'],
  ['backlog', 0, "Size of the listen queue; the proxy's unless set."],
  ['mss', 1, 'Maximum segment size that clients are told; as the kernel chooses unless set.'],
  ['uid', 0, 'Owner of a unix socket.'],
  ['gid', 0, 'Group of a unix socket.'],
];

const FLAGS: readonly (readonly [name: string, doc: string, set: Partial<BindDraft>])[] = [
  ['v4v6', 'An IPv6 wildcard address takes IPv4 connections, too.', { v6only: false }],
  ['v6only', 'An IPv6 address takes no IPv4 connections.', { v6only: true }],
  ['tfo', 'Enables TCP Fast Open.', { tfo: true }],
  ['defer-accept', 'A connection is accepted once its first data have come.', { deferAccept: true }],
  ['transparent', 'The address need not be one of this machine (needs root).', { transparent: true }],
  ['accept-proxy', 'Each connection starts with a PROXY protocol header, version 1 or 2.', { acceptProxy: true }],
];

const TEXTS: readonly (readonly [name: 'name' | 'interface' | 'cc', what: string, doc: string])[] = [
  ['name', 'a name', "The listener's name in statistics and in so_name."],
  ['interface', 'an interface name', 'Takes only connections that come in over this network interface.'],
  ['cc', 'the name of an algorithm', "TCP congestion control of the connections; the system's unless set. Over the loopback an unpaced one replaces a default of bbr."],
];

export const bindOptionRows: readonly Row[] = [
  ...NUMBERS.map(([name, min, doc]) =>
    integer<BindDraft>(name, 'number', [min, INT_MAX], doc, (bind, value) => {
      bind[name] = value;
    }),
  ),
  ...FLAGS.map(([name, doc, set]) => flag<BindDraft>(name, doc, (bind) => void Object.assign(bind, set))),
  ...TEXTS.map(([name, what, doc]) =>
    text<BindDraft>(name, 'name', what, doc, (bind, value) => {
      bind[name] = value;
    }),
  ),
  integer<BindDraft>('tcp-ss', 'mode', [0, 2], 'Keeps the SYN packets of clients for fc_saved_syn: 1 = IP and TCP headers, 2 = the Ethernet header too.', (bind, mode) => {
    bind.saveSyn = mode;
  }),
  time<BindDraft>('tcp-ut', 'delay', 'How long sent bytes may stay unacknowledged before a connection is closed.', (bind, ms) => {
    bind.userTimeout = ms;
  }),
  {
    name: 'mode',
    args: [{ name: 'mode', type: 'text' }],
    support: 'yes',
    doc: 'Rights of a unix socket, in octal.',
    parse(walk, bind) {
      const word = walk.need('a mode (octal integer expected)');
      if (word !== undefined) bind.mode = octalMode(walk, word) ?? null;
    },
  },
  {
    name: 'guid-prefix',
    args: [{ name: 'string', type: 'text' }],
    support: 'yes',
    doc: 'Name of the listeners that is unique in the whole configuration: a dash and their number on the line, from 0 on, are appended.',
    parse(walk, bind) {
      bind.guidPrefix = parseGuid(walk) ?? null;
    },
  },
  choice<BindDraft, RuntimeLevel>('level', ['user', 'operator', 'admin'], 'What connections to this socket of the runtime API may do; operator unless set.', (bind, value) => {
    bind.level = value;
  }),
  choice<BindDraft, BindDraft['severity']>('severity-output', ['none', 'number', 'string'], 'How messages of the runtime API show their severity; none unless set.', (bind, value) => {
    bind.severity = value;
  }),
  choice<BindDraft, 'listeners'>('expose-fd', ['listeners'], 'A new process may take the listening sockets over this socket of the runtime API.', (bind) => {
    bind.exposeFd = true;
  }),
  owner('user', 'uid', findUser),
  owner('group', 'gid', findGroup),
];

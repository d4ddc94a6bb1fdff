import { findGroup, findUser } from '../../accounts.js';
import type { BindDraft } from '../../draft.js';
import { INT_MAX, type Walk } from '../../walk.js';
import { flag, integer, text } from '../make.js';
import type { KeywordRow } from '../row.js';
import { octalMode } from './unix.js';

type Row = KeywordRow<BindDraft>;

function owner(name: 'user' | 'group', id: 'uid' | 'gid', find: (name: string) => number | null): Row {
  return text(name, 'name', `a ${name} name`, `${name === 'user' ? 'Owner' : 'Group'} of a unix socket, by name.`, (bind: BindDraft, value, walk: Walk) => {
    const found = find(value);
    if (found === null) walk.error(walk.words[walk.at - 1] ?? walk.keywordSpan, `unknown ${name} name '${value}'`, `Create the ${name} or name another one.`);
    else bind[id] = found;
  });
}

export const bindOptionRows: readonly Row[] = [
  text('name', 'name', 'a name', "The listener's name in statistics and in so_name.", (bind: BindDraft, value) => { bind.name = value; }),
  integer('id', 'number', [1, INT_MAX], 'Number of the listener; the next free one unless set. Not for several addresses.', (bind: BindDraft, value) => { bind.id = value; }),
  integer('maxconn', 'number', [0, INT_MAX], 'Most concurrent connections of each listener; 0 = as many as the proxy.', (bind: BindDraft, value) => { bind.maxconn = value; }),
  integer('backlog', 'number', [0, INT_MAX], "Size of the listen queue; the proxy's unless set.", (bind: BindDraft, value) => { bind.backlog = value; }),
  flag('v4v6', 'An IPv6 wildcard address takes IPv4 connections, too.', (bind: BindDraft) => { bind.v6only = false; }),
  flag('v6only', 'An IPv6 address takes no IPv4 connections.', (bind: BindDraft) => { bind.v6only = true; }),
  text('interface', 'name', 'an interface name', 'Takes only connections that come in over this network interface.', (bind: BindDraft, value) => { bind.interface = value; }),
  flag('tfo', 'Enables TCP Fast Open.', (bind: BindDraft) => { bind.tfo = true; }),
  flag('defer-accept', 'A connection is accepted once its first data have come.', (bind: BindDraft) => { bind.deferAccept = true; }),
  flag('accept-proxy', 'Each connection starts with a PROXY protocol header, version 1 or 2.', (bind: BindDraft) => { bind.acceptProxy = true; }),
  {
    name: 'mode', args: [{ name: 'mode', type: 'text' }], support: 'yes', doc: 'Rights of a unix socket, in octal.',
    parse(walk, bind) {
      const word = walk.need('a mode (octal integer expected)');
      if (word !== undefined) bind.mode = octalMode(walk, word) ?? null;
    },
  },
  integer('uid', 'number', [0, INT_MAX], 'Owner of a unix socket.', (bind: BindDraft, value) => { bind.uid = value; }),
  integer('gid', 'number', [0, INT_MAX], 'Group of a unix socket.', (bind: BindDraft, value) => { bind.gid = value; }),
  owner('user', 'uid', findUser),
  owner('group', 'gid', findGroup),
];

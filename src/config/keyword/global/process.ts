import { availableParallelism } from 'node:os';
import type { GlobalDraft } from '../../draft.js';
import { findGroup, findUser } from '../../accounts.js';
import { fromLatin1 } from '../../utf8.js';
import { INT_MAX, type Walk } from '../../walk.js';
import { flag, integer, refuse, text, time } from '../make.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;
const MAX_THREADS = 64;
const NODE_NAME = /^[A-Za-z0-9._-]+$/;

/** HAProxy's default: one thread per processor the process may run on, at most 64. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), MAX_THREADS);
}

/** `uid` and `gid`: anything but a number is a warning, as in HAProxy, and the line is ignored. */
function numericId(name: 'uid' | 'gid', other: string): Row {
  return {
    name, args: [{ name: 'number', type: 'int', min: 0, max: INT_MAX }], support: 'yes',
    doc: `Numeric ${name} of the process once its sockets are bound; needs to be started as root.`,
    parse(walk, target) {
      const word = walk.need('an integer argument');
      if (word === undefined) return;
      if (!/^[0-9]+$/.test(word.text)) {
        walk.warn(word, `'${name}' : string '${word.text}' is not a number`, `Use the '${other}' keyword to name a system ${other}.`);
      } else setId(walk, target, name, Number(word.text));
    },
  };
}

function setId(walk: Walk, target: GlobalDraft, name: 'uid' | 'gid', value: number): void {
  if (target[name] !== null) walk.error(walk.keywordSpan, `${name === 'uid' ? 'user/uid' : 'group/gid'} already specified`, 'Keep one of the lines.');
  else target[name] = value;
}

const named = (name: 'user' | 'group', id: 'uid' | 'gid', find: (name: string) => number | null): Row => text(
  name, 'name', `a ${name} name`, `Like ${id}, by name, looked up in /etc/${name === 'user' ? 'passwd' : 'group'}.`,
  (target, value, walk) => {
    const found = find(value);
    if (found === null) walk.error(walk.words[walk.at - 1] ?? walk.keywordSpan, `cannot find ${name} id for '${value}'`, `Create the ${name} or name another one.`);
    else setId(walk, target, id, found);
  },
);

export const processRows: readonly Row[] = [
  flag('daemon', 'Run in the background.', (target: GlobalDraft) => { target.daemon = true; }),
  text('pidfile', 'file', 'a file name as an argument', 'Where the process id is written.', (target: GlobalDraft, value) => { target.pidfile = value; }),
  text('chroot', 'directory', 'a directory as an argument', 'Directory that becomes the root of the file system after start.', (target: GlobalDraft, value) => { target.chroot = value; }),
  numericId('uid', 'user'),
  numericId('gid', 'group'),
  named('user', 'uid', findUser),
  named('group', 'gid', findGroup),
  integer('maxconn', 'number', [0, INT_MAX], 'Most concurrent client connections of the process; 0 = from the descriptor limit.', (target: GlobalDraft, value) => { target.maxconn = value; }),
  integer('nbthread', 'number', [1, MAX_THREADS], 'Number of worker threads; the processors of the machine unless set.', (target: GlobalDraft, value) => { target.nbthread = value; }),
  integer('maxpipes', 'number', [0, INT_MAX], 'Most pipes for splicing; a quarter of maxconn unless set.', (target: GlobalDraft, value) => { target.maxpipes = value; }),
  flag('nosplice', 'Never use kernel splicing.', (target: GlobalDraft) => { target.splice = false; }),
  integer('ulimit-n', 'number', [0, INT_MAX], 'Limit of file descriptors; computed unless set.', (target: GlobalDraft, value) => { target.ulimitN = value; }),
  time('hard-stop-after', 'time', 'How long a soft stop may last before the rest is closed.', (target: GlobalDraft, ms) => { target.hardStopAfter = ms; }),
  {
    name: 'description', args: [{ name: 'text', type: 'rest' }], support: 'yes', doc: 'Free text that describes the instance.',
    parse(walk, target) {
      if (walk.need('a string argument') !== undefined) target.description = fromLatin1(walk.words.slice(walk.at - 1).map((word) => word.text).join(' '));
      walk.skip();
    },
  },
  {
    name: 'node', args: [{ name: 'name', type: 'text' }], support: 'yes', doc: "The instance's name in statistics.",
    parse(walk, target) {
      const word = walk.next();
      if (word !== undefined && NODE_NAME.test(word.text)) target.node = word.text;
      else walk.error(word ?? walk.keywordSpan, "'node' requires a valid node name", 'Use digits, letters, dots, hyphens and underscores.');
    },
  },
  text('localpeer', 'name', 'a name as an argument', "The instance's name among peers.", (target: GlobalDraft, value) => { target.localpeer = value; }),
  {
    name: 'default-path', args: [{ name: 'base', type: 'enum', values: ['current'] }], support: 'yes',
    doc: "What relative paths start from: the directory the process was started in. HAProxy's other bases are not supported yet.",
    parse(walk) {
      const base = walk.oneOf(['current', 'config', 'parent', 'origin']);
      if (base !== undefined && base !== 'current') refuse(walk, `default-path ${base}`);
    },
  },
  flag('zero-warning', 'Refuse to start when there was any warning.', (target: GlobalDraft) => { target.zeroWarning = true; }),
];


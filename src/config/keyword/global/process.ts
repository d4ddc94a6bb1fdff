import { availableParallelism } from 'node:os';
import type { GlobalDraft } from '../../draft.js';
import { findGroup, findUser } from '../../accounts.js';
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
    name,
    args: [{ name: 'number', type: 'int', min: 0, max: INT_MAX }],
    support: 'yes',
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
  if (target[name] !== null)
    walk.error(walk.keywordSpan, `${name === 'uid' ? 'user/uid' : 'group/gid'} already specified`, 'Keep one of the lines.');
  else target[name] = value;
}

const named = (name: 'user' | 'group', id: 'uid' | 'gid', find: (name: string) => number | null): Row =>
  text(
    name,
    'name',
    `a ${name} name`,
    `Like ${id}, by name, looked up in /etc/${name === 'user' ? 'passwd' : 'group'}.`,
    (target, value, walk) => {
      const found = find(value);
      if (found === null) walk.error(walk.last, `cannot find ${name} id for '${value}'`, `Create the ${name} or name another one.`);
      else setId(walk, target, id, found);
    },
  );

type NumberField = 'maxconn' | 'maxconnrate' | 'maxsessrate' | 'nbthread' | 'maxpipes' | 'ulimitN';

const NUMBERS: readonly (readonly [name: string, field: NumberField, min: number, max: number, doc: string])[] = [
  ['maxconn', 'maxconn', 0, INT_MAX, 'Most concurrent client connections of the process; 0 = from the descriptor limit.'],
  ['maxconnrate', 'maxconnrate', 0, INT_MAX, 'Most connections accepted a second; more wait in the listen queues. 0 = no limit.'],
  ['maxsessrate', 'maxsessrate', 0, INT_MAX, 'Most sessions begun a second; more wait in the listen queues. 0 = no limit.'],
  ['nbthread', 'nbthread', 1, MAX_THREADS, 'Number of worker threads; the processors of the machine unless set.'],
  ['maxpipes', 'maxpipes', 0, INT_MAX, 'Most pipes for splicing; a quarter of maxconn unless set.'],
  ['ulimit-n', 'ulimitN', 0, INT_MAX, 'Limit of file descriptors; computed unless set.'],
];

const TEXTS: readonly (readonly [name: 'pidfile' | 'chroot' | 'localpeer', arg: string, what: string, doc: string])[] = [
  ['pidfile', 'file', 'a file name as an argument', 'Where the process id is written.'],
  ['chroot', 'directory', 'a directory as an argument', 'Directory that becomes the root of the file system after start.'],
  ['localpeer', 'name', 'a name as an argument', "The instance's name among peers."],
];

export const processRows: readonly Row[] = [
  ...NUMBERS.map(([name, field, min, max, doc]) =>
    integer<GlobalDraft>(name, 'number', [min, max], doc, (target, value) => {
      target[field] = value;
    }),
  ),
  ...TEXTS.map(([name, arg, what, doc]) =>
    text<GlobalDraft>(name, arg, what, doc, (target, value) => {
      target[name] = value;
    }),
  ),
  flag<GlobalDraft>('daemon', 'Run in the background.', (target) => {
    target.daemon = true;
  }),
  flag<GlobalDraft>('nosplice', 'Never use kernel splicing.', (target) => {
    target.splice = false;
  }),
  flag<GlobalDraft>('zero-warning', 'Refuse to start when there was any warning.', (target) => {
    target.zeroWarning = true;
  }),
  flag<GlobalDraft>('expose-experimental-directives', 'Allow the actions that HAProxy calls experimental.', (target) => {
    target.experimental = true;
  }),
  time<GlobalDraft>('hard-stop-after', 'time', 'How long a soft stop may last before the rest is closed.', (target, ms) => {
    target.hardStopAfter = ms;
  }),
  numericId('uid', 'user'),
  numericId('gid', 'group'),
  named('user', 'uid', findUser),
  named('group', 'gid', findGroup),
  {
    name: 'description',
    args: [{ name: 'text', type: 'rest' }],
    support: 'yes',
    doc: 'Free text that describes the instance.',
    parse(walk, target) {
      const value = walk.restText('a string argument');
      if (value !== undefined) target.description = value;
    },
  },
  {
    name: 'node',
    args: [{ name: 'name', type: 'text' }],
    support: 'yes',
    doc: "The instance's name in statistics.",
    parse(walk, target) {
      const word = walk.next();
      if (word !== undefined && NODE_NAME.test(word.text)) target.node = word.text;
      else walk.error(word ?? walk.keywordSpan, "'node' requires a valid node name", 'Use digits, letters, dots, hyphens and underscores.');
    },
  },
  {
    name: 'default-path',
    args: [{ name: 'base', type: 'enum', values: ['current'] }],
    support: 'yes',
    doc: "What relative paths start from: the directory the process was started in. HAProxy's other bases are not supported yet.",
    parse(walk) {
      const base = walk.oneOf(['current', 'config', 'parent', 'origin']);
      if (base !== undefined && base !== 'current') refuse(walk, `default-path ${base}`);
    },
  },
];

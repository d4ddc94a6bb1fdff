import { findGroup, findUser } from '../../accounts.js';
import type { GlobalDraft } from '../../draft.js';
import { INT_MAX } from '../../walk.js';
import type { KeywordRow } from '../row.js';
import { octalMode } from '../bind/unix.js';

const PARTS = ['prefix', 'mode', 'user', 'uid', 'group', 'gid'] as const;

/** `unix-bind`: presets for the unix sockets of bind lines. */
export const unixBindRow: KeywordRow<GlobalDraft> = {
  name: 'unix-bind',
  args: [{ name: 'settings', type: 'rest', optional: true }],
  support: 'yes',
  usage: '[ prefix <path> ] [ mode <octal> ] [ user <name> | uid <number> ] [ group <name> | gid <number> ]',
  doc: 'Presets for the unix sockets of bind lines: a prefix of their paths, their mode, owner and group.',
  parse(walk, { unixBind }) {
    while (!walk.done() && !walk.failed) {
      const part = walk.oneOf(PARTS);
      if (part === undefined) return;
      const word = walk.need(`a value for '${part}'`);
      if (word === undefined) return;
      if (part === 'prefix') unixBind.prefix = word.text;
      else if (part === 'mode') unixBind.mode = octalMode(walk, word) ?? null;
      else if (part === 'uid' || part === 'gid') unixBind[part] = walk.intOf(word, 'an integer argument', 0, INT_MAX) ?? null;
      else {
        const id = part === 'user' ? findUser(word.text) : findGroup(word.text);
        if (id === null) walk.error(word, `unknown ${part} name '${word.text}'`);
        else unixBind[part === 'user' ? 'uid' : 'gid'] = id;
      }
    }
  },
};

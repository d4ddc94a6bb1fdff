/** Keywords of `userlist` sections (manual, 12.2). */
import { isKnownHash } from '../../../core/crypt.js';
import type { Reference, UserlistDraft } from '../../draft.js';
import { subspan } from '../../source.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import type { KeywordRow } from '../row.js';
import { KeywordTable } from '../table.js';

/** The names in a list with commas, each with its place. */
function namesIn(word: Word): Reference[] {
  const names: Reference[] = [];
  for (const match of word.text.matchAll(/[^,]+/g)) {
    names.push({ name: match[0], span: subspan(word, match.index, match.index + match[0].length) });
  }
  return names;
}

function isNew(walk: Walk, names: ReadonlyMap<string, unknown>, kind: 'user' | 'group', word: Word, list: string): boolean {
  if (!names.has(word.text)) return true;
  walk.warn(word, `ignoring duplicated ${kind} '${word.text}' in userlist '${list}'`, 'Remove one of the lines.');
  return false;
}

const group: KeywordRow<UserlistDraft> = {
  name: 'group',
  args: [
    { name: 'name', type: 'text' },
    { name: 'users', type: 'rest', optional: true },
  ],
  usage: '<name> [ users <user>[,<user>...] ]',
  support: 'yes',
  doc: 'A group of users.',
  parse(walk, { name: list, groups }) {
    const name = walk.need('<name> as arguments');
    if (name === undefined) return;
    const users: Reference[] = [];
    for (let word = walk.next(); word !== undefined; word = walk.next()) {
      if (word.text !== 'users') {
        walk.error(word, "'group' only supports 'users' option");
        return;
      }
      users.push(...namesIn(walk.next() ?? { ...word, text: '' }));
    }
    if (isNew(walk, groups, 'group', name, list)) groups.set(name.text, users);
  },
};

const user: KeywordRow<UserlistDraft> = {
  name: 'user',
  args: [
    { name: 'name', type: 'text' },
    { name: 'options', type: 'rest', optional: true },
  ],
  usage: '<name> [ password <hash> | insecure-password <password> ] [ groups <group>[,<group>...] ]',
  support: 'yes',
  doc: 'A user, with a crypt(3) hash (`$1$`, `$5$`, `$6$` or DES) or the password itself; without one nobody gets in.',
  parse(walk, { name: list, users }) {
    const name = walk.need('<name> as arguments');
    if (name === undefined) return;
    let password = '';
    let insecure = false;
    const groups: Reference[] = [];
    for (let word = walk.next(); word !== undefined; word = walk.next()) {
      const value = walk.next();
      if (word.text === 'password' || word.text === 'insecure-password') {
        password = value?.text ?? '';
        insecure = word.text === 'insecure-password';
        if (!insecure && value !== undefined && !isKnownHash(password))
          walk.warn(
            value,
            `'user' : this kind of password hash is not supported: nobody gets in as '${name.text}'`,
            'Make a SHA-512 hash: openssl passwd -6.',
          );
      } else if (word.text === 'groups') groups.push(...namesIn(value ?? { ...word, text: '' }));
      else {
        walk.error(word, "'user' only supports 'password', 'insecure-password' and 'groups' options");
        return;
      }
    }
    if (isNew(walk, users, 'user', name, list)) users.set(name.text, { password, insecure, groups });
  },
};

export const userlistTable = new KeywordTable<KeywordRow<UserlistDraft>>([group, user]);

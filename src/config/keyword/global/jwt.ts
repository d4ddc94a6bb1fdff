import { CONTENT_ENCRYPTIONS, KEY_ALGORITHMS } from '../../../core/jose/jwe.js';
import type { GlobalDraft } from '../../draft.js';
import type { JwtPolicy } from '../../model.js';
import { didYouMean } from '../../suggest.js';
import type { Walk } from '../../walk.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;

/** A list such as `ALL:!ECDH-ES`; undefined after an error. */
function parseList(walk: Walk, known: readonly string[]): readonly string[] | undefined {
  const word = walk.need('a list of algorithms');
  if (word === undefined) return undefined;
  const chosen = new Set<string>();
  const refused = new Set<string>();
  for (const part of word.text.split(':')) {
    const name = part.replace(/^!/, '');
    if (part === 'ALL') known.forEach((each) => chosen.add(each));
    else if (known.includes(name)) (part === name ? chosen : refused).add(name);
    else {
      walk.error(word, `'${walk.keyword}' : unknown algorithm '${name}'`, didYouMean(name, known) ?? `Known are ${known.join(', ')}.`);
      return undefined;
    }
  }
  return known.filter((name) => chosen.has(name) && !refused.has(name));
}

const list = (name: string, member: keyof JwtPolicy, known: readonly string[], doc: string): Row => ({
  name,
  args: [{ name: 'list', type: 'text' }],
  support: 'yes',
  doc,
  parse(walk) {
    const chosen = parseList(walk, known);
    if (chosen !== undefined) walk.site.certificates.jwt[member] = chosen;
  },
});

const base = (side: 'crt' | 'key', what: string): Row => ({
  name: `${side}-base`,
  args: [{ name: 'dir', type: 'text' }],
  support: 'yes',
  doc: `Directory in which relative names of ${what} start.`,
  parse(walk) {
    const word = walk.need('<dir> as argument');
    if (word !== undefined) walk.site.certificates.bases[side] = word.text;
  },
});

export const jwtRows: readonly Row[] = [
  list('jwt.decrypt_alg_list', 'algorithms', KEY_ALGORITHMS, 'Key algorithms of encrypted tokens, with colons between them; ALL but RSA1_5 unless set.'),
  list('jwt.decrypt_enc_list', 'encryptions', CONTENT_ENCRYPTIONS, 'Content encryptions of tokens, with colons between them; ALL unless set.'),
  base('crt', 'certificates'),
  base('key', 'private keys'),
];

/** `balance rdp-cookie`: the cookie of an RDP connection request, of which the first bytes must be here (tcp-request content rules). */
import { rdpCookie as readCookie } from '../../core/fetch/rdp.js';
import { hashedRow, textKey } from './hashed.js';
import { textHash } from './hash_type.js';

/** The cookie that is looked at unless another one is named. */
export const RDP_COOKIE = 'mstshash';

export const rdpCookie = hashedRow({
  name: 'rdp-cookie',
  mode: 'tcp',
  usage: '[(<name>)]',
  doc: 'By a hash of the value of an RDP cookie, mstshash unless named; in turns for connections without it.',
  key: ({ balance: { args }, hash }) => {
    const wanted = (args[0] ?? RDP_COOKIE).toLowerCase();
    return textKey((tx) => {
      const cookie = readCookie(tx.body());
      return cookie?.name.toLowerCase() === wanted ? cookie.value : undefined;
    }, textHash(hash));
  },
});

/** `balance hash <expression>`: any sample, as bytes. */
import type { Bin } from '../../core/row.js';
import { NO_KEY } from '../backend.js';
import { hashedRow } from './hashed.js';
import { textHash } from './hash_type.js';

export const hashExpression = hashedRow({
  name: 'hash',
  usage: '<expression>',
  doc: 'By a hash of a sample expression; in turns for requests without that sample.',
  key: ({ balance: { expression }, hash }, env) => {
    // hash-type none reads a number out of the text, the others hash the bytes.
    const sample = env.typed(expression!, hash.hash === 'none' ? 'str' : 'bin');
    const of = textHash(hash);
    return (tx) => {
      const value = sample(tx) as Bin | string | undefined;
      if (value === undefined) return NO_KEY;
      const bytes = typeof value === 'string' ? value : value.bin;
      return bytes === '' ? NO_KEY : of(bytes);
    };
  },
});

/** `balance source`: the client's address, its 32-bit words folded; of the hash-type only the modifier applies, as in HAProxy. */
import type { Tx } from '../../core/tx.js';
import { NO_KEY } from '../backend.js';
import { hashedRow } from './hashed.js';
import { numberHash } from './hash_type.js';

/** The words of an address folded into one; undefined if the client has none. */
function folded(tx: Tx): number | undefined {
  const ip = tx.src();
  if (ip === undefined) return undefined;
  const { bytes } = ip;
  let word = 0;
  for (let i = 0; i < bytes.length; i += 4) word ^= (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
  return word >>> 0;
}

export const source = hashedRow({
  name: 'source',
  doc: "By a hash of the client's address.",
  key: ({ hash }) => {
    const mix = numberHash(hash);
    return (tx) => {
      const word = folded(tx);
      return word === undefined ? NO_KEY : mix(word);
    };
  },
});

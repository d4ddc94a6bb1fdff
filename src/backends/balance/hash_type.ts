import { avalanche, crc32, djb2, sdbm, wt6 } from '../../core/compile/hash.js';
import type { HashType } from '../../config/model.js';

/** The largest number that HAProxy's strtol() would make of the key; no key at all is 0. */
function parsed(text: string): number {
  const match = /^\s*([+-]?[0-9]+)/.exec(text);
  return match === null ? 0 : Number(BigInt.asUintN(32, BigInt(match[1]!)));
}

/** Hash functions by the names of `hash-type`, 32 bits of a latin1 text. */
const FUNCTIONS: Readonly<Record<HashType['hash'], (text: string) => number>> = { sdbm, djb2, wt6, crc32, none: parsed };

/** What `hash-type` makes of a text key: 0 to 2^32 - 1. */
export function textHash({ hash, avalanche: mixed }: HashType): (text: string) => number {
  const of = FUNCTIONS[hash];
  return mixed ? (text) => avalanche(of(text)) : of;
}

/** The same for a key that is a number already (`balance source`): only the modifier applies, as in HAProxy. */
export function numberHash({ avalanche: mixed }: HashType): (key: number) => number {
  return mixed ? avalanche : (key) => key >>> 0;
}

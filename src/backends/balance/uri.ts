/** `balance uri`: the target up to the question mark, or as much of it as the arguments say (checked against HAProxy 2.6). */
import { pathStart } from '../../core/target.js';
import type { Proxy } from '../../config/model.js';
import { hashedRow, textKey } from './hashed.js';
import { textHash } from './hash_type.js';

/** Which part of a target counts. */
export interface UriPart {
  readonly whole: boolean;
  readonly pathOnly: boolean;
  /** Characters and levels (slashes) at most, 0 = no limit. */
  readonly length: number;
  readonly depth: number;
}

/** The part that the arguments of `balance uri` ask for. */
export function uriPart({ args }: Proxy['balance']): UriPart {
  const after = (word: string): number => (args.includes(word) ? Number(args[args.indexOf(word) + 1]) : 0);
  return { whole: args.includes('whole'), pathOnly: args.includes('path-only'), length: after('len'), depth: after('depth') };
}

/** The text to hash of a target; undefined if it has no such part. */
export function uriText(uri: string, { whole, pathOnly, length, depth }: UriPart): string | undefined {
  const start = pathOnly ? pathStart(uri) : 0;
  if (start < 0) return undefined;
  const most = length === 0 ? uri.length : Math.min(uri.length, start + length);
  let slashes = 0;
  let end = start;
  for (; end < most; end++) {
    const code = uri.charCodeAt(end);
    if (code === 47 && depth > 0 && ++slashes > depth) break;
    if (code === 63 && !whole) break;
  }
  return uri.slice(start, end);
}

export const uri = hashedRow({
  name: 'uri',
  mode: 'http',
  usage: '[len <length>] [depth <levels>] [whole] [path-only]',
  doc: 'By a hash of the request target up to the question mark.',
  key: ({ balance, hash }) => {
    const part = uriPart(balance);
    return textKey((tx) => {
      const target = tx.uri();
      return target === undefined ? undefined : uriText(target, part);
    }, textHash(hash));
  },
});

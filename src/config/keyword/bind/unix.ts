import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';

/** The rights of a unix socket: an octal number up to 777. */
export function octalMode(walk: Walk, word: Word): number | undefined {
  if (/^[0-7]{1,4}$/.test(word.text) && parseInt(word.text, 8) <= 0o777) return parseInt(word.text, 8);
  return walk.error(
    word,
    `missing or invalid mode '${word.text}' (octal integer expected)`,
    'Write the rights of the socket as for chmod, for instance 660.',
  );
}

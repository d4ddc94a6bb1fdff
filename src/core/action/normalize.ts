import { VERDICT_CONTINUE } from '../abi.js';
import { NORMALIZERS } from '../normalize_uri.js';
import type { ActionRow } from '../row.js';
import { putPath } from './uri.js';
import { ends } from '../ending.js';
import { rewritten } from './rewrite.js';
import { wanted } from './words.js';

interface Normalize {
  readonly normalizer: string;
  readonly option: boolean;
}

export const normalizeUri: ActionRow<Normalize> = {
  name: 'normalize-uri', families: ['http-request'], final: false, doc: 'brings the path or the query of the request into a normal form',
  experimental: true,
  parse(cursor) {
    const word = wanted(cursor, 'missing argument <normalizer>');
    if (word === undefined) return undefined;
    const row = Object.hasOwn(NORMALIZERS, word.text) ? NORMALIZERS[word.text] : undefined;
    if (row === undefined) return cursor.error(word, `unknown normalizer '${word.text}'`, `Use one of ${Object.keys(NORMALIZERS).join(', ')}.`);
    if (row.option === null || cursor.done()) return { normalizer: word.text, option: false };
    const option = cursor.next()!;
    if (option.text === row.option) return { normalizer: word.text, option: true };
    return cursor.error(option, `unknown argument '${option.text}' for '${word.text}' normalizer`, `It takes '${row.option}'.`);
  },
  compile({ normalizer, option }, env) {
    const normalize = NORMALIZERS[normalizer]!.make(option);
    const broken = env.error(400);
    const done = rewritten(env);
    return (tx) => {
      const pathq = tx.pathq();
      const text = pathq === undefined ? undefined : normalize(pathq);
      if (text === undefined || text === pathq) return VERDICT_CONTINUE;
      if (text !== null) return done(tx, putPath(tx, text, true));
      env.counters.denied(tx);
      ends(tx, 'P');
      return broken(tx);
    };
  },
};

/** `balance url_param`: the value of a parameter of the query, or of the body of a POST with `check_post`. */
import { FACT_METHOD, HM_POST } from '../../core/abi.js';
import type { Tx } from '../../core/tx.js';
import type { Proxy } from '../../config/model.js';
import { hashedRow, textKey } from './hashed.js';
import { textHash } from './hash_type.js';

/** The value of the first parameter of that name; undefined if there is none, or no `=` behind it. */
export function parameter(text: string, name: string): string | undefined {
  for (let at = 0; at <= text.length;) {
    const next = text.indexOf('&', at);
    const end = next < 0 ? text.length : next;
    if (text.startsWith(name, at) && text[at + name.length] === '=') return text.slice(at + name.length + 1, end);
    at = end + 1;
  }
  return undefined;
}

/** The parameter that a backend looks for in bodies (`check_post`), null if in none. */
export function bodyParameter({ balance, isBackend }: Proxy): string | null {
  return isBackend && balance.algorithm === 'url_param' && balance.args.includes('check_post') ? balance.args[0]! : null;
}

/** True for requests whose body may hold the parameter: it has to be here before the choice. */
export function wantsBody(tx: Tx, name: string): boolean {
  return tx.facts[FACT_METHOD] === HM_POST && tx.announcedBodyLength() !== 0 && parameter(tx.query() ?? '', name) === undefined;
}

export const urlParam = hashedRow({
  name: 'url_param',
  mode: 'http',
  usage: '<param> [check_post]',
  doc: 'By a hash of the value of a parameter of the query; in turns for requests without it.',
  key: ({ balance: { args }, hash }) => {
    const name = args[0]!;
    const inBody = args.includes('check_post');
    return textKey((tx) => {
      const found = parameter(tx.query() ?? '', name);
      return found === undefined && inBody && tx.facts[FACT_METHOD] === HM_POST ? parameter(tx.body(), name) : found;
    }, textHash(hash));
  },
});

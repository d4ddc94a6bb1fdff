/** `balance hdr(<name>)`: the first value of a header. */
import { headerName, type Tx } from '../../core/tx.js';
import { hashedRow, textKey } from './hashed.js';
import { textHash } from './hash_type.js';

/** The first value of a list: up to a comma outside of quotes, without the blanks around it. */
export function firstValue(text: string): string {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    else if (code === 92 && quoted) i++;
    else if (code === 44 && !quoted) return text.slice(0, i).trim();
  }
  return text.trim();
}

/** The label before the last one: `1wt` of `haproxy.1wt.eu` (checked against HAProxy 2.6). */
export function mainDomain(host: string): string {
  const last = host.lastIndexOf('.');
  return last < 0 ? host : host.slice(host.lastIndexOf('.', last - 1) + 1, last);
}

function valueOf(name: string): (tx: Tx) => string | undefined {
  const wanted = headerName(name);
  return (tx) => {
    const text = tx.header(wanted);
    return text === undefined ? undefined : firstValue(text);
  };
}

export const hdr = hashedRow({
  name: 'hdr',
  mode: 'http',
  usage: '(<name>) [use_domain_only]',
  doc: 'By a hash of the first value of a header; in turns for requests without it.',
  key: ({ balance: { args }, hash }) => {
    const value = valueOf(args[0]!);
    if (!args.includes('use_domain_only')) return textKey(value, textHash(hash));
    return textKey((tx) => {
      const host = value(tx);
      return host === undefined ? undefined : mainDomain(host);
    }, textHash(hash));
  },
});

import type { ConverterRow } from '../row.js';
import { given, optional } from './row.js';

/** Decodes %XX, and `+` as a space after a question mark (or everywhere in a form). A bad escape is no sample. */
function decode(text: string, form: boolean): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text;
  let inForm = form;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '%') {
      const digits = text.slice(i + 1, i + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) return undefined;
      out += String.fromCharCode(parseInt(digits, 16));
      i += 2;
    } else if (char === '+' && inForm) out += ' ';
    else {
      if (char === '?') inForm = true;
      out += char;
    }
  }
  return out;
}

function encode(text: string): string {
  return text.replace(/[^A-Za-z0-9._~-]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

export const urlConverters: readonly ConverterRow[] = [
  {
    name: 'url_dec', args: [optional('in_form', 'int')], in: 'str', out: 'str', doc: 'decodes %XX and, in a query string, +',
    compile(args) {
      const form = given(args[0]) && Number(args[0]) !== 0;
      return (value) => decode(value as string, form);
    },
  },
  {
    name: 'url_enc', args: [optional('enc_type')], in: 'str', out: 'str', doc: 'encodes everything but unreserved characters as %XX',
    compile: () => (value) => encode(value as string),
    check: (args) => ([undefined, null, '', 'query'].includes(args[0] as string) ? null : { arg: 0, problem: "expects 'query'" }),
  },
];

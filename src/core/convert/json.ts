import type { ConverterRow } from '../row.js';
import { given, optional } from './row.js';

/** One character of a text, or what is wrong with the bytes at its place. */
interface Decoded {
  readonly code: number;
  /** Bytes it takes, at least 1. */
  readonly length: number;
  readonly bad: boolean;
  readonly overlong: boolean;
}

type Decode = (text: string, at: number) => Decoded;

const single = (code: number, bad: boolean): Decoded => ({ code, length: 1, bad, overlong: false });

/** Lead bytes of UTF-8 as first written down (RFC 2279): up to six bytes, so that overlong forms are seen as what they are. */
const LEADS = [
  { from: 0xfc, length: 6, least: 0x4000000 }, { from: 0xf8, length: 5, least: 0x200000 }, { from: 0xf0, length: 4, least: 0x10000 },
  { from: 0xe0, length: 3, least: 0x800 }, { from: 0xc0, length: 2, least: 0x80 },
];

const forbidden = (code: number): boolean => (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;

const utf8: Decode = (text, at) => {
  const lead = text.charCodeAt(at);
  if (lead < 0x80) return single(lead, false);
  const form = lead >= 0xfe ? undefined : LEADS.find(({ from }) => lead >= from);
  if (form === undefined) return single(lead, true);
  let code = lead & (0x7f >> form.length);
  let length = 1;
  for (; length < form.length; length++) {
    const next = text.charCodeAt(at + length);
    if (Number.isNaN(next) || (next & 0xc0) !== 0x80) return { code, length, bad: true, overlong: false };
    code = code * 64 + (next & 0x3f);
  }
  return { code, length, bad: forbidden(code), overlong: code < form.least };
};

const ascii: Decode = (text, at) => single(text.charCodeAt(at), false);

const ESCAPES: Readonly<Record<number, string>> = {
  0x22: '\\"', 0x5c: '\\\\', 0x2f: '\\/', 0x08: '\\b', 0x0c: '\\f', 0x0a: '\\n', 0x0d: '\\r', 0x09: '\\t',
};

function escapeCode(code: number): string {
  const escape = ESCAPES[code];
  if (escape !== undefined) return escape;
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : `\\u${code.toString(16).padStart(4, '0')}`;
}

interface Mode {
  readonly decode: Decode;
  /** Errors are left out instead of ending the conversion. */
  readonly skips: boolean;
  /** Overlong forms are no errors. */
  readonly permits: boolean;
}

const MODES: Readonly<Record<string, Mode>> = {
  ascii: { decode: ascii, skips: false, permits: false },
  utf8: { decode: utf8, skips: false, permits: false },
  utf8s: { decode: utf8, skips: true, permits: false },
  utf8p: { decode: utf8, skips: false, permits: true },
  utf8ps: { decode: utf8, skips: true, permits: true },
};

/** The text as it may stand in a JSON string; undefined if it holds what the mode refuses or what has no \uXXXX. */
function escapeJson(text: string, { decode, skips, permits }: Mode): string | undefined {
  let out = '';
  for (let at = 0; at < text.length;) {
    const { code, length, bad, overlong } = decode(text, at);
    at += length;
    if (bad || (overlong && !permits) || code > 0xffff) {
      if (!skips) return undefined;
    } else out += escapeCode(code);
  }
  return out;
}

const modeName = (arg: unknown): string => (arg === undefined || arg === null || arg === '' ? 'ascii' : String(arg));

export const jsonConverters: readonly ConverterRow[] = [
  {
    name: 'json', args: [optional('input-code')], in: 'str', out: 'str', doc: 'escaped as in a JSON string; input is ascii, utf8, utf8s, utf8p or utf8ps',
    compile(args) {
      const mode = MODES[modeName(given(args[0]) ? args[0] : null)]!;
      return (value) => escapeJson(value as string, mode);
    },
    check: (args) => (Object.hasOwn(MODES, modeName(args[0]))
      ? null
      : { arg: 0, problem: "Unexpected input code type. Allowed value are 'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'" }),
  },
];

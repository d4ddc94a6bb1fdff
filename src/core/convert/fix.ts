import type { Bin, ConverterRow } from '../row.js';
import { onBytes, required } from './row.js';

/** Messages of the Financial Information eXchange protocol: `tag=value` pairs, each ended by SOH. */

const SOH = '\x01';

const BEGIN_STRING = 8;
const BODY_LENGTH = 9;
const CHECK_SUM = 10;
const MSG_TYPE = 35;

/** Names of tags, whatever their case. */
const TAGS: Readonly<Record<string, number>> = {
  beginstring: BEGIN_STRING, bodylength: BODY_LENGTH, msgtype: MSG_TYPE, sendercompid: 49, targetcompid: 56, checksum: CHECK_SUM,
};

const VERSIONS = new Set(['FIX.4.0', 'FIX.4.1', 'FIX.4.2', 'FIX.4.3', 'FIX.4.4', 'FIXT.1.1']);

interface Pair {
  readonly tag: number;
  readonly value: string;
  /** Offset of the tag, and behind the SOH. */
  readonly from: number;
  readonly to: number;
}

/** The pair at an offset; null if it is malformed, undefined if its end is not there yet. */
function pairAt(text: string, from: number): Pair | null | undefined {
  const end = text.indexOf(SOH, from);
  if (end < 0) return undefined;
  const equals = text.indexOf('=', from);
  const tag = equals < 0 || equals > end ? '' : text.slice(from, equals);
  return /^[0-9]+$/.test(tag) ? { tag: Number(tag), value: text.slice(equals + 1, end), from, to: end + 1 } : null;
}

/** What the first three pairs must be. */
const STARTS: readonly ((pair: Pair) => boolean)[] = [
  ({ tag, value }) => tag === BEGIN_STRING && VERSIONS.has(value),
  ({ tag, value }) => tag === BODY_LENGTH && /^[0-9]+$/.test(value),
  ({ tag, value }) => tag === MSG_TYPE && value !== '',
];

/** undefined as long as more bytes could make it a message. */
function isValid(text: string): boolean | undefined {
  let bodyFrom = 0;
  let length = 0;
  let from = 0;
  for (let number = 0; ; number++) {
    const pair = pairAt(text, from);
    if (pair === undefined) return undefined;
    if (pair === null || STARTS[number]?.(pair) === false) return false;
    if (number === 1) {
      bodyFrom = pair.to;
      length = Number(pair.value);
    }
    if (pair.tag === CHECK_SUM) return pair.from - bodyFrom === length && pair.value === checkSum(text, pair.from);
    from = pair.to;
  }
}

function checkSum(text: string, end: number): string {
  let sum = 0;
  for (let i = 0; i < end; i++) sum += text.charCodeAt(i);
  return String(sum % 256).padStart(3, '0');
}

const tagNumber = (arg: unknown): number | undefined => {
  const text = String(arg);
  return TAGS[text.toLowerCase()] ?? (/^[0-9]+$/.test(text) && Number(text) > 0 ? Number(text) : undefined);
};

export const fixConverters: readonly ConverterRow[] = [
  onBytes('fix_is_valid', 'bool', 'true for a complete FIX message with the right length and check sum', isValid),
  {
    name: 'fix_tag_value', args: [required('tag')], in: 'bin', out: 'bin', doc: 'value of a tag of a FIX message, by number or name',
    compile(args) {
      const tag = tagNumber(args[0]);
      return (value) => {
        const text = (value as Bin).bin;
        for (let pair = pairAt(text, 0); pair !== null && pair !== undefined; pair = pairAt(text, pair.to)) {
          if (pair.tag === tag) return { bin: pair.value };
          if (pair.tag === CHECK_SUM) return undefined;
        }
        return undefined;
      };
    },
    check: (args) => (tagNumber(args[0]) === undefined ? { arg: 0, problem: `Unknown FIX tag '${String(args[0])}'` } : null),
  },
];

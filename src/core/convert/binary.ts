import type { Arg } from '../../config/model.js';
import { wrapped } from '../int64.js';
import type { Bin, ConverterRow } from '../row.js';
import { checkInteger, given, integerArg, onBytes, optional, required } from './row.js';

const hexText = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('hex').toUpperCase();

function binaryDigits(bytes: string): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += bytes.charCodeAt(i).toString(2).padStart(8, '0');
  return out;
}

/** Cuts the bytes into chunks; a last one that is too short is dropped if `truncate`. */
function chunks(bytes: string, size: number, truncate: boolean): string[] {
  const out: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.slice(at, at + size);
    if (chunk.length === size || !truncate) out.push(chunk);
  }
  return out;
}

const reversed = (chunk: string): string => [...chunk].reverse().join('');
const decimal = (chunk: string): string => BigInt(`0x${hexText(chunk)}`).toString();

function toDecimal(name: string, doc: string, order: (chunk: string) => string): ConverterRow {
  return {
    name, args: [required('separator'), required('chunk_size', 'int'), optional('truncate', 'int')], in: 'bin', out: 'str', doc,
    compile(args) {
      const size = Number(args[1]);
      const truncate = Number(args[2] ?? 0) !== 0;
      return (value) => chunks((value as Bin).bin, size, truncate).map((chunk) => decimal(order(chunk))).join(String(args[0] ?? ''));
    },
    check: (args) => (Number(args[1]) >= 1 && Number(args[1]) <= 8 ? null : { arg: 1, problem: 'expects a chunk size from 1 to 8' }),
  };
}

const be2hex: ConverterRow = {
  name: 'be2hex', args: [optional('separator'), optional('chunk_size', 'int'), optional('truncate', 'int')], in: 'bin', out: 'str',
  doc: 'hexadecimal digits, cut into chunks',
  compile(args) {
    const separator = given(args[0]) ? String(args[0]) : '';
    const truncate = Number(args[2] ?? 0) !== 0;
    if (!given(args[1])) return (value) => hexText((value as Bin).bin);
    const size = Number(args[1]);
    return (value) => chunks((value as Bin).bin, size, truncate).map(hexText).join(separator);
  },
  check: (args) => (given(args[1]) && Number(args[1]) < 1 ? { arg: 1, problem: 'expects a chunk size of at least 1' } : null),
};

const bytes: ConverterRow = {
  name: 'bytes', args: [required('offset'), optional('length')], in: 'bin', out: 'bin', doc: 'bytes from an offset on, at most length of them',
  compile(args: readonly Arg[]) {
    const offset = integerArg(args[0]);
    const length = given(args[1]) ? integerArg(args[1]) : () => Number.MAX_SAFE_INTEGER;
    return (value, tx) => {
      const from = offset(tx);
      const wanted = length(tx);
      const all = (value as Bin).bin;
      if (from === undefined || wanted === undefined || from < 0 || wanted < 0) return undefined;
      return from >= all.length ? { bin: '' } : { bin: all.slice(Number(from), Number(from) + Number(wanted)) };
    };
  },
  check: (args) => checkInteger(args[0], 0) ?? (given(args[1]) ? checkInteger(args[1], 1) : null),
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const BASE64_URL = /^[A-Za-z0-9_-]*$/;

const ANY_CONTROL = 0x1ffffffffn;
const MASKS: Readonly<Record<string, bigint>> = { any: ANY_CONTROL, http: 0x2401n };
const controlMask = (arg: Arg | undefined): bigint => {
  if (!given(arg)) return 0x1fffffdffn;
  const text = String(arg);
  return MASKS[text] ?? BigInt(text);
};

const hasControl: ConverterRow = {
  name: 'has_ctl', args: [optional('mask')], in: 'bin', out: 'bool', doc: 'true if there is a control character of the mask',
  compile(args) {
    const mask = controlMask(args[0]);
    const looked = Array.from({ length: 256 }, (_unused, code) => (code < 32 ? (mask >> BigInt(code)) & 1n : code === 127 ? (mask >> 32n) & 1n : 0n) === 1n);
    return (value) => {
      const all = (value as Bin).bin;
      for (let i = 0; i < all.length; i++) if (looked[all.charCodeAt(i)]) return true;
      return false;
    };
  },
  check(args) {
    if (!given(args[0]) || String(args[0]) in MASKS) return null;
    const number = /^(?:0x[0-9a-fA-F]+|[0-9]+)$/.test(String(args[0])) ? BigInt(String(args[0])) : -1n;
    return number >= 0n && number <= ANY_CONTROL ? null : { arg: 0, problem: "expects a mask up to 0x1FFFFFFFF, 'any' or 'http'" };
  },
};

export const binaryConverters: readonly ConverterRow[] = [
  onBytes('hex', 'str', 'hexadecimal digits', hexText),
  onBytes('base2', 'str', 'eight binary digits a byte', binaryDigits),
  { name: 'hex2i', args: [], in: 'str', out: 'int', doc: 'integer of hexadecimal digits', compile: () => (value) => (/^[0-9a-fA-F]*$/.test(value as string) ? wrapped(BigInt(`0x0${value as string}`)) : undefined) },
  onBytes('base64', 'str', 'base64', (all) => Buffer.from(all, 'latin1').toString('base64')),
  { name: 'b64dec', args: [], in: 'str', out: 'bin', doc: 'bytes of base64', compile: () => (value) => (BASE64.test(value as string) ? { bin: Buffer.from(value as string, 'base64').toString('latin1') } : undefined) },
  onBytes('ub64enc', 'str', 'base64url without padding', (all) => Buffer.from(all, 'latin1').toString('base64url')),
  { name: 'ub64dec', args: [], in: 'str', out: 'bin', doc: 'bytes of base64url', compile: () => (value) => (BASE64_URL.test((value as string).replace(/=+$/, '')) && (value as string).length % 4 !== 1 ? { bin: Buffer.from(value as string, 'base64url').toString('latin1') } : undefined) },
  toDecimal('be2dec', 'decimal numbers of big-endian chunks', (chunk) => chunk),
  toDecimal('le2dec', 'decimal numbers of little-endian chunks', reversed),
  be2hex, bytes, hasControl,
];

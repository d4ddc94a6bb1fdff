import { createHash, createHmac, getHashes, timingSafeEqual } from 'node:crypto';
import { avalanche, crc32, crc32c, djb2, sdbm, wt6 } from '../compile/hash.js';
import type { Bin, ConverterRow } from '../row.js';
import { checkVariable, given, onBytes, optional, required, variableText } from './row.js';
import { parseVariable } from '../variable.js';

function hash32(name: string, hash: (bytes: string) => number): ConverterRow {
  return {
    name, args: [optional('avalanche', 'int')], in: 'bin', out: 'int', doc: `32-bit ${name} hash, with 1 followed by a full avalanche`,
    compile: (args) => (Number(args[0] ?? 0) === 1 ? (value) => avalanche(hash((value as Bin).bin)) : (value) => hash((value as Bin).bin)),
  };
}

const digest = (algorithm: string, bytes: string): Bin => ({ bin: createHash(algorithm).update(bytes, 'latin1').digest().toString('latin1') });

const known = (algorithm: string): boolean => getHashes().some((name) => name.toLowerCase() === algorithm.toLowerCase());
const checkAlgorithm = (algorithm: string): { arg: number; problem: string } | null =>
  (known(algorithm) ? null : { arg: 0, problem: `'${algorithm}' is not a message digest` });

const hmac: ConverterRow = {
  name: 'hmac', args: [required('algorithm'), required('key')], in: 'bin', out: 'bin', doc: 'message authentication code with a base64 key',
  compile(args) {
    const algorithm = String(args[0]);
    const text = String(args[1]);
    const key = parseVariable(text) === undefined ? () => text : variableText(text);
    return (value, tx) => {
      const secret = key(tx);
      if (secret === undefined) return undefined;
      return { bin: createHmac(algorithm, Buffer.from(secret, 'base64')).update((value as Bin).bin, 'latin1').digest().toString('latin1') };
    };
  },
  check: (args) => checkAlgorithm(String(args[0])),
};

const secureCompare: ConverterRow = {
  name: 'secure_memcmp', args: [required('var', 'var')], in: 'bin', out: 'bool', doc: 'true if the variable holds the same bytes; constant time',
  compile(args) {
    const other = variableText(args[0]);
    return (value, tx) => {
      const text = other(tx);
      if (text === undefined) return undefined;
      const a = Buffer.from((value as Bin).bin, 'latin1');
      const b = Buffer.from(text, 'latin1');
      return a.length === b.length && timingSafeEqual(a, b);
    };
  },
  check: (args) => checkVariable(args[0], 0),
};

const SHA2 = [224, 256, 384, 512];

export const hashConverters: readonly ConverterRow[] = [
  hash32('crc32', crc32), hash32('crc32c', crc32c), hash32('djb2', djb2), hash32('sdbm', sdbm), hash32('wt6', wt6),
  onBytes('sha1', 'bin', 'SHA-1 digest', (bytes) => digest('sha1', bytes)),
  {
    name: 'sha2', args: [optional('bits', 'int')], in: 'bin', out: 'bin', doc: 'SHA-2 digest of 224, 256, 384 or 512 bits',
    compile(args) {
      const algorithm = `sha${given(args[0]) ? args[0] : 256}`;
      return (value) => digest(algorithm, (value as Bin).bin);
    },
    check: (args) => (!given(args[0]) || SHA2.includes(Number(args[0])) ? null : { arg: 0, problem: 'expects 224, 256, 384 or 512' }),
  },
  {
    name: 'digest', args: [required('algorithm')], in: 'bin', out: 'bin', doc: 'message digest by an OpenSSL algorithm',
    compile: (args) => (value) => digest(String(args[0]), (value as Bin).bin),
    check: (args) => checkAlgorithm(String(args[0])),
  },
  hmac, secureCompare,
];

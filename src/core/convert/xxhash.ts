import { xxh3, xxh32, xxh64 } from '../compile/xxhash.js';
import { isInt, wrapped } from '../int64.js';
import type { Bin, ConverterRow } from '../row.js';
import { optional } from './row.js';

function row(name: string, doc: string, hash: (seed: bigint) => (bytes: string) => number | bigint): ConverterRow {
  return {
    name, args: [optional('seed', 'int')], in: 'bin', out: 'int', doc,
    compile(args) {
      const seeded = hash(BigInt.asUintN(64, BigInt(isInt(args[0]) ? args[0] : 0)));
      return (value) => seeded((value as Bin).bin);
    },
  };
}

export const xxhashConverters: readonly ConverterRow[] = [
  row('xxh32', 'XXH32 hash, unsigned 32 bits', (seed) => {
    const low = Number(BigInt.asUintN(32, seed));
    return (bytes) => xxh32(bytes, low);
  }),
  row('xxh64', 'XXH64 hash, signed 64 bits', (seed) => (bytes) => wrapped(xxh64(bytes, seed))),
  row('xxh3', 'XXH3 hash, signed 64 bits', (seed) => (bytes) => wrapped(xxh3(bytes, seed))),
];

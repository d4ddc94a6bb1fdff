import type { StickTable } from '../../config/stick.js';
import { KEY_TYPES } from '../../config/stick_resolve.js';
import { castFor, isBin, isIp } from '../compile/cast.js';
import { isInt } from '../int64.js';
import type { SampleType, Value } from '../row.js';

/** Room for the longest key, in bytes. */
export const KEY_ROOM = 4096;

/** Puts a key into the buffer that the addon looks at and gives its length; -1: the value makes no key of this table. */
export type PutKey = (value: Value, keys: Buffer) => number;

type Write = (value: Value, keys: Buffer, size: number) => number;

const address: Write = (value, keys) => {
  if (!isIp(value)) return -1;
  for (let i = 0; i < value.bytes.length; i++) keys[i] = value.bytes[i]!;
  return value.bytes.length;
};

const WRITES: Readonly<Record<StickTable['key'], Write>> = {
  ip: address,
  ipv6: address,
  integer: (value, keys) => {
    if (!isInt(value)) return -1;
    keys.writeUInt32LE(typeof value === 'number' && Number.isInteger(value) ? value >>> 0 : Number(BigInt.asUintN(32, BigInt(value))));
    return 4;
  },
  string: (value, keys, size) => (typeof value === 'string' ? keys.write(value, 0, size, 'latin1') : -1),
  binary: (value, keys, size) => (isBin(value) ? keys.write(value.bin, 0, size, 'latin1') : -1),
};

/** How values of a type become keys of a table; longer ones are cut, as HAProxy cuts them. */
export function keyWriter({ key, keySize }: StickTable, from: SampleType): PutKey {
  const write = WRITES[key];
  const cast = castFor(from, KEY_TYPES[key]);
  if (cast === undefined) return () => -1;
  const family = key === 'ip' ? 4 : key === 'ipv6' ? 6 : 0;
  return (value, keys) => {
    // The usual case, an address as it is: nothing is made for it.
    if (family !== 0 && isIp(value) && value.family === family) return write(value, keys, keySize);
    const converted = cast === null ? value : cast(value);
    return converted === undefined ? -1 : write(converted, keys, keySize);
  };
}

/** A key of a table as a sample. */
export function keyValue({ key, keySize }: StickTable, bytes: Uint8Array): Value {
  switch (key) {
    case 'ip': return { family: 4, bytes: Uint8Array.from(bytes.subarray(0, 4)) };
    case 'ipv6': return { family: 6, bytes: Uint8Array.from(bytes.subarray(0, 16)) };
    case 'integer': return Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE();
    case 'string': {
      const end = bytes.subarray(0, keySize).indexOf(0);
      return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? keySize : end).toString('latin1');
    }
    case 'binary': return { bin: Buffer.from(bytes.buffer, bytes.byteOffset, keySize).toString('latin1') };
  }
}

/** The type of keyValue(). */
export function keyType({ key }: StickTable): SampleType {
  return KEY_TYPES[key];
}

import type { Arg } from '../../config/model.js';
import { saturated, wrapped } from '../int64.js';
import type { Int } from '../int64.js';
import type { Bin, ConverterRow, Value } from '../row.js';
import { given, optional, required } from './row.js';

/** Fields of Protocol Buffers messages (protobuf.dev, "Encoding") and of gRPC messages around them. */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Ten groups of seven bits hold 64. */
const MAX_VARINT = 10;

interface Field {
  readonly number: number;
  readonly wire: number;
  /** The value without tag and length. */
  readonly from: number;
  readonly to: number;
}

/** Index behind the varint at `at`, -1 if it does not end. */
function varintEnd(bytes: Buffer, at: number, end: number): number {
  for (let i = at; i < end && i < at + MAX_VARINT; i++) if (bytes[i]! < 0x80) return i + 1;
  return -1;
}

function varint(bytes: Buffer, from: number, to: number): bigint {
  let value = 0n;
  for (let i = to - 1; i >= from; i--) value = (value << 7n) | BigInt(bytes[i]! & 0x7f);
  return BigInt.asUintN(64, value);
}

/** The field at `at`, undefined if the message is cut or of a kind that went out of use (groups). */
function fieldAt(bytes: Buffer, at: number, end: number): Field | undefined {
  const from = varintEnd(bytes, at, end);
  if (from < 0) return undefined;
  const tag = varint(bytes, at, from);
  const wire = Number(tag & 7n);
  const number = Number(tag >> 3n);
  if (wire === VARINT) {
    const to = varintEnd(bytes, from, end);
    return to < 0 ? undefined : { number, wire, from, to };
  }
  if (wire === BYTES) {
    const start = varintEnd(bytes, from, end);
    const to = start < 0 ? -1 : start + Number(varint(bytes, from, start));
    return start < 0 || to > end ? undefined : { number, wire, from: start, to };
  }
  const size = wire === FIXED64 ? 8 : wire === FIXED32 ? 4 : -1;
  return size < 0 || from + size > end ? undefined : { number, wire, from, to: from + size };
}

/** The first field with that path of numbers between two offsets. */
function findField(bytes: Buffer, path: readonly number[], wire: number | null, from = 0, end = bytes.length): Field | undefined {
  const [wanted, ...inner] = path;
  for (let at = from; at < end;) {
    const field = fieldAt(bytes, at, end);
    if (field === undefined) return undefined;
    if (field.number === wanted) {
      if (inner.length > 0) {
        const found = field.wire === BYTES ? findField(bytes, inner, wire, field.from, field.to) : undefined;
        if (found !== undefined) return found;
      } else if (wire === null || wire === field.wire) return field;
      else return undefined;
    }
    at = field.to;
  }
  return undefined;
}

interface FieldType {
  readonly wire: number;
  read(bytes: Buffer, from: number, to: number): Int | undefined;
}

const plain: FieldType = { wire: VARINT, read: (bytes, from, to) => wrapped(varint(bytes, from, to)) };
const zigzag: FieldType = {
  wire: VARINT,
  read(bytes, from, to) {
    const value = varint(bytes, from, to);
    return wrapped((value >> 1n) ^ -(value & 1n));
  },
};

/** The whole part; HAProxy has no other numbers. */
const whole = (value: number): Int | undefined => (Number.isNaN(value) ? undefined : Number.isFinite(value) ? saturated(BigInt(Math.trunc(value))) : saturated(value > 0 ? 2n ** 64n : -(2n ** 64n)));

const TYPES: Readonly<Record<string, FieldType>> = {
  int32: plain, int64: plain, uint32: plain, uint64: plain, bool: plain, enum: plain, sint32: zigzag, sint64: zigzag,
  fixed32: { wire: FIXED32, read: (bytes, from) => bytes.readUInt32LE(from) },
  sfixed32: { wire: FIXED32, read: (bytes, from) => bytes.readInt32LE(from) },
  float: { wire: FIXED32, read: (bytes, from) => whole(bytes.readFloatLE(from)) },
  fixed64: { wire: FIXED64, read: (bytes, from) => wrapped(bytes.readBigUInt64LE(from)) },
  sfixed64: { wire: FIXED64, read: (bytes, from) => wrapped(bytes.readBigUInt64LE(from)) },
  double: { wire: FIXED64, read: (bytes, from) => whole(bytes.readDoubleLE(from)) },
};

type Extract = (message: Buffer) => Value | undefined;

function extract(args: readonly Arg[]): Extract {
  const path = String(args[0]).split('.').map(Number);
  const type = given(args[1]) && args[1] !== '' ? TYPES[String(args[1])] : undefined;
  return (message) => {
    const field = findField(message, path, type?.wire ?? null);
    if (field === undefined) return undefined;
    return type === undefined ? { bin: message.toString('latin1', field.from, field.to) } : type.read(message, field.from, field.to);
  };
}

const GRPC_HEADER = 5;

/** Looks through the messages of a gRPC body: a flag, a length of four bytes, the message. */
function ungrpc(find: Extract): Extract {
  return (body) => {
    for (let at = 0; at + GRPC_HEADER <= body.length;) {
      const end = at + GRPC_HEADER + body.readUInt32BE(at + 1);
      if (end > body.length) return undefined;
      const found = find(body.subarray(at + GRPC_HEADER, end));
      if (found !== undefined) return found;
      at = end;
    }
    return undefined;
  };
}

function row(name: string, doc: string, wrap: (find: Extract) => Extract): ConverterRow {
  return {
    name, args: [required('field_number'), optional('field_type')], in: 'bin', out: 'any', doc,
    check(args) {
      if (!/^[0-9]+(?:\.[0-9]+)*$/.test(String(args[0] ?? ''))) return { arg: 0, problem: `expects a field number such as 1 or 48.59.1, not '${String(args[0])}'` };
      const type = given(args[1]) ? String(args[1]) : '';
      return type === '' || Object.hasOwn(TYPES, type) ? null : { arg: 1, problem: `Wrong protocol buffer type '${type}'` };
    },
    compile(args) {
      const find = wrap(extract(args));
      return (value) => find(Buffer.from((value as Bin).bin, 'latin1'));
    },
  };
}

export const protobufConverters: readonly ConverterRow[] = [
  row('protobuf', 'a field of a Protocol Buffers message, raw or as an integer', (find) => find),
  row('ungrpc', 'a field of a gRPC message, raw or as an integer', ungrpc),
];

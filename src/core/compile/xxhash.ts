/** XXH32, XXH64 and XXH3 (64 bits) by their specification, github.com/Cyan4973/xxHash. Inputs are latin1 strings, one char a byte. */

const PRIME32 = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;
const PRIME64 = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n, 0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n] as const;
const MIX1 = 0x165667919e3779f9n;
const MIX2 = 0x9fb21c651e98df25n;
const MASK = 2n ** 64n - 1n;

const rotate32 = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const round32 = (sum: number, lane: number): number => Math.imul(rotate32((sum + Math.imul(lane, PRIME32[1])) | 0, 13), PRIME32[0]);

/** XXH32 with a seed of 32 bits; an unsigned 32-bit number. */
export function xxh32(text: string, seed: number): number {
  const bytes = Buffer.from(text, 'latin1');
  let at = 0;
  let hash = (seed + PRIME32[4]) | 0;
  if (bytes.length >= 16) {
    const sums = [(seed + PRIME32[0] + PRIME32[1]) | 0, (seed + PRIME32[1]) | 0, seed | 0, (seed - PRIME32[0]) | 0];
    for (; at + 16 <= bytes.length; at += 16) for (let i = 0; i < 4; i++) sums[i] = round32(sums[i]!, bytes.readInt32LE(at + 4 * i));
    hash = rotate32(sums[0]!, 1) + rotate32(sums[1]!, 7) + rotate32(sums[2]!, 12) + rotate32(sums[3]!, 18);
  }
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4) hash = Math.imul(rotate32((hash + Math.imul(bytes.readInt32LE(at), PRIME32[2])) | 0, 17), PRIME32[3]);
  for (; at < bytes.length; at++) hash = Math.imul(rotate32((hash + Math.imul(bytes[at]!, PRIME32[4])) | 0, 11), PRIME32[0]);
  hash = Math.imul(hash ^ (hash >>> 15), PRIME32[1]);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME32[2]);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const rotate64 = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK;
const round64 = (sum: bigint, lane: bigint): bigint => (rotate64((sum + lane * PRIME64[1]) & MASK, 31n) * PRIME64[0]) & MASK;

/** The final mix of XXH64. */
function avalanche64(value: bigint): bigint {
  let hash = value;
  hash = ((hash ^ (hash >> 33n)) * PRIME64[1]) & MASK;
  hash = ((hash ^ (hash >> 29n)) * PRIME64[2]) & MASK;
  return hash ^ (hash >> 32n);
}

function lanes64(bytes: Buffer, seed: bigint): bigint {
  const sums = [(seed + PRIME64[0] + PRIME64[1]) & MASK, (seed + PRIME64[1]) & MASK, seed, (seed - PRIME64[0]) & MASK];
  for (let at = 0; at + 32 <= bytes.length; at += 32) {
    for (let i = 0; i < 4; i++) sums[i] = round64(sums[i]!, bytes.readBigUInt64LE(at + 8 * i));
  }
  let hash = (rotate64(sums[0]!, 1n) + rotate64(sums[1]!, 7n) + rotate64(sums[2]!, 12n) + rotate64(sums[3]!, 18n)) & MASK;
  for (const sum of sums) hash = ((hash ^ round64(0n, sum)) * PRIME64[0] + PRIME64[3]) & MASK;
  return hash;
}

/** XXH64; seed and result are unsigned 64-bit integers. */
export function xxh64(text: string, seed: bigint): bigint {
  const bytes = Buffer.from(text, 'latin1');
  let hash = bytes.length >= 32 ? lanes64(bytes, seed) : (seed + PRIME64[4]) & MASK;
  hash = (hash + BigInt(bytes.length)) & MASK;
  let at = bytes.length & ~31;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotate64(hash ^ round64(0n, bytes.readBigUInt64LE(at)), 27n) * PRIME64[0] + PRIME64[3]) & MASK;
  }
  if (at + 4 <= bytes.length) {
    hash = (rotate64(hash ^ ((BigInt(bytes.readUInt32LE(at)) * PRIME64[0]) & MASK), 23n) * PRIME64[1] + PRIME64[2]) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++) hash = (rotate64(hash ^ ((BigInt(bytes[at]!) * PRIME64[4]) & MASK), 11n) * PRIME64[0]) & MASK;
  return avalanche64(hash);
}

/** The secret that XXH3 comes with, 192 bytes. */
const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c'
  + '3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364ea'
  + 'c5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);

const secret64 = (at: number): bigint => SECRET.readBigUInt64LE(at);
const swapped32 = (value: bigint): bigint => ((value & 0xffn) << 24n) | ((value & 0xff00n) << 8n) | ((value >> 8n) & 0xff00n) | ((value >> 24n) & 0xffn);
const swapped64 = (value: bigint): bigint => (swapped32(value & 0xffffffffn) << 32n) | swapped32(value >> 32n);

/** Both halves of a 128-bit product, folded into 64 bits. */
function folded(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product & MASK) ^ (product >> 64n);
}

function avalanche3(value: bigint): bigint {
  const hash = ((value ^ (value >> 37n)) * MIX1) & MASK;
  return hash ^ (hash >> 32n);
}

function upTo16(bytes: Buffer, seed: bigint): bigint {
  const length = bytes.length;
  if (length === 0) return avalanche64(seed ^ secret64(56) ^ secret64(64));
  if (length <= 3) {
    const combined = ((bytes[0]! << 16) | (bytes[length >> 1]! << 24) | bytes[length - 1]! | (length << 8)) >>> 0;
    return avalanche64(BigInt(combined) ^ ((BigInt(SECRET.readUInt32LE(0) ^ SECRET.readUInt32LE(4)) & 0xffffffffn) + seed) & MASK);
  }
  if (length <= 8) {
    const mixed = seed ^ (swapped32(seed & 0xffffffffn) << 32n);
    const input = BigInt(bytes.readUInt32LE(length - 4)) + (BigInt(bytes.readUInt32LE(0)) << 32n);
    let hash = input ^ (((secret64(8) ^ secret64(16)) - mixed) & MASK);
    hash = ((hash ^ rotate64(hash, 49n) ^ rotate64(hash, 24n)) * MIX2) & MASK;
    hash = ((hash ^ ((hash >> 35n) + BigInt(length))) * MIX2) & MASK;
    return hash ^ (hash >> 28n);
  }
  const low = bytes.readBigUInt64LE(0) ^ (((secret64(24) ^ secret64(32)) + seed) & MASK);
  const high = bytes.readBigUInt64LE(length - 8) ^ (((secret64(40) ^ secret64(48)) - seed) & MASK);
  return avalanche3((BigInt(length) + swapped64(low) + high + folded(low, high)) & MASK);
}

function mixed16(bytes: Buffer, at: number, secretAt: number, seed: bigint): bigint {
  const low = bytes.readBigUInt64LE(at) ^ ((secret64(secretAt) + seed) & MASK);
  const high = bytes.readBigUInt64LE(at + 8) ^ ((secret64(secretAt + 8) - seed) & MASK);
  return folded(low, high);
}

function upTo240(bytes: Buffer, seed: bigint): bigint {
  const length = bytes.length;
  let sum = BigInt(length) * PRIME64[0];
  if (length <= 128) {
    for (let i = (length - 1) >> 5; i >= 0; i--) {
      sum += mixed16(bytes, 16 * i, 32 * i, seed) + mixed16(bytes, length - 16 * (i + 1), 32 * i + 16, seed);
    }
    return avalanche3(sum & MASK);
  }
  const rounds = length >> 4;
  for (let i = 0; i < 8; i++) sum += mixed16(bytes, 16 * i, 16 * i, seed);
  sum = avalanche3(sum & MASK);
  for (let i = 8; i < rounds; i++) sum += mixed16(bytes, 16 * i, 16 * (i - 8) + 3, seed);
  return avalanche3((sum + mixed16(bytes, length - 16, 136 - 17, seed)) & MASK);
}

const STRIPE = 64;
const STRIPES = (SECRET.length - STRIPE) / 8;

function seeded(seed: bigint): Buffer {
  if (seed === 0n) return SECRET;
  const secret = Buffer.alloc(SECRET.length);
  for (let at = 0; at < secret.length; at += 16) {
    secret.writeBigUInt64LE((secret64(at) + seed) & MASK, at);
    secret.writeBigUInt64LE((secret64(at + 8) - seed) & MASK, at + 8);
  }
  return secret;
}

function accumulate(sums: BigUint64Array, bytes: Buffer, at: number, secret: Buffer, secretAt: number): void {
  for (let i = 0; i < 8; i++) {
    const lane = bytes.readBigUInt64LE(at + 8 * i);
    const keyed = lane ^ secret.readBigUInt64LE(secretAt + 8 * i);
    sums[i ^ 1]! += lane;
    sums[i]! += (keyed & 0xffffffffn) * (keyed >> 32n);
  }
}

function scramble(sums: BigUint64Array, secret: Buffer): void {
  const from = secret.length - STRIPE;
  for (let i = 0; i < 8; i++) {
    const sum = sums[i]!;
    sums[i] = (sum ^ (sum >> 47n) ^ secret.readBigUInt64LE(from + 8 * i)) * BigInt(PRIME32[0]);
  }
}

function beyond240(bytes: Buffer, seed: bigint): bigint {
  const secret = seeded(seed);
  const sums = BigUint64Array.of(BigInt(PRIME32[2]), PRIME64[0], PRIME64[1], PRIME64[2], PRIME64[3], BigInt(PRIME32[1]), PRIME64[4], BigInt(PRIME32[0]));
  const stripes = Math.floor((bytes.length - 1) / STRIPE);
  for (let stripe = 0; stripe < stripes; stripe++) {
    accumulate(sums, bytes, stripe * STRIPE, secret, (stripe % STRIPES) * 8);
    if (stripe % STRIPES === STRIPES - 1) scramble(sums, secret);
  }
  accumulate(sums, bytes, bytes.length - STRIPE, secret, secret.length - STRIPE - 7);
  let hash = BigInt(bytes.length) * PRIME64[0];
  for (let i = 0; i < 4; i++) {
    const at = 11 + 16 * i;
    hash += folded(sums[2 * i]! ^ secret.readBigUInt64LE(at), sums[2 * i + 1]! ^ secret.readBigUInt64LE(at + 8));
  }
  return avalanche3(hash & MASK);
}

/** XXH3 of 64 bits; seed and result are unsigned 64-bit integers. */
export function xxh3(text: string, seed: bigint): bigint {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length <= 16) return upTo16(bytes, seed);
  return bytes.length <= 240 ? upTo240(bytes, seed) : beyond240(bytes, seed);
}

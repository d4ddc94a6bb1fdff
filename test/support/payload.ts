import { createHash } from 'node:crypto';

/** Bytes that look random and are the same for the same seed. */
export function payload(bytes: number, seed = 1): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil(bytes / 4) * 4);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < out.length; at += 4) {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    out.writeUInt32LE(state, at);
  }
  return out.subarray(0, bytes);
}

export function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

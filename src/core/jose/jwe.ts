import { constants, createDecipheriv, createHash, createHmac, createPublicKey, diffieHellman, privateDecrypt, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CipherGCMTypes, JsonWebKey, KeyObject } from 'node:crypto';
import { fromBase64Url } from '../base64.js';
import { parseObject } from './jwk.js';
import type { DecryptionKey } from './jwk.js';

/** Decryption of tokens in the compact form of JWE (RFC 7516) with the algorithms of RFC 7518, sections 4 and 5. */

type Header = Readonly<Record<string, unknown>>;

interface Encryption {
  /** Bytes of the content encryption key. */
  readonly keyLength: number;
  decrypt(key: Buffer, iv: Buffer, text: Buffer, tag: Buffer, aad: Buffer): Buffer | undefined;
}

const TAG_LENGTH = 16;

function gcmDecrypt(key: Buffer, iv: Buffer, text: Buffer, tag: Buffer, aad?: Buffer): Buffer | undefined {
  if (iv.length !== 12 || tag.length !== TAG_LENGTH) return undefined;
  const cipher = createDecipheriv(`aes-${key.length * 8}-gcm` as CipherGCMTypes, key, iv);
  if (aad !== undefined) cipher.setAAD(aad);
  cipher.setAuthTag(tag);
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

const gcm = (bits: number): Encryption => ({ keyLength: bits / 8, decrypt: gcmDecrypt });

/** AES-CBC with HMAC: the first half of the key is for the MAC, of which the first half is the tag. */
const cbc = (bits: number, hash: string): Encryption => ({
  keyLength: bits / 4,
  decrypt(key, iv, text, tag, aad) {
    const half = key.length / 2;
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(aad.length) * 8n);
    const mac = createHmac(hash, key.subarray(0, half)).update(aad).update(iv).update(text).update(length).digest().subarray(0, half);
    if (iv.length !== 16 || mac.length !== tag.length || !timingSafeEqual(mac, tag)) return undefined;
    const cipher = createDecipheriv(`aes-${bits}-cbc`, key.subarray(half), iv);
    return Buffer.concat([cipher.update(text), cipher.final()]);
  },
});

const ENCRYPTIONS: Readonly<Record<string, Encryption>> = {
  A128GCM: gcm(128), A192GCM: gcm(192), A256GCM: gcm(256),
  'A128CBC-HS256': cbc(128, 'sha256'), 'A192CBC-HS384': cbc(192, 'sha384'), 'A256CBC-HS512': cbc(256, 'sha512'),
};

interface KeyAlgorithm {
  readonly kind: DecryptionKey['kind'];
  /** The content encryption key, undefined if there is none. */
  unwrap(key: DecryptionKey, wrapped: Buffer, header: Header, encryption: Encryption): Buffer | undefined;
}

const bytesOf = (header: Header, name: string): Buffer | undefined => {
  const value = header[name];
  return typeof value === 'string' ? fromBase64Url(value) : undefined;
};

/** AES key wrap (RFC 3394). */
function unwrapAes(key: Buffer, wrapped: Buffer): Buffer {
  const cipher = createDecipheriv(`id-aes${key.length * 8}-wrap`, key, Buffer.alloc(8, 0xa6));
  return Buffer.concat([cipher.update(wrapped), cipher.final()]);
}

function shared(unwrap: (key: Buffer, wrapped: Buffer, header: Header) => Buffer | undefined, bits: number): KeyAlgorithm {
  return {
    kind: 'oct',
    unwrap: (key, wrapped, header) => (key.kind === 'oct' && (bits === 0 || key.bytes.length * 8 === bits) ? unwrap(key.bytes, wrapped, header) : undefined),
  };
}

const keyWrap = (bits: number): KeyAlgorithm => shared(unwrapAes, bits);

const gcmKeyWrap = (bits: number): KeyAlgorithm => shared((key, wrapped, header) => {
  const [iv, tag] = [bytesOf(header, 'iv'), bytesOf(header, 'tag')];
  return iv === undefined || tag === undefined ? undefined : gcmDecrypt(key, iv, wrapped, tag);
}, bits);

function rsa(unwrap: (key: KeyObject, wrapped: Buffer, encryption: Encryption) => Buffer | undefined): KeyAlgorithm {
  return { kind: 'rsa', unwrap: (key, wrapped, _header, encryption) => (key.kind === 'rsa' ? unwrap(key.key, wrapped, encryption) : undefined) };
}

const oaep = (oaepHash: string): KeyAlgorithm => rsa((key, wrapped) => privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, wrapped));

/**
 * PKCS#1 v1.5. Node may refuse this padding, so it is taken off here; a message with a bad one gives a random key, so that nobody
 * learns from the outcome which it was (RFC 7516, section 11.5).
 */
const pkcs1 = rsa((key, wrapped, { keyLength }) => {
  const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped);
  const start = block.length - keyLength;
  let bad = block[0]! | (block[1]! ^ 2) | block[start - 1]!;
  for (let i = 2; i < start - 1; i++) bad |= Number(block[i] === 0);
  const random = randomBytes(keyLength);
  return bad === 0 ? block.subarray(start) : random;
});

const counted = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Concat KDF of NIST SP 800-56A with SHA-256 (RFC 7518, section 4.6.2). */
function derive(secret: Buffer, algorithm: string, header: Header, length: number): Buffer {
  const empty = Buffer.alloc(0);
  const info = Buffer.concat([
    counted(Buffer.from(algorithm)), counted(bytesOf(header, 'apu') ?? empty), counted(bytesOf(header, 'apv') ?? empty), word(length * 8),
  ]);
  const blocks: Buffer[] = [];
  for (let i = 1; blocks.length * 32 < length; i++) blocks.push(createHash('sha256').update(word(i)).update(secret).update(info).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

/** Ephemeral-static ECDH; `bits` is the size of the key that unwraps, 0 if the agreed key encrypts itself. */
const ecdh = (bits: number): KeyAlgorithm => ({
  kind: 'ec',
  unwrap(key, wrapped, header, { keyLength }) {
    if (key.kind !== 'ec' || typeof header['epk'] !== 'object') return undefined;
    const secret = diffieHellman({ privateKey: key.key, publicKey: createPublicKey({ key: header['epk'] as JsonWebKey, format: 'jwk' }) });
    if (bits === 0) return wrapped.length === 0 ? derive(secret, String(header['enc']), header, keyLength) : undefined;
    return unwrapAes(derive(secret, String(header['alg']), header, bits / 8), wrapped);
  },
});

const ALGORITHMS: Readonly<Record<string, KeyAlgorithm>> = {
  dir: shared((key, wrapped) => (wrapped.length === 0 ? key : undefined), 0),
  A128KW: keyWrap(128), A192KW: keyWrap(192), A256KW: keyWrap(256),
  A128GCMKW: gcmKeyWrap(128), A192GCMKW: gcmKeyWrap(192), A256GCMKW: gcmKeyWrap(256),
  'RSA1_5': pkcs1, 'RSA-OAEP': oaep('sha1'), 'RSA-OAEP-256': oaep('sha256'),
  'ECDH-ES': ecdh(0), 'ECDH-ES+A128KW': ecdh(128), 'ECDH-ES+A192KW': ecdh(192), 'ECDH-ES+A256KW': ecdh(256),
};

export const KEY_ALGORITHMS: readonly string[] = Object.keys(ALGORITHMS);
export const CONTENT_ENCRYPTIONS: readonly string[] = Object.keys(ENCRYPTIONS);

/** Key algorithms that are used unless a configuration says otherwise (RFC 8725, section 3.2). */
export const DEFAULT_KEY_ALGORITHMS: readonly string[] = KEY_ALGORITHMS.filter((name) => name !== 'RSA1_5');

export interface Allowed {
  readonly algorithms: readonly string[];
  readonly encryptions: readonly string[];
}

/** The content of a token, undefined if it can't be decrypted with this key or is not what it was when it was made. */
export function decryptToken(token: string, key: DecryptionKey, allowed: Allowed): Buffer | undefined {
  const parts = token.split('.');
  const [head, wrapped, iv, text, tag] = parts.map(fromBase64Url);
  if (parts.length !== 5 || head === undefined || wrapped === undefined || iv === undefined || text === undefined || tag === undefined) return undefined;
  const header = parseObject(head.toString('latin1'));
  const [alg, enc] = [String(header?.['alg']), String(header?.['enc'])];
  if (header === undefined || !allowed.algorithms.includes(alg) || !allowed.encryptions.includes(enc)) return undefined;
  const [algorithm, encryption] = [ALGORITHMS[alg]!, ENCRYPTIONS[enc]!];
  if (algorithm.kind !== key.kind) return undefined;
  try {
    const contentKey = algorithm.unwrap(key, wrapped, header, encryption);
    if (contentKey?.length !== encryption.keyLength) return undefined;
    return encryption.decrypt(contentKey, iv, text, tag, Buffer.from(parts[0]!, 'latin1'));
  } catch {
    return undefined;
  }
}

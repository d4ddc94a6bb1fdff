import { constants, createCipheriv, createHash, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import type { CipherGCMTypes, KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CONTENT_ENCRYPTIONS, decryptToken, DEFAULT_KEY_ALGORITHMS, KEY_ALGORITHMS } from '../../../src/core/jose/jwe.js';
import { parseJwk } from '../../../src/core/jose/jwk.js';
import type { DecryptionKey } from '../../../src/core/jose/jwk.js';

const ALL = { algorithms: KEY_ALGORITHMS, encryptions: CONTENT_ENCRYPTIONS };
const TEXT = 'Live long and prosper.';

/** RFC 7516, appendix A.3. */
const A3 = 'eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ';
const A3_KEY = '{"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg"}';

const b64 = (bytes: Buffer): string => bytes.toString('base64url');
const gcm = (bits: number): CipherGCMTypes => `aes-${bits}-gcm` as CipherGCMTypes;
const keyLength = (enc: string): number => (enc.includes('CBC') ? Number(enc.slice(1, 4)) / 4 : Number(enc.slice(1, 4)) / 8);

/** Encrypts as RFC 7516 says: the sender's side. */
function encrypt(header: object, enc: string, contentKey: Buffer, wrapped: Buffer): string {
  const head = b64(Buffer.from(JSON.stringify({ ...header, enc })));
  const bits = Number(enc.slice(1, 4));
  const iv = randomBytes(enc.includes('CBC') ? 16 : 12);
  if (!enc.includes('CBC')) {
    const cipher = createCipheriv(gcm(bits), contentKey, iv).setAAD(Buffer.from(head));
    const text = Buffer.concat([cipher.update(TEXT), cipher.final()]);
    return [head, b64(wrapped), b64(iv), b64(text), b64(cipher.getAuthTag())].join('.');
  }
  const half = contentKey.length / 2;
  const cipher = createCipheriv(`aes-${bits}-cbc`, contentKey.subarray(half), iv);
  const text = Buffer.concat([cipher.update(TEXT), cipher.final()]);
  const length = Buffer.alloc(8);
  length.writeUInt32BE(head.length * 8, 4);
  const tag = createHmac(`sha${bits * 2}`, contentKey.subarray(0, half)).update(head).update(iv).update(text).update(length).digest().subarray(0, half);
  return [head, b64(wrapped), b64(iv), b64(text), b64(tag)].join('.');
}

const wrapAes = (key: Buffer, contentKey: Buffer): Buffer => {
  const cipher = createCipheriv(`id-aes${key.length * 8}-wrap`, key, Buffer.alloc(8, 0xa6));
  return Buffer.concat([cipher.update(contentKey), cipher.final()]);
};

const oct = (bytes: Buffer): DecryptionKey => ({ kind: 'oct', bytes });
const read = (token: string, key: DecryptionKey, allowed = ALL): string | undefined => decryptToken(token, key, allowed)?.toString('latin1');

test('the example of RFC 7516', () => {
  expect(read(A3, parseJwk(A3_KEY)!)).toBe(TEXT);
});

describe.each(CONTENT_ENCRYPTIONS)('%s', (enc) => {
  test('with the key itself', () => {
    const key = randomBytes(keyLength(enc));
    expect(read(encrypt({ alg: 'dir' }, enc, key, Buffer.alloc(0)), oct(key))).toBe(TEXT);
    expect(read(encrypt({ alg: 'dir' }, enc, key, Buffer.alloc(0)), oct(randomBytes(key.length)))).toBeUndefined();
    expect(read(encrypt({ alg: 'dir' }, enc, key, Buffer.alloc(0)), oct(key.subarray(1)))).toBeUndefined();
  });

  test.each([128, 192, 256])('with a key wrapped by AES, %d bits', (bits) => {
    const [key, contentKey] = [randomBytes(bits / 8), randomBytes(keyLength(enc))];
    expect(read(encrypt({ alg: `A${bits}KW` }, enc, contentKey, wrapAes(key, contentKey)), oct(key))).toBe(TEXT);
    const cipher = createCipheriv(gcm(bits), key, Buffer.alloc(12, 7));
    const wrapped = Buffer.concat([cipher.update(contentKey), cipher.final()]);
    const header = { alg: `A${bits}GCMKW`, iv: b64(Buffer.alloc(12, 7)), tag: b64(cipher.getAuthTag()) };
    expect(read(encrypt(header, enc, contentKey, wrapped), oct(key))).toBe(TEXT);
    expect(read(encrypt({ ...header, tag: b64(Buffer.alloc(16)) }, enc, contentKey, wrapped), oct(key))).toBeUndefined();
  });
});

describe('RSA', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key: DecryptionKey = { kind: 'rsa', key: privateKey };
  const contentKey = randomBytes(32);
  const oaep = (oaepHash: string): Buffer => publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, contentKey);

  test('OAEP, and PKCS#1 v1.5 where it is allowed', () => {
    expect(read(encrypt({ alg: 'RSA-OAEP' }, 'A256GCM', contentKey, oaep('sha1')), key)).toBe(TEXT);
    expect(read(encrypt({ alg: 'RSA-OAEP-256' }, 'A256GCM', contentKey, oaep('sha256')), key)).toBe(TEXT);
    const old = encrypt({ alg: 'RSA1_5' }, 'A256GCM', contentKey, publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, contentKey));
    expect(read(old, key)).toBe(TEXT);
    expect(read(old, key, { ...ALL, algorithms: DEFAULT_KEY_ALGORITHMS })).toBeUndefined();
    expect(read(encrypt({ alg: 'RSA1_5' }, 'A256GCM', contentKey, oaep('sha1')), key)).toBeUndefined();
  });

  test('a JSON Web Key whose parts contradict each other is none', () => {
    const jwk = privateKey.export({ format: 'jwk' });
    expect(parseJwk(JSON.stringify(jwk))?.kind).toBe('rsa');
    expect(parseJwk(JSON.stringify({ ...jwk, qi: jwk.dp }))).toBeUndefined();
    expect(parseJwk(JSON.stringify({ ...jwk, qi: undefined }))).toBeUndefined();
  });
});

describe.each([['P-256', 128], ['P-384', 192], ['P-521', 256]] as const)('ECDH on %s', (namedCurve, bits) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  const key = parseJwk(JSON.stringify(privateKey.export({ format: 'jwk' })))!;

  /** Concat KDF for one party's names, as the sender computes it. */
  function agreed(sender: KeyObject, id: string, length: number): Buffer {
    const secret = diffieHellman({ privateKey: sender, publicKey: createPublicKey(privateKey) });
    const number = (value: number): Buffer => Buffer.from([value >> 24, value >> 16, value >> 8, value]);
    const info = Buffer.concat([number(id.length), Buffer.from(id), number(5), Buffer.from('Alice'), number(3), Buffer.from('Bob'), number(length * 8)]);
    const block = (i: number): Buffer => createHash('sha256').update(number(i)).update(secret).update(info).digest();
    return Buffer.concat([block(1), block(2)]).subarray(0, length);
  }

  test('direct, and with a wrapped key', () => {
    const sender = generateKeyPairSync('ec', { namedCurve });
    const names = { epk: sender.publicKey.export({ format: 'jwk' }), apu: b64(Buffer.from('Alice')), apv: b64(Buffer.from('Bob')) };
    const direct = agreed(sender.privateKey, 'A256CBC-HS512', 64);
    expect(read(encrypt({ alg: 'ECDH-ES', ...names }, 'A256CBC-HS512', direct, Buffer.alloc(0)), key)).toBe(TEXT);
    const alg = `ECDH-ES+A${bits}KW`;
    const contentKey = randomBytes(16);
    const token = encrypt({ alg, ...names }, 'A128GCM', contentKey, wrapAes(agreed(sender.privateKey, alg, bits / 8), contentKey));
    expect(read(token, key)).toBe(TEXT);
    expect(read(token, oct(randomBytes(16)))).toBeUndefined();
  });
});

test.each(['', 'a.b.c', 'a.b.c.d.e', '....', `${A3}.x`, A3.replace('.U0m', '.U1m'), A3.replace('.KDl', '.K!l'), `bm90IGpzb24${A3.slice(A3.indexOf('.'))}`])('%j is no token for the key', (token) => {
  expect(decryptToken(token, parseJwk(A3_KEY)!, ALL)).toBeUndefined();
});

test.each(['', '{', '[]', '{"kty":"oct"}', '{"kty":"oct","k":"inv@lid"}', '{"kty":"nope","k":"AA"}', '{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}'])('%j is no key', (text) => {
  expect(parseJwk(text)).toBeUndefined();
});

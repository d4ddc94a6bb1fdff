import { constants, createHmac, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Signature algorithms of JWS (RFC 7518, section 3.1) and signatures in tokens of the compact form (RFC 7515). */

interface HmacAlgorithm {
  readonly kind: 'hmac';
  readonly hash: string;
}
interface PublicAlgorithm {
  readonly kind: 'rsa' | 'pss' | 'ec';
  readonly hash: string;
  /** Length of an ECDSA signature, two integers side by side; 0: that of the key. */
  readonly length: number;
}
export type JwsAlgorithm = HmacAlgorithm | PublicAlgorithm | { readonly kind: 'none' };

const hmac = (bits: number): HmacAlgorithm => ({ kind: 'hmac', hash: `sha${bits}` });
const signed = (kind: PublicAlgorithm['kind'], bits: number, length = 0): PublicAlgorithm => ({ kind, hash: `sha${bits}`, length });

const ALGORITHMS: Readonly<Record<string, JwsAlgorithm>> = {
  HS256: hmac(256), HS384: hmac(384), HS512: hmac(512),
  RS256: signed('rsa', 256), RS384: signed('rsa', 384), RS512: signed('rsa', 512),
  PS256: signed('pss', 256), PS384: signed('pss', 384), PS512: signed('pss', 512),
  ES256: signed('ec', 256, 64), ES384: signed('ec', 384, 96), ES512: signed('ec', 512, 132),
  none: { kind: 'none' },
};

export function jwsAlgorithm(name: string): JwsAlgorithm | undefined {
  return Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined;
}

/** True if `signature` is the MAC of the text with that secret; constant time. */
export function verifyMac({ hash }: HmacAlgorithm, secret: string, signed: string, signature: Buffer): boolean {
  const mac = createHmac(hash, Buffer.from(secret, 'latin1')).update(signed, 'latin1').digest();
  return mac.length === signature.length && timingSafeEqual(mac, signature);
}

/** True if `signature` is that of the text by the owner of the key; false for a key of another kind. */
export function verifySignature({ kind, hash, length }: PublicAlgorithm, key: KeyObject, signed: string, signature: Buffer): boolean {
  if (key.asymmetricKeyType !== (kind === 'ec' ? 'ec' : 'rsa') || (length > 0 && signature.length !== length)) return false;
  const options = kind === 'ec' ? { key, dsaEncoding: 'ieee-p1363' as const }
    : kind === 'pss' ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : { key };
  try {
    return verify(hash, Buffer.from(signed, 'latin1'), options, signature);
  } catch {
    return false;
  }
}

import { createPrivateKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { fromBase64Url } from '../base64.js';

/** A key that decrypts: bytes that both sides share, or a private key. */
export type DecryptionKey = { readonly kind: 'oct'; readonly bytes: Buffer } | { readonly kind: 'rsa' | 'ec'; readonly key: KeyObject };

const MEMBERS: Readonly<Record<string, readonly string[]>> = { RSA: ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'], EC: ['x', 'y', 'd'], oct: ['k'] };

/** The key of a JSON Web Key (RFC 7517) of type oct, RSA or EC; undefined if it is none, or not one that decrypts. */
export function parseJwk(text: string): DecryptionKey | undefined {
  const jwk = parseObject(text);
  const members = Object.hasOwn(MEMBERS, String(jwk?.['kty'])) ? MEMBERS[String(jwk?.['kty'])]! : [];
  if (jwk === undefined || members.length === 0) return undefined;
  const numbers = new Map<string, Buffer>();
  for (const member of members) {
    const value = jwk[member];
    const bytes = typeof value === 'string' ? fromBase64Url(value) : undefined;
    if (bytes === undefined || bytes.length === 0) return undefined;
    numbers.set(member, bytes);
  }
  if (jwk['kty'] === 'oct') return { kind: 'oct', bytes: numbers.get('k')! };
  if (jwk['kty'] === 'RSA' && !consistent(numbers)) return undefined;
  try {
    return { kind: jwk['kty'] === 'RSA' ? 'rsa' : 'ec', key: createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' }) };
  } catch {
    return undefined;
  }
}

/** A JSON object of latin1 text, undefined if it is none. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** OpenSSL takes RSA keys whose parts contradict each other; HAProxy doesn't. */
function consistent(numbers: ReadonlyMap<string, Buffer>): boolean {
  const [n, d, p, q, dp, dq, qi] = ['n', 'd', 'p', 'q', 'dp', 'dq', 'qi'].map((name) => BigInt(`0x${numbers.get(name)!.toString('hex')}`)) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  return p > 1n && q > 1n && p * q === n && d % (p - 1n) === dp && d % (q - 1n) === dq && (qi * q) % p === 1n;
}

/** Certificates that rules use (jwt_verify_cert, jwt_decrypt_cert), from `crt-store` sections. */
import type { Span } from './diagnostic.js';
import type { Certificate, JwtPolicy } from './model.js';
import type { Line, Word } from './source.js';
import { CONTENT_ENCRYPTIONS, DEFAULT_KEY_ALGORITHMS } from '../core/jose/jwe.js';

/** Where relative names of certificates and keys start; empty: the current directory. */
export interface Bases {
  crt: string;
  key: string;
}

/** What `global` says of certificates and tokens, and all certificates loaded so far. */
export interface CertificatesDraft {
  readonly bases: Bases;
  readonly jwt: { -readonly [member in keyof JwtPolicy]: JwtPolicy[member] };
  readonly loaded: Certificate[];
}

export const newCertificates = (): CertificatesDraft => ({
  bases: { crt: '', key: '' },
  jwt: { algorithms: DEFAULT_KEY_ALGORITHMS, encryptions: CONTENT_ENCRYPTIONS },
  loaded: [],
});

/** One `crt-store` section; its own bases count instead of those of `global`. */
export interface CrtStoreDraft {
  /** Empty for the store whose certificates have no prefix. */
  readonly name: string;
  readonly own: { crt: string | null; key: string | null };
}

export function openCrtStore(header: Line, report: (summary: string, span: Span) => void): CrtStoreDraft {
  const [, name, extra] = header.words as readonly [Word, Word?, Word?];
  if (extra !== undefined) report(`'crt-store' cannot handle unexpected argument '${extra.text}'`, extra.span);
  return { name: name?.text ?? '', own: { crt: null, key: null } };
}

/** A name with its base in front unless it is absolute. */
export function based(base: string, name: string): string {
  return base === '' || name.startsWith('/') ? name : `${base.replace(/\/+$/, '')}/${name}`;
}

import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CipherGCM, CipherGCMTypes, DecipherGCM } from 'node:crypto';
import type { Arg } from '../../config/model.js';
import type { Bin, ConverterRow } from '../row.js';
import type { Tx } from '../tx.js';
import { parseVariable } from '../variable.js';
import type { VariableName } from '../variable.js';
import { optional, required } from './row.js';
import { bytesArg, checkBase64 } from './secret.js';

/** Nonce, key and additional data of one call. */
interface Material {
  readonly nonce: Buffer;
  readonly key: Buffer;
  readonly aad: Buffer;
}

type Work = (input: Buffer, material: Material, tx: Tx) => Buffer | undefined;

const CBC_BLOCK = 16;

const BITS = [128, 192, 256];

function checkParameters(args: readonly Arg[]): { arg: number; problem: string } | null {
  if (!BITS.includes(Number(args[0]))) return { arg: 0, problem: 'key size must be 128, 192 or 256 (bits)' };
  return checkBase64(args[1], 1, 'nonce') ?? checkBase64(args[2], 2, 'key');
}

/** A converter from bytes to bytes; whatever OpenSSL refuses is no sample. */
function row(name: string, doc: string, tagged: boolean, make: (args: readonly Arg[], bits: number) => Work, check: ConverterRow['check']): ConverterRow {
  const aadAt = tagged ? 4 : 3;
  return {
    name, in: 'bin', out: 'bin', doc,
    args: [required('bits', 'int'), required('nonce'), required('key'), ...(tagged ? [required('aead_tag')] : []), optional('aad')],
    check: (args) => checkParameters(args) ?? check?.(args) ?? checkBase64(args[aadAt], aadAt, 'aad'),
    compile(args) {
      const bits = Number(args[0]);
      const [nonceOf, keyOf, aadOf] = [bytesArg(args[1]), bytesArg(args[2]), bytesArg(args[aadAt])];
      const work = make(args, bits);
      return (value, tx) => {
        const [nonce, key, aad] = [nonceOf(tx), keyOf(tx), aadOf(tx)];
        if (nonce === undefined || key === undefined || aad === undefined || key.length * 8 !== bits) return undefined;
        try {
          const out = work(Buffer.from((value as Bin).bin, 'latin1'), { nonce, key, aad }, tx);
          return out === undefined ? undefined : { bin: out.toString('latin1') };
        } catch {
          return undefined;
        }
      };
    },
  };
}

const gcm = (bits: number): CipherGCMTypes => `aes-${bits}-gcm` as CipherGCMTypes;

function withAad<C extends CipherGCM | DecipherGCM>(cipher: C, aad: Buffer): C {
  if (aad.length > 0) cipher.setAAD(aad);
  return cipher;
}

const gcmDecrypt = (args: readonly Arg[], bits: number): Work => {
  const tagOf = bytesArg(args[3]);
  return (input, { nonce, key, aad }, tx) => {
    const tag = tagOf(tx);
    if (tag === undefined) return undefined;
    const cipher = withAad(createDecipheriv(gcm(bits), key, nonce, { authTagLength: tag.length }), aad);
    cipher.setAuthTag(tag);
    return Buffer.concat([cipher.update(input), cipher.final()]);
  };
};

const gcmEncrypt = (args: readonly Arg[], bits: number): Work => {
  const variable = parseVariable(String(args[3])) as VariableName;
  return (input, { nonce, key, aad }, tx) => {
    const cipher = withAad(createCipheriv(gcm(bits), key, nonce), aad);
    const out = Buffer.concat([cipher.update(input), cipher.final()]);
    tx.variables.set(variable, cipher.getAuthTag().toString('base64'));
    return out;
  };
};

/** One block of a nonce: a shorter one ends in zeros, of a longer one the start counts. CBC authenticates nothing, so the AAD is unused. */
const block = (nonce: Buffer): Buffer => Buffer.concat([nonce, Buffer.alloc(CBC_BLOCK)], CBC_BLOCK);

const cbc = (create: typeof createCipheriv | typeof createDecipheriv) => (_args: readonly Arg[], bits: number): Work => (input, { nonce, key }) => {
  const cipher = create(`aes-${bits}-cbc`, key, block(nonce));
  return Buffer.concat([cipher.update(input), cipher.final()]);
};

export const aesConverters: readonly ConverterRow[] = [
  row('aes_gcm_dec', 'decrypted with AES-GCM; nonce, key, tag and AAD are base64', true, gcmDecrypt, (args) => checkBase64(args[3], 3, 'aead_tag')),
  row('aes_gcm_enc', 'encrypted with AES-GCM; the variable gets the tag in base64', true, gcmEncrypt, (args) =>
    (parseVariable(String(args[3])) === undefined ? { arg: 3, problem: 'expects a variable that takes the tag' } : null)),
  row('aes_cbc_dec', 'decrypted with AES-CBC; nonce and key are base64', false, cbc(createDecipheriv), undefined),
  row('aes_cbc_enc', 'encrypted with AES-CBC; nonce and key are base64', false, cbc(createCipheriv), undefined),
];

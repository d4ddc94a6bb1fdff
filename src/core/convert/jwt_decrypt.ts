import { createPrivateKey } from 'node:crypto';
import type { Arg, LoadedFile, Model } from '../../config/model.js';
import { fromBase64, fromBase64Url } from '../base64.js';
import { decryptToken } from '../jose/jwe.js';
import { parseJwk } from '../jose/jwk.js';
import type { DecryptionKey } from '../jose/jwk.js';
import type { ConverterRow } from '../row.js';
import { parseVariable } from '../variable.js';
import { required } from './row.js';
import { textArg } from './secret.js';

type ReadKey = (text: string) => DecryptionKey | undefined;

/** A key by its text; the last one stays at hand, because most configurations have one. */
function remembered(read: ReadKey): ReadKey {
  let text: string | undefined;
  let key: DecryptionKey | undefined;
  return (next) => {
    if (next !== text) {
      key = read(next);
      text = next;
    }
    return key;
  };
}

/** Decrypts tokens with the key that an argument or its variable holds; whatever goes wrong, the result is empty. */
function row(name: string, arg: string, doc: string, keysOf: (model: Model, args: readonly Arg[]) => ReadKey, more: Partial<ConverterRow> = {}): ConverterRow {
  return {
    name, args: [required(arg)], in: 'str', out: 'bin', doc, ...more,
    compile(args, { model }) {
      const textOf = isFile(args[0]) ? () => (args[0] as LoadedFile).file : textArg(args[0]);
      const read = remembered(keysOf(model, args));
      return (value, tx) => {
        const text = textOf(tx);
        const key = text === undefined ? undefined : read(text);
        const content = key === undefined ? undefined : decryptToken(value as string, key, model.jwt);
        return { bin: content?.toString('latin1') ?? '' };
      };
    },
  };
}

const isFile = (arg: Arg | undefined): arg is LoadedFile => typeof arg === 'object' && arg !== null && 'text' in arg;

function secretKey(text: string): DecryptionKey | undefined {
  const bytes = fromBase64(text) ?? fromBase64Url(text);
  return bytes === undefined || bytes.length === 0 ? undefined : { kind: 'oct', bytes };
}

/** The private key in PEM text, undefined if there is none. */
export function privateKey(pem: string): DecryptionKey | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec' ? { kind: key.asymmetricKeyType, key } : undefined;
  } catch {
    return undefined;
  }
}

/** Keys of the stored certificates, and of the file that the argument names, by their names. */
function certificateKeys(model: Model, args: readonly Arg[]): ReadKey {
  const keys = new Map<string, DecryptionKey>();
  const add = (name: string, pem: string): void => {
    const key = privateKey(pem);
    if (key !== undefined) keys.set(name, key);
  };
  if (isFile(args[0])) add(args[0].file, args[0].text);
  for (const { names, pem } of model.certificates) for (const name of names) add(name, pem);
  return (name) => keys.get(name);
}

const isConstant = (arg: Arg | undefined): boolean => parseVariable(String(arg)) === undefined;

export const jwtDecryptConverters: readonly ConverterRow[] = [
  row('jwt_decrypt_secret', 'secret', 'content of an encrypted JSON Web Token, by a secret in base64', () => secretKey, {
    check: (args) => (isConstant(args[0]) && secretKey(String(args[0])) === undefined ? { arg: 0, problem: 'expects a secret in base64 or a variable' } : null),
  }),
  row('jwt_decrypt_jwk', 'jwk', 'content of an encrypted JSON Web Token, by a JSON Web Key', () => parseJwk, {
    check: (args) => (isConstant(args[0]) && parseJwk(String(args[0])) === undefined ? { arg: 0, problem: 'expects a JSON Web Key of type oct, RSA or EC, or a variable' } : null),
  }),
  row('jwt_decrypt_cert', 'cert', 'content of an encrypted JSON Web Token, by the key of a certificate', certificateKeys, {
    files: (args) => (isConstant(args[0]) && !String(args[0]).startsWith('@') ? [{ arg: 0, maybe: true }] : []),
  }),
];

import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Arg, LoadedFile, Model } from '../../config/model.js';
import { fromBase64Url } from '../base64.js';
import { jwsAlgorithm, verifyMac, verifySignature } from '../jose/jws.js';
import type { JwsAlgorithm } from '../jose/jws.js';
import type { Convert, ConverterRow, Value } from '../row.js';
import { parseVariable } from '../variable.js';
import { checkQuery, compileQuery, queryArgs } from './json_query.js';
import { given, required } from './row.js';
import { textArg } from './secret.js';

/** Results of jwt_verify other than 0 and 1, as the manual lists them. */
const UNKNOWN_ALGORITHM = -1;
const INVALID_TOKEN = -3;
const UNKNOWN_KEY = -5;

/** One part of a token, decoded: the whole of it, or what a path finds in it. */
function query(name: string, doc: string, part: number, sizes: readonly number[]): ConverterRow {
  return {
    name, args: [...queryArgs], in: 'str', out: 'any', doc,
    check: checkQuery,
    compile(args) {
      const find = given(args[0]) && args[0] !== '' ? compileQuery(args) : null;
      return (value) => {
        const parts = (value as string).split('.');
        const bytes = sizes.includes(parts.length) ? fromBase64Url(parts[part]!) : undefined;
        if (bytes === undefined) return undefined;
        const text = bytes.toString('latin1');
        return find === null ? text : find(text);
      };
    },
  };
}

/** The first public key or certificate of a text in PEM, undefined if there is none. */
function publicKey(text: string): KeyObject | undefined {
  const found = /-----BEGIN ((?:RSA )?PUBLIC KEY|CERTIFICATE)-----[^]*?-----END \1-----/.exec(text);
  if (found === null) return undefined;
  try {
    return createPublicKey(found[0]);
  } catch {
    return undefined;
  }
}

/** Keys by the names of their files: what a variable may name. Filled while the rules of a configuration are compiled. */
const keyrings = new WeakMap<Model, Map<string, KeyObject>>();

function keyring(model: Model): Map<string, KeyObject> {
  const keys = keyrings.get(model) ?? new Map<string, KeyObject>();
  keyrings.set(model, keys);
  return keys;
}

interface Token {
  /** Header and payload as they are signed. */
  readonly signed: string;
  readonly signature: Buffer;
}

function parseToken(text: string, unsigned: boolean): Token | undefined {
  const parts = text.split('.');
  const signature = parts.length === 3 ? fromBase64Url(parts[2]!) : undefined;
  if (signature === undefined || (signature.length === 0 && !unsigned)) return undefined;
  return { signed: text.slice(0, text.lastIndexOf('.')), signature };
}

type Verify = (token: Token, algorithm: JwsAlgorithm, secret: string | undefined) => number;

/** `key` is the file's; without it the text that the argument or its variable holds is a secret or names a file of `keys`. */
const verifier = (key: KeyObject | undefined, keys: ReadonlyMap<string, KeyObject>): Verify => (token, algorithm, secret) => {
  if (algorithm.kind === 'none') return Number(token.signature.length === 0);
  if (algorithm.kind === 'hmac') return secret === undefined ? UNKNOWN_KEY : Number(verifyMac(algorithm, secret, token.signed, token.signature));
  const found = key ?? keys.get(secret ?? '');
  return found === undefined ? UNKNOWN_KEY : Number(verifySignature(algorithm, found, token.signed, token.signature));
};

const isFile = (arg: Arg | undefined): arg is LoadedFile => typeof arg === 'object' && arg !== null && 'text' in arg;
const constantAlgorithm = (arg: Arg | undefined): JwsAlgorithm | undefined => jwsAlgorithm(String(arg ?? ''));

function checkAlgorithm(args: readonly Arg[], kinds: readonly JwsAlgorithm['kind'][]): { arg: number; problem: string } | null {
  const named = String(args[0] ?? '');
  if (parseVariable(named) !== undefined) return null;
  const algorithm = constantAlgorithm(named);
  if (algorithm === undefined) return { arg: 0, problem: `unknown JWT algorithm: ${named}` };
  if (!kinds.includes(algorithm.kind)) return { arg: 0, problem: `${named} takes a secret, not a certificate` };
  const key = args[1];
  return isFile(key) && publicKey(key.text) === undefined ? { arg: 1, problem: `'${key.file}' holds no public key in PEM` } : null;
}

/** Verifies with keys by their names; `keys` also has those that only variables may name. */
function compileVerify(args: readonly Arg[], keys: Map<string, KeyObject>): Convert {
  const algorithmOf = textArg(args[0]);
  const key = args[1];
  const own = isFile(key) ? publicKey(key.text) : undefined;
  if (isFile(key) && own !== undefined) keys.set(key.file, own);
  // With a variable for the algorithm, the name of a file may as well be the secret of a MAC.
  const secretOf = isFile(key) ? () => key.file : textArg(key);
  const check = verifier(own, keys);
  return (value, tx): Value | undefined => {
    const [name, secret] = [algorithmOf(tx), secretOf(tx)];
    if (name === undefined || secret === undefined) return undefined;
    const algorithm = jwsAlgorithm(name);
    if (algorithm === undefined) return UNKNOWN_ALGORITHM;
    const token = parseToken(value as string, algorithm.kind === 'none');
    return token === undefined ? INVALID_TOKEN : check(token, algorithm, secret);
  };
}

const PUBLIC: readonly JwsAlgorithm['kind'][] = ['rsa', 'pss', 'ec', 'none'];

const verifyRow: ConverterRow = {
  name: 'jwt_verify', args: [required('alg'), required('key')], in: 'str', out: 'int', doc: '1 if the signature of a JSON Web Token is good, 0 if not, less after an error',
  files(args) {
    if (parseVariable(String(args[1] ?? '')) !== undefined) return [];
    const kind = constantAlgorithm(args[0])?.kind;
    if (kind === 'hmac' || kind === 'none') return [];
    return [{ arg: 1, maybe: kind === undefined }];
  },
  check: (args) => checkAlgorithm(args, [...PUBLIC, 'hmac']),
  compile: (args, { model }) => compileVerify(args, keyring(model)),
};

const verifyCertRow: ConverterRow = {
  name: 'jwt_verify_cert', args: [required('alg'), required('cert')], in: 'str', out: 'int',
  doc: '1 if the signature of a JSON Web Token is good by a certificate, 0 if not, less after an error',
  files: (args) => (parseVariable(String(args[1] ?? '')) !== undefined || String(args[1]).startsWith('@') ? [] : [{ arg: 1 }]),
  check: (args) => checkAlgorithm(args, PUBLIC),
  compile(args, { model }) {
    const keys = new Map<string, KeyObject>();
    for (const { names, pem } of model.certificates) {
      const key = publicKey(pem);
      if (key !== undefined) for (const name of names) keys.set(name, key);
    }
    return compileVerify(args, keys);
  },
};

export const jwtConverters: readonly ConverterRow[] = [
  query('jwt_header_query', 'header of a JSON Web Token, or a value in it by its path', 0, [3, 5]),
  query('jwt_payload_query', 'payload of a signed JSON Web Token, or a value in it by its path', 1, [3]),
  verifyRow, verifyCertRow,
];

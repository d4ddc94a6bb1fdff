import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { SignKeyObjectInput, SignPrivateKeyInput } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { loadText } from '../../../src/config/load.js';
import { bench, rules } from '../../support/rules.js';

const directory = mkdtempSync(join(tmpdir(), 'jwt-'));
afterAll(() => rmSync(directory, { recursive: true }));

const file = (name: string, contents: string): string => {
  writeFileSync(join(directory, name), contents);
  return join(directory, name);
};
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(alg: string, make: (text: string) => Buffer): string {
  const text = `${part({ alg, typ: 'JWT' })}.${part({ iss: 'me', n: 5 })}`;
  return `${text}.${make(text).toString('base64url')}`;
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsaFile = file('rsa.pem', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string);
const ecFile = file('ec.pem', ec.publicKey.export({ type: 'spki', format: 'pem' }) as string);
const privateFile = file('private.pem', ec.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
const signed = (hash: string, key: SignPrivateKeyInput | SignKeyObjectInput) => (text: string): Buffer => sign(hash, Buffer.from(text), key as SignKeyObjectInput);
const mac = (text: string): Buffer => createHmac('sha256', 'secret').update(text).digest();

const HS = token('HS256', mac);
const RS = token('RS384', signed('sha384', { key: rsa.privateKey }));
const PS = token('PS512', signed('sha512', { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }));
const ES = token('ES256', signed('sha256', { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }));
const NONE = token('none', () => Buffer.alloc(0));

const LINES = ['http-request set-var(txn.secret) str(secret)', 'http-request set-var(txn.alg) str(RS384)', `http-request set-var(txn.file) str(${rsaFile})`, 'http-request set-var(txn.bad) str(XX)'];

async function values(expressions: readonly string[]): Promise<(string | undefined)[]> {
  const made = await rules([...LINES, ...expressions.map((expression, i) => `http-request return hdr x-r '%[${expression}]' if { req.hdr(x-n) ${i} }`)]);
  return expressions.map((_expression, i) => /\r\nx-r: (.*)\r\n/.exec(made.request(`GET / HTTP/1.1\nHost: h\nx-n: ${i}\n\n`).response ?? '')?.[1]);
}

test('signatures are verified with the algorithm and the key that the rule names', async () => {
  const expected: readonly (readonly [string, string | undefined])[] = [
    [`str(${HS}),jwt_verify(HS256,secret)`, '1'], [`str(${HS}),jwt_verify(HS256,wrong)`, '0'], [`str(${HS}),jwt_verify(HS256,txn.secret)`, '1'], [`str(${HS}),jwt_verify(HS256,txn.none)`, undefined],
    [`str(${RS}),jwt_verify(RS384,${rsaFile})`, '1'], [`str(${RS}),jwt_verify(RS256,${rsaFile})`, '0'], [`str(${RS}),jwt_verify(txn.alg,txn.file)`, '1'], [`str(${RS}),jwt_verify(txn.alg,txn.secret)`, '-5'], [`str(${RS}),jwt_verify(RS384,${ecFile})`, '0'],
    [`str(${PS}),jwt_verify(PS512,${rsaFile})`, '1'], [`str(${PS}),jwt_verify(PS384,${rsaFile})`, '0'], [`str(${ES}),jwt_verify(ES256,${ecFile})`, '1'], [`str(${ES}),jwt_verify(ES384,${ecFile})`, '0'],
    [`str(${NONE}),jwt_verify(none,x)`, '1'], [`str(${HS}),jwt_verify(none,x)`, '0'], [`str(${HS}),jwt_verify(txn.bad,x)`, '-1'], ['str(a.b),jwt_verify(HS256,secret)', '-3'], ['str(a.b.),jwt_verify(HS256,secret)', '-3'],
    [`str(${HS}),jwt_header_query`, '{"alg":"HS256","typ":"JWT"}'], [`str(${HS}),jwt_header_query("$.alg")`, 'HS256'], [`str(${HS}),jwt_payload_query("$.n","int"),add(1)`, '6'], [`str(${HS}),jwt_payload_query("$.none")`, undefined], ['str(a.b),jwt_payload_query', undefined],
  ];
  expect(await values(expected.map(([expression]) => expression))).toEqual(expected.map(([, value]) => value));
});

test.each([
  [`jwt_verify(RS256,${join(directory, 'none.pem')})`, 'no such file or directory'], [`jwt_verify(RS256,${privateFile})`, 'holds no public key in PEM'], ['jwt_verify(XX256,x)', 'unknown JWT algorithm: XX256'],
  [`jwt_verify_cert(HS256,${rsaFile})`, 'takes a secret, not a certificate'], ['jwt_decrypt_secret(no!)', 'expects a secret in base64'], ['jwt_decrypt_jwk(x)', 'expects a JSON Web Key'],
])('%s is refused', async (converter, problem) => {
  const { diagnostics } = await loadText(`defaults\n mode http\nfrontend f\n bind :1\n http-request set-header x %[str(a),${converter}]\n`);
  expect(diagnostics.filter(({ severity }) => severity === 'alert').map(({ summary }) => summary)).toEqual([expect.stringContaining(problem)]);
});

const A3 = 'eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ';

test('encrypted tokens give their content, or nothing at all', async () => {
  const jwk = '{"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg"}';
  const got = await values([
    `str(${A3}),jwt_decrypt_secret(GawgguFyGrWKav7AX4VKUg)`, `str(${A3}),jwt_decrypt_jwk("${jwk.replaceAll('"', '\\"')}")`, `str(${A3}),jwt_decrypt_secret(AAAAguFyGrWKav7AX4VKUg)`, `str(${A3}),jwt_decrypt_secret(txn.none),length`, `str(${A3}),jwt_decrypt_cert(txn.file)`,
  ]);
  expect(got).toEqual(['Live long and prosper.', 'Live long and prosper.', undefined, '0', undefined]);
});

test('global says which algorithms are accepted; certificates come from crt-store sections', async () => {
  const crt = file('ec.crt', ec.publicKey.export({ type: 'spki', format: 'pem' }) as string);
  const text = [
    'global', ` crt-base ${directory}`, ` key-base ${directory}`, ' jwt.decrypt_alg_list ALL:!A128KW', 'crt-store', ' load crt ec.crt key private.pem jwt on', 'crt-store web', ' load crt ec.crt alias mine jwt on',
    'defaults', ' mode http', ' timeout client 1s', 'frontend f', ' bind 127.0.0.1:8080',
    ` http-request return hdr x-a '%[str(${ES}),jwt_verify_cert(ES256,@web/mine)]' hdr x-b '%[str(${A3}),jwt_decrypt_secret(GawgguFyGrWKav7AX4VKUg),length]' hdr x-c '%[str(${ES}),jwt_verify_cert(ES256,${crt})]'`, '',
  ].join('\n');
  const made = await bench(text);
  const { response } = made.request('GET / HTTP/1.1\nHost: h\n\n');
  expect(response?.match(/x-.: .*/g)?.map((line) => line.trim())).toEqual(['x-a: 1', 'x-b: 0', 'x-c: 1']);
  expect(made.model.certificates.map(({ names }) => names)).toEqual([[crt], ['@web/ec.crt', '@web/mine']]);
  expect(made.model.jwt.algorithms).not.toContain('A128KW');
});

test.each([
  ['load crt none.pem jwt on', "unable to load 'none.pem' (no such file or directory)"], ['load key x jwt on', "'load' expects a certificate"], ['load crt x crt y', "'load' : 'crt' is already defined"],
  ['load crt x jwt maybe', "'jwt' expects 'on' or 'off' (got 'maybe')"], ['load crt x nope y', "'load' cannot handle unexpected argument 'nope'"], ['load crt', "'load' expects a value for 'crt'"],
])('crt-store: %s', async (line, summary) => {
  const { diagnostics } = await loadText(`crt-store\n ${line}\n`);
  expect(diagnostics.map((diagnostic) => diagnostic.summary)).toContain(summary);
});

test('unknown algorithms in global', async () => {
  const { diagnostics } = await loadText('global\n jwt.decrypt_alg_list A128KW:nope\n jwt.decrypt_enc_list ALL\n');
  expect(diagnostics.map(({ summary }) => summary)).toEqual(["'jwt.decrypt_alg_list' : unknown algorithm 'nope'"]);
});

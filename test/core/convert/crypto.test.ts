import { expect, test } from '@jest/globals';
import { loadText } from '../../../src/config/load.js';
import { rules } from '../../support/rules.js';

const NONCE = 'MTIzNDU2Nzg5MDEy';
const BLOCK = 'MTIzNDU2Nzg5MDEyMzQ1Ng==';
const KEY = 'Zm9vb2Zvb29mb29vb29vbw==';

/** Values of expressions after lines that set variables. */
async function values(lines: readonly string[], expressions: readonly string[]): Promise<(string | undefined)[]> {
  const made = await rules([...lines, ...expressions.map((expression, i) => `http-request return hdr x-r '%[${expression}]' if { req.hdr(x-n) ${i} }`)]);
  return expressions.map((_expression, i) => /\r\nx-r: (.*)\r\n/.exec(made.request(`GET / HTTP/1.1\nHost: h\nx-n: ${i}\n\n`).response ?? '')?.[1]);
}

const LINES = [
  `http-request set-var(txn.nonce) str(${NONCE})`, `http-request set-var(txn.key) str(${KEY})`, 'http-request set-var(txn.aad) str(dGVzdAo=)', 'http-request set-var(txn.bad) str(no!)',
  `http-request set-var(txn.gcm) str(secret),aes_gcm_enc(128,txn.nonce,txn.key,txn.tag)`, `http-request set-var(txn.aadgcm) str(secret),aes_gcm_enc(128,${NONCE},${KEY},txn.aadtag,txn.aad)`,
  `http-request set-var(txn.cbc) str(secret),aes_cbc_enc(128,${BLOCK},txn.key)`, `http-request set-var(txn.short) str(secret),aes_cbc_enc(128,${NONCE},txn.key)`,
];

test('AES gives back what was encrypted, and nothing where something does not fit', async () => {
  const expected: readonly (readonly [string, string | undefined])[] = [
    [`var(txn.gcm),aes_gcm_dec(128,${NONCE},${KEY},txn.tag)`, 'secret'], ['var(txn.gcm),aes_gcm_dec(128,txn.nonce,txn.key,txn.tag)', 'secret'], ['var(txn.gcm),aes_gcm_dec(128,txn.nonce,txn.key,txn.aadtag)', undefined],
    ['var(txn.gcm),aes_gcm_dec(256,txn.nonce,txn.key,txn.tag)', undefined], ['var(txn.gcm),aes_gcm_dec(128,txn.nonce,txn.key,txn.none)', undefined], ['var(txn.gcm),aes_gcm_dec(128,txn.bad,txn.key,txn.tag)', undefined],
    ['var(txn.aadgcm),aes_gcm_dec(128,txn.nonce,txn.key,txn.aadtag,dGVzdAo=)', 'secret'], ['var(txn.aadgcm),aes_gcm_dec(128,txn.nonce,txn.key,txn.aadtag)', undefined],
    [`var(txn.cbc),aes_cbc_dec(128,${BLOCK},${KEY})`, 'secret'], [`var(txn.cbc),aes_cbc_dec(128,${BLOCK},dGVzdHRlc3R0ZXN0dGVzdA==)`, undefined], [`var(txn.short),aes_cbc_dec(128,${NONCE},${KEY})`, 'secret'], ['str(odd),aes_cbc_dec(128,txn.nonce,txn.key)', undefined],
    ['var(txn.tag),b64dec,hex,length', '32'],
  ];
  expect(await values(LINES, expected.map(([expression]) => expression))).toEqual(expected.map(([, value]) => value));
});

test.each([
  ['aes_gcm_dec(100,a,b,c)', 'key size must be 128, 192 or 256 (bits)'], ['aes_cbc_enc(128,a!,b)', 'failed to parse nonce'], [`aes_cbc_enc(128,${NONCE},b!)`, 'failed to parse key'],
  [`aes_gcm_enc(128,${NONCE},${KEY},abcd)`, 'expects a variable that takes the tag'], [`aes_gcm_dec(128,${NONCE},${KEY},a!)`, 'failed to parse aead_tag'], [`aes_cbc_dec(128,${NONCE},${KEY},a!)`, 'failed to parse aad'],
])('%s is refused', async (converter, problem) => {
  const { diagnostics } = await loadText(`defaults\n mode http\nfrontend f\n bind :1\n http-request set-header x %[str(a),${converter}]\n`);
  expect(diagnostics.filter(({ severity }) => severity === 'alert').map(({ summary }) => summary)).toEqual([expect.stringContaining(problem)]);
});

import { expect, test } from '@jest/globals';
import { crypt, isKnownHash, sameText } from '../../src/core/crypt.js';

/** Hashes made by `openssl passwd`, and one with a number of rounds from Drepper's specification. */
test.each([
  ['$1$abcdefgh', 'Hello world!', '$1$abcdefgh$fzmjzFdo5nMtBG8gtud5e0'],
  ['$1$abcdefgh', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '$1$abcdefgh$VWPa5IBhJmBLChLT3OjfP1'],
  ['$5$saltstring', 'Hello world!', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
  ['$5$saltstring', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '$5$saltstring$3PViSbfSztd5hizYUP/4RT6QViUnCV0bVBXhRIYPdD3'],
  ['$6$saltstring', 'Hello world!', '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1'],
  ['$6$saltstring', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '$6$saltstring$NB0p8xB.Wxur2sXwqX7C0ePiVRpdLLWmtAHfgG5H34Jf5QwdmVF9/d8rlnVoBFcna2qRSdxZ3blKpoTsz2tPV0'],
  ['$5$rounds=10000$saltstringsaltstring', 'Hello world!', '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA'],
])('%s, %s', (settings, password, expected) => {
  const hash = crypt(password, settings)!;
  expect(hash).toBe(expected);
  expect(crypt(password, hash)).toBe(hash);
  expect(crypt(`${password}x`, hash)).not.toBe(hash);
});

test('the number of rounds has bounds', () => {
  expect(crypt('x', '$5$rounds=10$salt')).toMatch(/^\$5\$rounds=1000\$salt\$/);
});

/** Made by perl's crypt(), the second one also in PHP's manual. */
test.each([
  ['secret', 'abNANd1rDfiNc'], ['rasmuslerdorf', 'rl.3StKT.4T8M'], ['', 'zz6dpSdr.LHZw'], ['longerthan8chars', './haKoGjqSo/Y'],
])('DES of %s', (password, hash) => {
  expect(crypt(password, hash)).toBe(hash);
  expect(crypt(`x${password}`, hash)).not.toBe(hash);
  expect(isKnownHash(hash)).toBe(true);
});

test('other methods are not known', () => {
  expect(['$1$a$b', '$5$a$b', '$6$a$b', 'plain', '$2b$05$abc', '$y$j9T$x'].map(isKnownHash)).toEqual([true, true, true, false, false, false]);
  expect([crypt('x', 'ab'), crypt('x', '$2b$05$abc')]).toEqual([undefined, undefined]);
});

test('texts are compared as a whole', () => {
  expect([sameText('a', 'a'), sameText('a', 'b'), sameText('a', 'aa'), sameText('', '')]).toEqual([true, false, false, true]);
});

import { describe, expect, test } from '@jest/globals';
import { rules } from '../../support/rules.js';

const REQUEST = 'GET /p?x=1 HTTP/1.1\nHost: h\nx-bytes: caf\xc3\xa9"\\\nx-bad: a\xe9\n\n';

/** What the format makes of the request, by way of a variable. */
async function made(format: string): Promise<string | undefined> {
  const bench = await rules([`http-request set-var-fmt(txn.a) "${format}"`, 'http-request return hdr r %[var(txn.a)]']);
  return /\r\nr: (.*)\r\n/.exec(bench.request(REQUEST).response ?? '')?.[1];
}

describe('JSON', () => {
  test.each([
    ['%{+json}o text %(method)HM %HU %(n)cp %(ip)ci', '{"method": "GET", "n": 40000, "ip": "192.0.2.7"}'],
    ['%{+json}o %(t)[always_true] %(i)[int(-5)] %(none)[req.hdr(nope)] %(s)[str(a)] %(cc)CC %(tls)sslv', '{"t": true, "i": -5, "none": null, "s": "a", "cc": null, "tls": null}'],
    ['%{+json}o %(t:str)[always_true] %(i:sint)[str(12x)] %(b:bool)[int(3)] %(f:bool)[int(0)] %(p:str)cp %(x:sint)ci', '{"t": "1", "i": 12, "b": true, "f": false, "p": "40000", "x": 3221225991}'],
    ['%{+json}o %(a)[req.hdr(x-bytes)] %(b)[req.hdr(x-bad)]', '{"a": "caf\xc3\xa9\\"\\\\", "b": "a\xc3\xa9"}'],
    ['%{+json}o %(h)[bin(6100620d)] ', '{"h": "a"}'],
    ['%{+json,+bin}o %(h)[bin(61000d)]', '{"h": "a\\u0000\\r"}'],
    ['%{+json,+X}o %(n)cp %(ip)ci %(ts)Ts', '{"n": "9C40", "ip": "C0000207", "ts": "3B9ACA00"}'],
    ['%{+json}o %(ms)ms %(q)HQ', '{"ms": 0, "q": "?x=1"}'],
    ['%{+json}o nothing %HM', '{}'],
    ['a=%{+json}HM b=%{+json}(x)cp'.replace('{+json}(x)', '(x){+json}'), 'a="GET" b=40000'],
    ['%{+json,+E,+Q}o %(m)HM', '{"m": "GET"}'],
    ['%{+json}o %(big)[int(9223372036854775807)]', '{"big": 9223372036854775807}'],
  ])('%s', async (format, expected) => {
    expect(await made(format)).toBe(expected);
  });

  test('captured headers in CLF style are lists', async () => {
    const bench = await rules([
      'capture request header x-bytes len 3', 'capture request header nope len 9',
      'http-request set-var-fmt(txn.a) "%{+json}o %(one)hr %(list)hrl"', 'http-request return hdr r %[var(txn.a)]',
    ]);
    expect(bench.request(REQUEST).response).toContain('\r\nr: {"one": "{caf|}", "list": ["caf", ""]}\r\n');
  });
});

/** Items of RFC 8949 as they are written by hand. */
const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex').toUpperCase();

describe('CBOR', () => {
  test.each([
    ['%{+cbor}o %(m)HM', `BF61${hex('m')}63${hex('GET')}FF`],
    ['%{+cbor}o %(a)[int(10)] %(b)[int(500)] %(c)[int(-1)] %(d)[int(100000)] %(e)[int(4294967296)] %(f)[int(-9223372036854775808)]',
      `BF61${hex('a')}0A61${hex('b')}1901F461${hex('c')}2061${hex('d')}1A000186A061${hex('e')}1B000000010000000061${hex('f')}3B7FFFFFFFFFFFFFFFFF`],
    ['%{+cbor}o %(t)[always_true] %(f)[always_false] %(n)[req.hdr(nope)]', `BF61${hex('t')}F561${hex('f')}F461${hex('n')}F6FF`],
    ['%{+cbor}o %(l)[str(abcdefghijklmnopqrstuvwxyz)]', `BF61${hex('l')}781A${hex('abcdefghijklmnopqrstuvwxyz')}FF`],
    ['%{+cbor}o %(u)[req.hdr(x-bad)]', `BF61${hex('u')}63${hex('a\xc3\xa9')}FF`],
    ['v=%{+cbor}HM', `v=63${hex('GET')}`],
  ])('%s', async (format, expected) => {
    expect(await made(format)).toBe(expected.endsWith('FF') || format.startsWith('v') ? expected : `${expected}FF`);
  });

  test('with +bin the bytes themselves, and binary samples as byte strings', async () => {
    const bench = await rules([
      'http-request set-var-fmt(txn.a) "%{+cbor,+bin}o %(k)[bin(00ff)]"', 'http-request return hdr r %[var(txn.a),bytes(0),hex] hdr s %[var(txn.a),length]',
    ]);
    const response = bench.request(REQUEST).response!;
    expect(response).toContain('\r\ns: 7\r\n');
    expect(response).toContain('\r\nr: BF616B4200FFFF\r\n');
  });
});

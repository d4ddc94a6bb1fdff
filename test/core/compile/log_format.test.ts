import { describe, expect, test } from '@jest/globals';
import { hostname } from 'node:os';
import { PHASE_RESPONSE } from '../../../src/core/abi.js';
import { encodeHttp } from '../../../src/core/compile/log_format.js';
import { evaluate, rules } from '../../support/rules.js';

const REQUEST = 'GET /p/a?x=1&y=2 HTTP/1.1\nHost: h\n\n';

test('aliases give what HAProxy gives before the end of a stream', async () => {
  const expected: readonly (readonly [string, string | undefined])[] = [
    ['%ci:%cp', '192.0.2.7:40000'], ['%fi:%fp', '198.51.100.1:80'], ['%f %ft', 'fe fe'], ['%b', 'fe'], ['%s', '<NOSRV>'], ['%HM', 'GET'], ['%HU', '/p/a?x=1&y=2'],
    ['%HP', '/p/a'], ['%HPO', '/p/a'], ['%HQ', '?x=1&y=2'], ['%HV', 'HTTP/1.1'], ['%H', hostname()], ['%r', 'GET /p/a?x=1&y=2 HTTP/1.1'], ['%ST', '-1'],
    ['%Ts', '1000000000'], ['%T', '09/Sep/2001:01:46:40 +0000'], ['%ms', '000'], ['%pid', String(process.pid)],
    ['%Tc/%Tw/%TR/%Tr/%Tt/%Ta/%Ti/%Th/%Tq/%Td/%Tu', '-1/-1/-1/-1/0/0/0/0/-1/-1/0'], ['%trg', '09/Sep/2001:01:46:40 +0000'], ['%B/%U', '0/0'], ['%ts', '--'], ['%rc', '0'], ['%ac/%fc/%bc/%sc/%bq/%sq', '0/0/0/0/0/0'], ['%si:%sp', ':'], ['%tsc', '----'], ['%CC%CS%sslv%bi%bp', undefined],
  ];
  const got = await evaluate(expected.map(([format]) => format), REQUEST);
  expect(expected.map(([format], i) => [format, got[i]])).toEqual(expected);
});

test('flags quote, escape and show hexadecimal', async () => {
  const formats = ['%{+Q}HU', '%{+Q}[path]', '%{+Q}o %HM %HU', '%{+X}ci', '%{+X}Ts', '%{+X}cp', '%{+E}[str(a\\]b)]', '%%x', 'a  b'];
  const got = await evaluate(formats, REQUEST);
  // Samples are not quoted in header fields, whatever the flags say: as HAProxy does.
  expect(got).toEqual(['"/p/a?x=1&y=2"', '/p/a', ' "GET" "/p/a?x=1&y=2"', 'C0000207', '3B9ACA00', '9C40', 'a\\\\\\]b', '%x', 'a  b']);
});

test('a variable gets text as it is, and quotes', async () => {
  const made = await rules(['http-request set-var-fmt(txn.a) "%{+Q}[path]-%{+Q}[req.hdr(nope)]"', 'http-request return hdr r %[var(txn.a)]']);
  expect(made.request(REQUEST).response).toContain('\r\nr: "/p/a"-""\r\n');
});

test('in response rules the server is known', async () => {
  const made = await rules([], ['http-response set-header r %s-%b-%si:%sp-%ST']);
  expect(made.response('HTTP/1.1 204 No\n\n', { phase: PHASE_RESPONSE, server: 's1' }).head.at(-1)).toBe('r: s1-be-127.0.0.1:8081-204');
});

describe('encoding of control characters', () => {
  test('every byte', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_unused, i) => i));
    const encoded = encodeHttp(all);
    for (let code = 0; code < 256; code++) {
      const forbidden = (code < 32 && code !== 9) || code === 127;
      const hex = `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
      expect(encodeHttp(String.fromCharCode(code))).toBe(forbidden ? hex : String.fromCharCode(code));
    }
    expect(encoded).toHaveLength(256 + 32 * 2);
  });
});

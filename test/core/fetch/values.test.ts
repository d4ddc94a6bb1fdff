import { describe, expect, test } from '@jest/globals';
import { evaluate, rules } from '../../support/rules.js';

const REQUEST = [
  'GET /p/a?x=1&y=2 HTTP/1.1', 'Host: www.Example.com:80', 'X-L: a,,b', 'X-L: c , d', 'x-q: "a,b",c\\"d,"e\\",f"', 'X-IP: 1.2.3.4', 'x-v: 12abc', 'x-w: 33',
  'cookie: a=1; b=2; b="x y"; c', '', '',
].join('\n');

/** What HAProxy 2.6 gives for the same request; undefined = no header is made of it, because it is empty. */
const EXPECTED: readonly (readonly [format: string, value: string | undefined])[] = [
  ['%[req.hdr(x-l)]', 'd'], ['%[req.hdr(x-l,1)]', 'a'], ['%[req.hdr(x-l,2)]', undefined], ['%[req.hdr(x-l,3)]', 'b'], ['%[req.hdr(x-l,-1)]', 'd'],
  ['%[req.hdr(x-l,-2)]', 'c'], ['%[req.hdr(x-l,9)]', undefined], ['%[hdr(x-l)]', 'd'],
  ['%[req.hdr_cnt(x-l)]', '5'], ['%[req.fhdr_cnt(x-l)]', '2'], ['%[req.fhdr(x-l)]', 'c , d'], ['%[req.fhdr(x-l,1)]', 'a,,b'],
  ['%[req.hdr(x-q,1)]', '"a,b"'], ['%[req.hdr(x-q,2)]', 'c\\"d,"e\\",f"'], ['%[req.hdr_cnt(x-q)]', '2'], ['%[req.hdr_cnt(nope)]', '0'],
  ['%[req.hdr(x-ip),ipmask(24)]', '1.2.3.0'], ['%[req.hdr_ip(x-ip)]', '1.2.3.4'], ['%[req.hdr_val(x-v)]', '12'], ['%[req.hdr_val(x-w)]', '33'],
  ['%[req.hdr_names]', 'host,x-l,x-l,x-q,x-ip,x-v,x-w,cookie,x-n'],
  ['%[method]', 'GET'], ['%[path]', '/p/a'], ['%[pathq]', '/p/a?x=1&y=2'], ['%[url]', '/p/a?x=1&y=2'], ['%[query]', 'x=1&y=2'],
  ['%[query(with_qm)]', '?x=1&y=2'], ['%[base]', 'www.Example.com:80/p/a'], ['%[baseq]', 'www.Example.com:80/p/a?x=1&y=2'],
  ['%[base32]', '704969887'], ['%[url32]', '3228210039'], ['%[req.ver]', '1.1'], ['%[http_first_req]', '1'],
  ['%[req.cook(a)]', '1'], ['%[req.cook(b)]', '"x y"'], ['%[req.cook_cnt(b)]', '2'], ['%[req.cook()]', '1'], ['%[req.cook_val(a)]', '1'],
  ['%[req.cook_cnt]', '3'], ['%[req.cook(c)]', undefined], ['%[req.cook_names]', 'a,b,b'],
  ['%[urlp(x)]', '1'], ['%[urlp(y)]', '2'], ['%[urlp()]', '1'], ['%[urlp_val(x)]', '1'], ['%[urlp(X)]', undefined], ['%[url_param(y)]', '2'],
  ['%[url_ip]', undefined], ['%[url_port]', undefined],
  ['%[src]', '192.0.2.7'], ['%[src_port]', '40000'], ['%[dst]', '198.51.100.1'], ['%[dst_port]', '80'], ['%[src,add(1)]', '3221225992'],
  ['%[nbproc]', '1'], ['%[proc]', '1'], ['%[thread]', '3'], ['%[always_true]', '1'], ['%[always_false]', '0'], ['%[ssl_fc]', '0'], ['%[fe_name]', 'fe'],
  ['%[fe_id]', '2'], ['%[fe_defbe]', 'be'], ['%[nbsrv(be)]', '1'], ['%[be_conn(be)]', '0'], ['%[srv_is_up(be/s1)]', '1'], ['%[rand(1)]', '0'],
  ['%[str(nope),word(5,_)]', undefined], ['%[str()]', undefined], ['%[bin(414243)]', 'ABC'], ['%[bin(0a41ff7f22)]', '%0AA\xff%7F"'], ['%[bool(true)]', '1'],
  ['%[int(-5)]', '-5'], ['%[ipv4(1.2.3.4)]', '1.2.3.4'], ['%[ipv6(2001:db8:0:0:1:0:0:1)]', '2001:db8::1:0:0:1'], ['%[ipv6(::1)]', '::1'],
  ['%[ipv6(::ffff:1.2.3.4)]', '::ffff:1.2.3.4'], ['%[var(txn.none)]', undefined], ['%[var(txn.none,def)]', 'def'],
  ['%[capture.req.method] %[capture.req.uri] %[capture.req.ver]', 'GET /p/a?x=1&y=2 HTTP/1.1'],
  ['%[accept_date]', '1000000000'], ['%[accept_date(ms)]', '1000000000000'], ['%[fc_http_major]', '1'],
];

test('fetches give what HAProxy gives for a request', async () => {
  // The number of the list's own ids differs: a frontend is 1 in a configuration without defaults.
  const wanted = EXPECTED.filter(([format]) => format !== '%[fe_id]');
  const got = await evaluate(wanted.map(([format]) => format), REQUEST);
  expect(wanted.map(([format], i) => [format, got[i]])).toEqual(wanted);
});

describe('request targets', () => {
  const formats = ['%[path]', '%[pathq]', '%[query]', '%[url]', '%[url_ip]', '%[url_port]', '%[base]'];
  test.each([
    ['http://192.0.2.1:8080/x?y#z', ['/x', '/x?y#z', 'y#z', 'http://192.0.2.1:8080/x?y#z', '192.0.2.1', '8080', 'h/x']],
    ['http://[2001:db8::1]/', ['/', '/', undefined, 'http://[2001:db8::1]/', '2001:db8::1', '80', 'h/']],
    ['http://name', [undefined, undefined, undefined, 'http://name', undefined, '80', 'h']],
    ['*', [undefined, undefined, undefined, '*', undefined, undefined, 'h']],
    ['/?', ['/', '/?', undefined, '/?', undefined, undefined, 'h/']],
    ['//double//', ['//double//', '//double//', undefined, '//double//', undefined, undefined, 'h//double//']],
  ])('%s', async (target, expected) => {
    expect(await evaluate(formats, `GET ${target} HTTP/1.1\nHost: h\n\n`)).toEqual(expected);
  });
});

describe('response rules', () => {
  test('see the response, and of the request its method', async () => {
    const made = await rules([], ['http-response set-header x %[status]-%[res.hdr(a)]-%[res.hdr_cnt(a)]-%[res.ver]-%[res.cook(sid)]-%[method]']);
    const outcome = made.response('HTTP/1.0 404 Not Found\nA: 1, 2\nSet-Cookie: sid=7; path=/x\n\n', { method: 'POST' });
    expect(outcome.head.at(-1)).toBe('x: 404-2-2-1.0-7-POST');
  });

  test('know server and backend', async () => {
    const made = await rules([], ['http-response set-header x %[srv_name]-%[srv_id]-%[be_name]-%[fe_name]']);
    expect(made.response('HTTP/1.1 200 OK\n\n', { server: 's1' }).head.at(-1)).toBe('x: s1-1-be-fe');
  });
});

test('an address that is no IP address is no sample', async () => {
  expect(await evaluate(['%[src]', '%[src_port]', '%[dst]'], 'GET / HTTP/1.1\n\n', { src: 'unix', dst: 'unix' })).toEqual([undefined, undefined, undefined]);
});

test('Authorization is taken apart', async () => {
  const basic = await evaluate(['%[http_auth_type] %[http_auth_user] %[http_auth_pass]', '%[http_auth_bearer]'], 'GET / HTTP/1.1\nAuthorization: Basic dTpwOnE=\n\n');
  expect(basic).toEqual(['Basic u p:q', undefined]);
  expect(await evaluate(['%[http_auth_bearer]', '%[http_auth_user]'], 'GET / HTTP/1.1\nAuthorization: Bearer a.b\n\n')).toEqual(['a.b', undefined]);
});

test('the body that has arrived', async () => {
  const got = await evaluate(['%[req.body]', '%[req.body_len]', '%[req.body_size]'], 'POST / HTTP/1.1\nContent-Length: 100\n\nhello');
  expect(got).toEqual(['hello', '5', '100']);
});

import { describe, expect, test } from '@jest/globals';
import { CB_SESSIONS, CF_REQUESTS, CF_SESSIONS, CS_SESSIONS, PHASE_AFTER, PHASE_RESPONSE } from '../../../src/core/abi.js';
import { backendCounter, frontendCounter, serverCounter } from '../../../src/core/cells.js';
import { chunkData } from '../../../src/core/fetch/body.js';
import { looseInt } from '../../../src/core/fetch/decimal.js';
import { variableInt } from '../../../src/core/fetch/header.js';
import { bench, evaluate, rules } from '../../support/rules.js';

const header = (response: string | null): string | undefined => /\r\nx-r: (.*)\r\n/.exec(response ?? '')?.[1];

describe('acl()', () => {
  test('is true if all are, a name after ! inverted; lines of one name add up, also behind its use', async () => {
    const made = await rules([
      'acl a path /a', "http-request return hdr x-r '%[acl(a,b)]%[acl(!a)]%[acl(a,!b)]'", 'acl b hdr(x) 1', 'acl b hdr(x) 2',
    ]);
    const ask = (path: string, x: string) => header(made.request(`GET ${path} HTTP/1.1\nx: ${x}\n\n`).response);
    expect([ask('/a', '1'), ask('/a', '2'), ask('/a', '3'), ask('/b', '1')]).toEqual(['100', '100', '001', '010']);
  });

  test('names that are no ACLs are errors', async () => {
    await expect(rules(['http-request deny if { acl(nope) }'])).rejects.toThrow("unable to find acl 'nope' referenced in arg 1 of 'acl'");
  });
});

describe('userlists', () => {
  const text = [
    'userlist people', '  group admins users ann', '  group staff', '  user ann insecure-password secret', '  user bob password $5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5 groups staff',
    '  user eve insecure-password e', 'defaults', '  mode http', '  timeout client 5s', '  timeout server 5s', '  timeout connect 5s', 'frontend fe', '  bind 127.0.0.1:8080',
    "  http-request return hdr x-r '%[http_auth(people)]-%[http_auth_group(people)]-admin' if { http_auth_group(people) admins }",
    "  http-request return hdr x-r '%[http_auth(people)]-%[http_auth_group(people)]-found' if { http_auth_group(people) -m found }",
    "  http-request return hdr x-r '%[http_auth(people)]-%[http_auth_group(people)]'", '',
  ].join('\n');
  const ask = async (user: string, password: string): Promise<string | undefined> => {
    const made = await bench(text);
    const authorization = user === '' ? '' : `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}\n`;
    return header(made.request(`GET / HTTP/1.1\n${authorization}\n`).response);
  };

  test.each([
    ['ann', 'secret', '1-ann-admin'], ['ann', 'Secret', '0-'], ['bob', 'Hello world!', '1-bob-found'], ['bob', 'hello', '0-'], ['eve', 'e', '1-eve-found'], ['nobody', '', '0-'], ['', '', '0-'],
  ])('%s with %j', async (user, password, expected) => {
    expect(await ask(user, password)).toBe(expected);
  });

  test('a list that is none is an error', async () => {
    await expect(rules(['http-request deny if { http_auth(nobody) }'])).rejects.toThrow("unable to find userlist 'nobody' referenced in arg 1 of 'http_auth'");
  });
});

test('variables in one text', async () => {
  const made = await rules([
    'http-request set-var(txn.name) req.hdr(q)', 'http-request set-var(txn.n) int(42)', 'http-request set-var(txn.yes) bool(true)', 'http-request set-var(sess.ip) src',
    'http-request set-var(req.data) bin(48656c)', "http-request return hdr x-r '%[dump_all_vars()]|%[dump_all_vars(txn,n)]|%[dump_all_vars(txn,,;)]|%[dump_all_vars(res)]'",
  ]);
  const quoted = 'txn.name="John \\"D\\\\oe\\""';
  expect(header(made.request('GET / HTTP/1.1\nq: John "D\\oe"\n\n').response)).toBe(
    `sess.ip=192.0.2.7, ${quoted}, txn.n=42, txn.yes=true, req.data=x48656c|${quoted}, txn.n=42|${quoted};txn.n=42;txn.yes=true|`);
});

describe('the body', () => {
  const POST = 'POST / HTTP/1.1\nContent-Length: 23\n\na=1&b=&C=%41&flag&a=2&c';

  test('holds parameters', async () => {
    const formats = ['a', 'b', 'c', 'c,i', 'flag', '', 'none'].map((args) => `%[req.body_param(${args})]`);
    expect(await evaluate(formats, POST)).toEqual(['1', undefined, undefined, '%41', undefined, '1', undefined]);
  });

  test('all parameters are seen by ACLs', async () => {
    const made = await rules(["http-request return hdr x-r yes if { req.body_param(a) 2 }", "http-request return hdr x-r no"]);
    expect(header(made.request(POST).response)).toBe('yes');
  });

  test('of a response is there as far as it has come', async () => {
    const made = await rules([], ["http-response set-header x-r %[res.body]-%[res.body_len]-%[res.body_size]"]);
    expect(made.response('HTTP/1.1 200 OK\nContent-Length: 9\n\nhello').head.at(-1)).toBe('x-r: hello-5-9');
  });

  test('in chunks comes without the lines between them', async () => {
    const request = 'POST / HTTP/1.1\nTransfer-Encoding: gzip, Chunked\n\n5\nhello\n3;x=y\n wo\n9\nrld';
    expect(await evaluate(['%[req.body]', '%[req.body_len]', '%[req.body_size]'], request)).toEqual(['hello world', '11', '11']);
  });

  test.each([['', ''], ['0\r\n\r\n', ''], ['a', ''], ['zz\r\nabc', ''], ['1\r\nx\r\n0\r\nTrailer: 1\r\n\r\n', 'x'], ['2\nab\n1\nc\n', 'abc']])('%j holds %j', (text, expected) => {
    expect(chunkData(text)).toBe(expected);
  });

});

describe('headers in binary form', () => {
  test.each([[0, '\0'], [239, '\xef'], [240, '\xf0\0'], [241, '\xf1\0'], [2287, '\xff\x7f'], [2288, '\xf0\x80\0'], [264_431, '\xff\xff\x7f'], [264_432, '\xf0\x80\x80\0']])('%i', (value, expected) => {
    expect(variableInt(value)).toBe(expected);
  });

  test('names in lower case and values, each after its length', async () => {
    const made = await rules(["http-request return hdr x-r %[req.hdrs_bin,hex]"]);
    expect(header(made.request('GET / HTTP/1.1\nAb: c\nD:\n\n').response)).toBe('0261620163016400'.concat('0000'));
  });
});

test.each([['', 0], ['12abc', 12], ['-5', -5], ['1.5', 85], ['%41', -1059], ['abc', 0], ['-', 0], ['4294967297', 1], ['9223372036854775808', 0], ['\xff', -49]])('%j is loosely %i', (text, expected) => {
  expect(looseInt(text)).toBe(expected);
});

test('rates of this worker and of the others', async () => {
  const made = await rules(["http-request return hdr x-r '%[fe_sess_rate] %[fe_req_rate] %[be_sess_rate(be)] %[srv_sess_rate(be/s1)] %[fe_sess_rate(fe)]'"]);
  const [fe, be] = [made.proxy('fe'), made.proxy('be')];
  for (const [cell, count] of [[frontendCounter(fe, CF_SESSIONS), 3], [frontendCounter(fe, CF_REQUESTS), 4], [backendCounter(be, CB_SESSIONS), 5], [serverCounter(2, 0, CS_SESSIONS), 6]] as const) {
    made.counters[cell]! += BigInt(count);
  }
  expect(header(made.request('GET / HTTP/1.1\n\n').response)).toBe('3 4 5 6 3');
});

test('cookies of either direction', async () => {
  const made = await rules(['http-request return hdr x-r %[cookie(a)] if { path /q }'], ["http-response set-header x-r %[cookie(a)]-%[set-cookie(a)]"]);
  expect(header(made.request('GET /q HTTP/1.1\ncookie: a=1\n\n').response)).toBe('1');
  expect(made.response('HTTP/1.1 200 OK\nset-cookie: a=2; path=/\n\n').head.at(-1)).toBe('x-r: 2-2');
});

test('the unique id is made once for a request', async () => {
  const made = await rules(['unique-id-format %[rand(1000000000)]-%[src]', "http-request return hdr x-r '%[unique-id] %[unique-id]'"]);
  const ask = (requests: number) => header(made.request('GET / HTTP/1.1\n\n', { requests }).response)!;
  const [first, again] = ask(1).split(' ');
  expect(first).toMatch(/^[0-9]+-192\.0\.2\.7$/);
  expect(again).toBe(first);
  expect(ask(1).split(' ')[0]).toBe(first);
  expect(ask(2).split(' ')[0]).not.toBe(first);
});

test('the request line is known to response rules that ask for it', async () => {
  const made = await rules(['http-request set-method PUT', 'http-request set-uri /new'], [
    'http-response set-header x-r "%[capture.req.method] %[capture.req.uri] %[capture.req.ver] %[req.ver]"', 'http-after-response set-header x-s %[capture.req.method]',
  ]);
  made.request('BREW /old?x HTTP/1.0\n\n');
  expect(made.response('HTTP/1.1 200 OK\n\n', { phase: PHASE_RESPONSE }).head.at(-1)).toBe('x-r: BREW /old?x HTTP/1.0 1.0');
  expect(made.response('HTTP/1.1 200 OK\n\n', { phase: PHASE_AFTER }).head.at(-1)).toBe('x-s: BREW');
});

test('constants of one process', async () => {
  expect(await evaluate(['%[tgroup]', '%[quic_enabled]', '%[cpu_usage_thr,mod(1)]', '%[cpu_usage_grp,mod(1)]', '%[cpu_usage_proc,mod(1)]'], 'GET / HTTP/1.1\n\n')).toEqual(['0', '0', '0', '0', '0']);
});

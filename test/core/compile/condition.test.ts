import { expect, test } from '@jest/globals';
import { VERDICT_SERVER } from '../../../src/core/abi.js';
import { rules } from '../../support/rules.js';

/** Which conditions hold for a request, each in a rule that adds its number to a header. */
async function holding(conditions: readonly string[], request: string, acls: readonly string[] = []): Promise<boolean[]> {
  const made = await rules([...acls, ...conditions.map((condition, i) => `http-request add-header x-held ${i} ${condition}`)]);
  const held = new Set(made.request(request).head.filter((line) => line.startsWith('x-held')).map((line) => Number(line.split(' ')[1])));
  return conditions.map((_condition, i) => held.has(i));
}

const REQUEST = 'GET /img/a.png?q=1 HTTP/1.1\nHost: www.example.com\nX-Forwarded-For: 10.0.0.1, 192.168.1.5\nCookie: a=1; b=2\n\n';

async function expectAll(expected: Readonly<Record<string, boolean>>, acls: readonly string[] = []): Promise<void> {
  const conditions = Object.keys(expected);
  const held = await holding(conditions, REQUEST, acls);
  expect(Object.fromEntries(conditions.map((condition, i) => [condition, held[i]]))).toEqual(expected);
}

test('terms are and-ed, or-ed and negated', () => expectAll({
  'if { path_beg /img } { path_end .png }': true,
  'if { path_beg /img } { path_end .gif }': false,
  'if { path_beg /x } or { path_end .png }': true,
  'if { path_beg /x } || { path_end .gif } || { method GET }': true,
  'if !{ path_beg /x } { method GET }': true,
  'unless { path_beg /img }': false,
  'unless { path_beg /x } or { path_beg /y }': true,
  'if { path_beg /img } { method GET } { path_end .png } { req.ver 1.1 }': true,
  'if TRUE': true,
  'if FALSE or METH_GET': true,
  'if METH_POST or HTTP_1.1': true,
}));

test('several lines of one ACL are alternatives', () => expectAll({ 'if static': true, 'if !static': false, 'if other': false }, [
  'acl static path_beg /css', 'acl static path_end .png .gif', 'acl other path_beg /css',
]));

test('every value of a header, cookie or parameter is tried', () => expectAll({
  'if { req.hdr_ip(x-forwarded-for) 10.0.0.0/8 }': true,
  'if { req.hdr_ip(x-forwarded-for) 192.168.0.0/16 }': true,
  'if { req.hdr_ip(x-forwarded-for,1) 192.168.0.0/16 }': false,
  'if { req.hdr_ip(x-forwarded-for) 172.16.0.0/12 }': false,
  'if { req.hdr(x-forwarded-for) -m beg 10. }': true,
  'if { req.fhdr(x-forwarded-for) -m end .5 }': true,
  'if { req.cook() 2 }': true,
  'if { urlp() 1 }': true,
}));

test('what is not there matches nothing, not even its negation in the pattern', () => expectAll({
  'if { req.hdr(nope) -m found }': false,
  'if !{ req.hdr(nope) -m found }': true,
  'if { req.hdr_cnt(nope) eq 0 }': true,
  'if { req.hdr(host) -m found }': true,
  'if { req.hdr(nope) "" }': false,
}));

test('methods are chosen by flag, keyword or type', () => expectAll({
  'if { hdr_dom(host) example.com }': true,
  'if { hdr_dom(host) ample }': false,
  'if { req.hdr(host) -i WWW.EXAMPLE.COM }': true,
  'if { req.hdr(host) WWW.EXAMPLE.COM }': false,
  'if { path_reg ^/i.g/ }': true,
  'if { path_len gt 5 }': true,
  'if { path_len lt 5 }': false,
  'if { src 192.0.2.0/24 }': true,
  'if { dst_port 1:1024 }': true,
  'if { src_port gt 40000 }': false,
  'if { req.hdr(host),length 15 }': true,
  'if { str(x) -m str x }': true,
  'if { int(5) gt 6 }': false,
  'if { nbsrv(be) ge 1 }': true,
  'if { always_true }': true,
}));

test('conditions see what earlier rules changed', async () => {
  const made = await rules(['http-request set-header x new', 'http-request set-path /other', 'http-request deny if { req.hdr(x) new } { path /other }']);
  expect(made.request(REQUEST).response).toMatch(/^HTTP\/1\.1 403 /);
});

test('a constant condition costs nothing at run time and decides all the same', async () => {
  const made = await rules(['http-request set-header a b if { bool(true) } { str(x),length 1 }', 'http-request deny if { env(NO_SUCH_NAME) -m found }']);
  const outcome = made.request(REQUEST);
  expect(outcome.code).toBe(VERDICT_SERVER);
  expect(outcome.head).toContain('a: b');
});

test('alternatives on one sample are what they are one by one, also when their lists change', async () => {
  const acls = ['acl a path_beg /a', 'acl b path_beg /b /bb', 'acl c path_end .c', 'acl d path_beg -i /D', 'acl e src 10.0.0.0/8', 'acl f path_beg /f'];
  const made = await rules([...acls, 'http-request set-header held yes if a or b or c or d or e or f']);
  const held = (path: string, src = '192.0.2.1'): boolean => made.request(`GET ${path} HTTP/1.1\n\n`, { src }).head.includes('held: yes');
  expect(['/a', '/bb', '/x.c', '/dx', '/F', '/f', '/'].map((path) => held(path))).toEqual([true, true, true, true, false, true, false]);
  expect(held('/', '10.1.1.1')).toBe(true);
  made.plan.patterns.change(0, { op: 'del', key: '/a' });
  made.plan.patterns.change(5, { op: 'add', key: '/g', value: '' });
  expect(['/a', '/bb', '/g', '/f'].map((path) => held(path))).toEqual([false, true, true, true]);
});

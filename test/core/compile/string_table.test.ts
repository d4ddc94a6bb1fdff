import { describe, expect, test } from '@jest/globals';
import { rules } from '../../support/rules.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'b', 'A'];

/** The same rules twice: as one look-up, and each with a second term, which makes them single conditions. */
async function bothWays(line: (key: string, i: number) => string, criterion: string) {
  const made = await Promise.all(['', ' { always_true } { src 0.0.0.0/0 }'].map((more) => rules([
    ...KEYS.map((key, i) => `${line(key, i)} if { ${criterion} ${key} }${more}`), 'http-request set-header end yes',
  ])));
  return (request: string) => made.map((bench) => bench.request(request).head.slice(1));
}

const request = (...headers: string[]): string => `GET /p HTTP/1.1\n${headers.map((header) => `${header}\n`).join('')}\n`;

describe.each(['req.hdr(k) -m str', 'req.hdr(k) -i -m str', 'req.hdr(k),lower -m str', 'req.fhdr(k) -m str'])('%s', (criterion) => {
  test.each([
    ['no value', []], ['a value that no rule has', ['k: x']], ['a value of one rule', ['k: a']], ['a value of several rules', ['k: b']],
    ['several values', ['k: e, a', 'k: c']], ['another case', ['k: A']],
  ])('rules that go on: %s', async (_name, headers) => {
    const [one, other] = (await bothWays((_key, i) => `http-request add-header x ${i}`, criterion))(request(...headers));
    expect(one).toEqual(other);
    expect(one).toContain('end: yes');
  });

  test('a rule that changes what the others compare', async () => {
    const run = await bothWays((key, i) => (i === 0 ? 'http-request set-header k b' : `http-request add-header x ${key}${i}`), criterion);
    const [one, other] = run(request('k: a'));
    expect(one).toEqual(other);
    expect(one).toContain('x: b1');
  });

  test('a rule that ends the set', async () => {
    const run = await bothWays((_key, i) => (i === 1 ? 'http-request allow' : `http-request add-header x ${i}`), criterion);
    const [one, other] = run(request('k: e', 'k: b'));
    expect(one).toEqual(other);
    expect(one).not.toContain('end: yes');
  });
});

test('changes of the lists change the look-up', async () => {
  const bench = await rules([...'abcdef'].map((key) => `http-request add-header x ${key} if { req.hdr(k) -m str ${key} }`));
  const { patterns } = bench.plan;
  const seen = (key: string): string[] => bench.request(request(`k: ${key}`)).head.slice(2);
  expect([seen('a'), seen('new')]).toEqual([['x: a'], []]);
  patterns.change(1, { op: 'add', key: 'new', value: '' });
  patterns.change(0, { op: 'del', key: 'a' });
  expect([seen('a'), seen('new'), seen('b')]).toEqual([[], ['x: b'], ['x: b']]);
});

test('lines of one ACL are alternatives in a look-up too', async () => {
  const acls = ['acl one hdr(host) a b', 'acl one hdr(host) c', 'acl two hdr(host) d', 'acl three hdr(host) e', 'acl four hdr(host) a'];
  const bench = await rules([...acls, ...['one', 'two', 'three', 'four'].map((name) => `http-request add-header x ${name} if ${name}`)]);
  const seen = (host: string): string[] => bench.request(request(`host: ${host}`)).head.slice(2);
  expect([seen('a'), seen('c'), seen('d'), seen('z')]).toEqual([['x: one', 'x: four'], ['x: one'], ['x: two'], []]);
});

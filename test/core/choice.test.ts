import { expect, test } from '@jest/globals';
import { bench } from '../support/rules.js';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A frontend with these rules and one backend for each of the names. */
const choose = async (...lines: string[]) => {
  const made = await bench([
    'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80',
    ...lines.map((line) => ` ${line}`), ' default_backend f', ...names.flatMap((name) => [`backend ${name}`, ' server s 127.0.0.1:1']), '',
  ].join('\n'));
  return (host: string, path = '/') => made.request(`GET ${path} HTTP/1.1\n${host === '' ? '' : `Host: ${host}\n`}\n`).backend;
};

test('a run of rules on one header chooses as the rules one by one', async () => {
  const hosts = ['use_backend a if { hdr(host) -i A.x }', 'use_backend b if { hdr(host) -i b.x bb.x }', 'use_backend c if { hdr(host) -i c.x a.x }', 'use_backend d if { hdr(host) -i D.X }'];
  const chosen = await choose(...hosts);
  expect(['a.X', 'bb.x', 'c.x', 'd.x', 'e.x', ''].map((host) => chosen(host))).toEqual(['a', 'b', 'c', 'd', 'f', 'f']);
});

test('among several values the rule that comes first decides, whatever the order of the values', async () => {
  const chosen = await choose(...['a', 'b', 'c', 'd'].map((name) => `use_backend ${name} if { hdr(host) ${name} }`));
  expect(chosen('d, c, b')).toBe('b');
});

test('rules before, between and after a run keep their places', async () => {
  const acls = names.map((name) => `acl is-${name} hdr(host) ${name}`);
  const chosen = await choose(
    ...acls, 'use_backend e if { path /first }', 'use_backend a if is-a', 'use_backend b if is-b', 'use_backend c if is-c', 'use_backend d if is-d',
    'use_backend d if { path /between }', 'use_backend a if is-e', 'use_backend b if !is-f', 'use_backend c if is-f { path /x }',
  );
  expect(chosen('a', '/first')).toBe('e');
  expect(chosen('b')).toBe('b');
  expect(chosen('c', '/between')).toBe('c');
  expect(chosen('z', '/between')).toBe('d');
  expect(chosen('e')).toBe('a');
  expect(chosen('z')).toBe('b');
  expect(chosen('f', '/x')).toBe('c');
  expect(chosen('f')).toBe('f');
});

test('rules that differ in case or sample are no run', async () => {
  const chosen = await choose(
    'use_backend a if { hdr(host) -i x }', 'use_backend b if { hdr(host) X }', 'use_backend c if { hdr(host) y }', 'use_backend d if { path y }', 'use_backend e if { hdr(host),lower y }',
  );
  expect(['X', 'y', 'Y'].map((host) => chosen(host))).toEqual(['a', 'c', 'e']);
});

test('rules on two samples that alternate are two look-ups, and the first rule decides', async () => {
  const lines = ['a', 'b', 'c', 'd'].flatMap((name, i) => [`use_backend ${name} if { hdr(host) -i ${name} }`, `use_backend ${names[5 - i]} if { path /${name} }`]);
  const chosen = await choose(...lines, 'use_backend e if { path_beg /late }');
  expect(chosen('a', '/a')).toBe('a');
  expect(chosen('b', '/a')).toBe('f');
  expect(chosen('c', '/d')).toBe('c');
  expect(chosen('z', '/d')).toBe('c');
  expect(chosen('z', '/late')).toBe('e');
  expect(chosen('z', '/')).toBe('f');
});

test('conditions that set variables are evaluated one by one', async () => {
  const chosen = await choose(
    ...['a', 'b', 'c', 'd'].map((name) => `use_backend ${name} if { hdr(host),set-var(txn.h) ${name} }`), 'use_backend e if { var(txn.h) -m str z }',
  );
  expect(chosen('z')).toBe('e');
  expect(chosen('c')).toBe('c');
});

test('unpublished and disabled backends are passed over, unless the frontend forces the switch', async () => {
  const made = await bench([
    'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80', ' force-be-switch if { req.hdr(x) admin }',
    ...['a', 'b', 'c', 'd'].map((name) => ` use_backend ${name} if { hdr(host) x }`), ' use_backend %[path,field(2,/)]', ' default_backend a', 'backend a', ' be-unpublished', ' server s 127.0.0.1:1',
    'backend b', ' disabled', ' server s 127.0.0.1:1', 'backend c', ' server s 127.0.0.1:1', 'backend d', ' server s 127.0.0.1:1', '',
  ].join('\n'));
  const chosen = (host: string, path: string, more = '') => made.request(`GET ${path} HTTP/1.1\nHost: ${host}\n${more}\n`).backend;
  expect(chosen('x', '/')).toBe('c');
  expect(chosen('x', '/', 'X: admin\n')).toBe('a');
  expect(chosen('y', '/b')).toBeNull();
  expect(chosen('y', '/d')).toBe('d');
  expect(chosen('y', '/none', 'X: admin\n')).toBe('a');
});

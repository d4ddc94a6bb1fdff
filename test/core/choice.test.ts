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

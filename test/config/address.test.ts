import { describe, expect, test } from '@jest/globals';
import { expandAddress, parseAddress, splitAddresses } from '../../src/config/address.js';
import type { AddressRules } from '../../src/config/address.js';

const ANY: AddressRules = { port: 'optional', range: true, offset: true, zero: true, fd: true };

describe('addresses as text', () => {
  test.each([
    ['127.0.0.1:80', { kind: 'ip', family: 4, address: '127.0.0.1', ports: { first: 80, last: 80, offset: false } }],
    ['127.0.0.1', { kind: 'ip', family: 4, address: '127.0.0.1', ports: null }],
    ['::1', { kind: 'ip', family: 6, address: '::1', ports: null }],
    ['::', { kind: 'ip', family: 6, address: '::', ports: null }],
    ['[2001:db8::1]', { kind: 'ip', family: 6, address: '2001:db8::1', ports: null }],
    ['10.1:+5', { kind: 'ip', family: 4, address: '10.0.0.1', ports: { first: 5, last: 5, offset: true } }],
    ['a.example:80-90', { kind: 'host', host: 'a.example', family: null, ports: { first: 80, last: 90, offset: false } }],
    ['tcp6@a.example:80', { kind: 'host', host: 'a.example', family: 6, ports: { first: 80, last: 80, offset: false } }],
    ['stream+unix@x', { kind: 'unix', path: 'x' }],
    ['fd@3', { kind: 'fd', fd: 3 }],
  ])('%s', (text, expected) => {
    expect(parseAddress(text, ANY)).toEqual(expected);
  });

  test.each([
    ['', 'missing address'], ['256.0.0.1:80', 'invalid address'], ['1.2.3.4.5', 'invalid address'], ['[::g]:80', 'invalid address'], ['[::1', 'invalid address'],
    ['-host:80', 'invalid address'], ['ipv4@[::1]:80', 'invalid address'], [':70000', "invalid port '70000'"], [':90-80', 'invalid port range'],
    [`/${'x'.repeat(107)}`, 'too long (max 107)'], ['unix@', 'missing name of the socket'], ['dgram+ipv4@:80', 'dgram-type address'], ['quic6@:80', 'is not supported yet'],
  ])('%j is refused', (text, problem) => {
    expect(parseAddress(text, ANY)).toMatchObject({ problem: expect.stringContaining(problem) });
  });

  test.each([
    ['a:80', { port: 'forbidden' }, 'port specification not permitted'], ['a', { port: 'required' }, 'missing port specification'], ['a:1-2', { port: 'optional' }, 'port range not permitted'],
    ['a:+1', { port: 'optional' }, 'port offset not permitted'], ['a:0', { port: 'optional' }, "invalid port '0'"], ['fd@3', { port: 'optional' }, 'file descriptor is not acceptable'],
    ['/x', { port: 'optional', unix: false }, 'UNIX socket is not acceptable'], ['a:1', { port: 'optional', host: false }, 'invalid address'],
  ] as [string, AddressRules, string][])('%s is refused where it has no place', (text, rules, problem) => {
    expect(parseAddress(text, rules)).toMatchObject({ problem: expect.stringContaining(problem) });
  });

  test('lists know where their pieces stand; one comma too many at the end is none', () => {
    expect(splitAddresses('a:1,bb:2,')).toEqual([{ text: 'a:1', at: 0 }, { text: 'bb:2', at: 4 }]);
    expect(splitAddresses('a:1,,b:2').map(({ text }) => text)).toEqual(['a:1', '', 'b:2']);
  });

  test('variables', () => {
    const environment = { get: (name: string) => ({ A: '1.1.1.1', B_2: 'x' })[name] };
    expect(expandAddress('$A:80,${B_2}$A$C-${NO}', environment)).toBe('1.1.1.1:80,x1.1.1.1-');
    expect(expandAddress('a$', environment)).toBe('a$');
  });
});

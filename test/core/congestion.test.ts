import { describe, expect, test } from '@jest/globals';
import { congestionOf, loopbackCongestion } from '../../src/core/congestion.js';

const ip = (address: string, family: 4 | 6 = 4) => ({ kind: 'ip', family, address, port: 80 }) as const;
const system = (values: Record<string, string>) => (name: string) => {
  const value = values[name];
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
};

describe('loopbackCongestion', () => {
  test.each([
    ['bbr', 'reno bbr cubic', 'cubic'],
    ['bbr2', 'reno bbr2', 'reno'],
    ['cubic', 'reno cubic', null],
    ['dctcp', 'reno dctcp', null],
  ])('default %s, allowed %s', (used, allowed, expected) => {
    expect(loopbackCongestion(system({ tcp_congestion_control: used, tcp_allowed_congestion_control: allowed }))).toBe(expected);
  });

  test('without /proc the system decides', () => {
    expect(loopbackCongestion(system({}))).toBeNull();
    expect(loopbackCongestion(system({ tcp_congestion_control: 'bbr' }))).toBeNull();
  });
});

describe('congestionOf', () => {
  test('the loopback gets its own, other addresses the system\'s', () => {
    expect(congestionOf(ip('127.0.0.1'), null, 'cubic')).toBe('cubic');
    expect(congestionOf(ip('127.8.9.1'), null, 'cubic')).toBe('cubic');
    expect(congestionOf(ip('::1', 6), null, 'cubic')).toBe('cubic');
    for (const address of [ip('0.0.0.0'), ip('10.0.0.127'), ip('::', 6), ip('::127.0.0.1', 6)]) expect(congestionOf(address, null, 'cubic')).toBeNull();
    expect(congestionOf({ kind: 'unix', path: '/run/x' }, null, 'cubic')).toBeNull();
  });

  test('cc is obeyed everywhere that TCP is spoken', () => {
    expect(congestionOf(ip('127.0.0.1'), 'bbr', 'cubic')).toBe('bbr');
    expect(congestionOf(ip('192.0.2.1'), 'reno', null)).toBe('reno');
    expect(congestionOf({ kind: 'abstract', name: 'x' }, 'reno', 'cubic')).toBeNull();
  });
});

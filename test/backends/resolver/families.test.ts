import { describe, expect, test } from '@jest/globals';
import { AcceptedFamilies, hasDefaultRoute } from '../../../src/backends/resolver/families.js';

const zeros = '0'.repeat(32);
const route = (destination: string, bits: string, flags: string, device: string): string =>
  `${destination} ${bits} ${zeros} 00 fe80000000000000000000000000001 00000400 00000001 00000000 ${flags} ${device}`;
const DEFAULT = route(zeros, '00', '00000003', 'eth0');

describe('hasDefaultRoute', () => {
  test.each([
    ['a default route', DEFAULT, true],
    ['behind others', `${route(`fe80${'0'.repeat(28)}`, '40', '00000001', 'eth0')}\n${DEFAULT}\n`, true],
    ['the kernel\'s own that rejects', route(zeros, '00', '00200200', 'lo'), false],
    ['one that is down', route(zeros, '00', '00000000', 'eth0'), false],
    ['a network', route(zeros, '01', '00000003', 'eth0'), false],
    ['nothing', '', false],
    ['nonsense', 'x y z', false],
  ])('%s', (_, table, there) => expect(hasDefaultRoute(table)).toBe(there));
});

test.each([
  ['ipv4', 6, [4]], ['ipv6', 4, [6]], ['both', 4, [4, 6]], ['both', 6, [6, 4]],
] as const)('%s preferring %i', (accepted, prefer, families) => {
  expect(new AcceptedFamilies(accepted, () => 0).preferring(prefer)).toEqual(families);
});

test('auto looks at the routes again after 30 s', () => {
  let now = 0;
  let table = '';
  const families = new AcceptedFamilies('auto', () => now, () => table);
  expect(families.preferring(6)).toEqual([4]);
  table = DEFAULT;
  now = 29_999;
  expect(families.preferring(6)).toEqual([4]);
  now = 30_000;
  expect(families.preferring(6)).toEqual([6, 4]);
  const none = new AcceptedFamilies('auto', () => 0, () => { throw new Error('no such file'); });
  expect(none.preferring(4)).toEqual([4]);
});

import { expect, test } from '@jest/globals';
import type { HostAddress } from '../../src/config/draft.js';
import { AddressBook, systemLookup } from '../../src/config/lookup.js';

const host = (name: string, family: 0 | 4 | 6 = 0): HostAddress => ({ kind: 'host', host: name, port: 80, family });
const span = { source: 0, start: 0, end: 1 };

test('each name is asked for once for each family', async () => {
  const asked: string[] = [];
  const book = await AddressBook.of([host('a'), host('b'), host('a'), host('a', 6)], async (name, family) => {
    asked.push(`${name} ${family}`);
    return family === 6 ? '::2' : name === 'a' ? '192.0.2.1' : null;
  });
  expect(asked.sort()).toEqual(['a 0', 'a 6', 'b 0']);
  const said: string[] = [];
  const find = (address: HostAddress): unknown => book.find(address, span, 'server x', ({ summary }) => said.push(summary));
  expect(find(host('a'))).toEqual({ kind: 'ip', family: 4, address: '192.0.2.1', port: 80 });
  expect(find(host('a', 6))).toEqual({ kind: 'ip', family: 6, address: '::2', port: 80 });
  expect([find(host('b')), said]).toEqual([null, ["'server x' : could not resolve address 'b'"]]);
});

test("the system's resolver knows this machine", async () => {
  expect(await systemLookup('localhost', 4)).toBe('127.0.0.1');
  expect(await systemLookup('no-such-host.invalid', 0)).toBeNull();
});

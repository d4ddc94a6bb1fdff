import { describe, expect, test } from '@jest/globals';
import { PS_EPOCH } from '../../../src/core/abi.js';
import { initState } from '../../../src/backends/index.js';
import { setAddress } from '../../../src/backends/address.js';
import { CookieValues, dynamicCookie } from '../../../src/backends/cookie/values.js';
import { proxyCell } from '../../../src/core/cells.js';
import type { Proxy } from '../../../src/config/model.js';
import { model, pages } from '../model.js';

const address = (port: number) => ({ kind: 'ip', family: 4, address: '127.0.0.1', port }) as const;
const policy = { name: 'X', dynamic: true } as Proxy['cookie'];

describe('dynamic cookies', () => {
  test('the value that haproxy 2.6 gave to the same key, address and port', () => {
    expect(dynamicCookie('MYKEY', address(40783))).toBe('e000d5af2a5dd2dd');
  });

  test('none without a key or an IP address', () => {
    expect([dynamicCookie(null, address(1)), dynamicCookie('k', { kind: 'unix', path: '/x' }), dynamicCookie('k', null)]).toEqual([null, null, null]);
  });

  test('follow a server that moves; a written value stays', () => {
    const m = model({ cookie: policy, dynamicCookieKey: 'k', servers: [{ address: address(1) }, { address: address(2), cookie: 'own' }] });
    const { state } = pages(m);
    initState(m, state, 0);
    const values = new CookieValues(m, m.proxies[0]!, state);
    const before = values.of(0)!;
    expect([before, values.of(1), values.servers('own')]).toEqual([dynamicCookie('k', address(1)), 'own', [1]]);
    setAddress(m, state, 0, '127.0.0.9', 1);
    Atomics.add(state, proxyCell(0, PS_EPOCH), 1);
    expect(values.of(0)).not.toBe(before);
    expect([values.servers(before), values.servers(values.of(0)!)]).toEqual([undefined, [0]]);
  });
});

describe('servers of the same value', () => {
  test('in the order of the file', () => {
    const m = model({ cookie: { name: 'X' } as Proxy['cookie'], servers: [{ cookie: 'a' }, { cookie: 'b' }, { cookie: 'a' }, {}] });
    const values = new CookieValues(m, m.proxies[0]!, pages(m).state);
    // Made at the first question, whatever the epoch.
    expect([values.servers('a'), values.servers('b'), values.servers('c'), values.of(3)]).toEqual([[0, 2], [1], undefined, null]);
  });
});

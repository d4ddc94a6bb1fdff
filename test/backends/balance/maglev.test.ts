import { describe, expect, test } from '@jest/globals';
import { SRV_DOWN, SRV_UP } from '../../../src/core/abi.js';
import { createBackends, initState, setServerState } from '../../../src/backends/index.js';
import { setUserWeight } from '../../../src/backends/state.js';
import { avalanche } from '../../../src/core/compile/hash.js';
import { HASH, halves, model, pages, recorder, tx, type ServerShape } from '../model.js';

const KEYS = 20_000;

function farm(servers: ServerShape[], method: 'maglev' | 'consistent' = 'maglev') {
  const m = model({ servers, balance: { algorithm: 'uri', args: [] }, hash: { ...HASH, method } });
  const p = pages(m);
  initState(m, p.state, 0);
  const backends = createBackends(m, { state: p.state, engine: recorder().engine, counters: halves(p, 0) });
  let key = 0;
  backends.hashBy(0, () => avalanche(key));
  const t = tx();
  return {
    m, state: p.state,
    /** Names of the servers of all keys. */
    homes: () => Array.from({ length: KEYS }, (_, i) => {
      key = i;
      return m.servers[backends.assign(0, t) >>> 8]!.name;
    }),
  };
}

const share = (homes: readonly string[], name: string): number => homes.filter((home) => home === name).length / KEYS;
const address = (i: number) => ({ kind: 'ip', family: 4, address: `10.0.0.${i}`, port: 80 }) as const;

describe('maglev', () => {
  test('shares follow the weights', () => {
    const homes = farm([{ weight: 1 }, { weight: 2 }, { weight: 5 }]).homes();
    expect(share(homes, 's1')).toBeCloseTo(1 / 8, 1);
    expect(share(homes, 's3')).toBeCloseTo(5 / 8, 1);
  });

  test('only the keys of a server that goes move, to all others; they come back with it', () => {
    const { m, state, homes } = farm(Array.from({ length: 5 }, () => ({})));
    const before = homes();
    setServerState(m, state, 2, SRV_DOWN, 0);
    const without = homes();
    expect(without.filter((home, i) => home !== before[i] && before[i] !== 's3')).toEqual([]);
    expect(new Set(without.filter((_home, i) => before[i] === 's3'))).toEqual(new Set(['s1', 's2', 's4', 's5']));
    setServerState(m, state, 2, SRV_UP, 0);
    expect(homes()).toEqual(before);
  });

  test('less weight gives keys away and takes none; more than configured takes some', () => {
    const { m, state, homes } = farm(Array.from({ length: 4 }, () => ({ weight: 10 })));
    const before = homes();
    setUserWeight(m, state, 0, 5);
    const less = homes();
    expect(less.filter((home, i) => home !== before[i] && before[i] !== 's1')).toEqual([]);
    expect(share(less, 's1')).toBeCloseTo(5 / 35, 1);
    setUserWeight(m, state, 0, 20);
    expect(share(homes(), 's1')).toBeCloseTo(20 / 50, 1);
  });

  test('machines with the same addresses agree, whatever the order of the lines and the past', () => {
    const lines = [1, 2, 3, 4].map((i): ServerShape => ({ name: `a${i}`, address: address(i), weight: i, hashKey: 'addr-port' }));
    const one = farm(lines);
    const other = farm([lines[2]!, lines[0]!, lines[3]!, lines[1]!]);
    setServerState(other.m, other.state, 0, SRV_DOWN, 0);
    other.homes();
    setServerState(other.m, other.state, 0, SRV_UP, 0);
    expect(other.homes()).toEqual(one.homes());
  });

  test('almost all are down: the few that are left take everything', () => {
    const { m, state, homes } = farm(Array.from({ length: 100 }, () => ({})));
    for (let i = 0; i < 98; i++) setServerState(m, state, i, SRV_DOWN, 0);
    const left = homes();
    expect(new Set(left)).toEqual(new Set(['s99', 's100']));
    expect(share(left, 's99')).toBeGreaterThan(0.4);
  });
});

describe('consistent', () => {
  test('only the keys of a server that goes move', () => {
    const { m, state, homes } = farm(Array.from({ length: 5 }, () => ({ weight: 4 })), 'consistent');
    const before = homes();
    setServerState(m, state, 2, SRV_DOWN, 0);
    expect(homes().filter((home, i) => home !== before[i] && before[i] !== 's3')).toEqual([]);
  });
});

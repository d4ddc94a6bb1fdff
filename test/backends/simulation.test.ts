/** 1,000,000 sessions over flapping servers. The bounds are those of docs/balancing.md. */
import { describe, expect, test } from '@jest/globals';
import { SS_QUEUED, SS_SESSIONS, SS_WEIGHT } from '../../src/core/abi.js';
import type { Proxy } from '../../src/config/model.js';
import { HASH, type ServerShape } from './model.js';
import { Simulator, type Choice } from './simulator.js';

const balance = (algorithm: string, ...args: string[]): Proxy['balance'] => ({ algorithm, args });
const WEIGHTS = [1, 2, 3, 4, 10, 7, 1, 256];
const servers = (shape: (i: number) => ServerShape, count = WEIGHTS.length): ServerShape[] => Array.from({ length: count }, (_, i) => shape(i));
const weighted = servers((i) => ({ weight: WEIGHTS[i]! }));

/** Shares of the choices since the last change of the farm, as far as they are off from those of the weights: the largest difference in choices. */
class Shares {
  worst = 0;
  worstSigma = 0;
  private counts: number[] = [];
  private total = 0;
  private changes = -1;
  private weights: number[] = [];
  private sum = 0;

  add = ({ server }: Choice, simulator: Simulator): void => {
    if (simulator.count.changes !== this.changes) {
      this.changes = simulator.count.changes;
      this.total = 0;
      this.counts = simulator.m.servers.map(() => 0);
      this.weights = simulator.m.servers.map(({ index }) => (simulator.isUp(index) ? simulator.cell(index, SS_WEIGHT) : 0));
      this.sum = this.weights.reduce((a, b) => a + b, 0);
    }
    this.total++;
    this.counts[server]!++;
    this.weights.forEach((weight, i) => {
      const share = weight / this.sum;
      const off = Math.abs(this.counts[i]! - this.total * share);
      this.worst = Math.max(this.worst, off);
      this.worstSigma = Math.max(this.worstSigma, off / Math.sqrt(this.total * share * (1 - share) + 1));
    });
  };
}

describe('shares by weight, without limits', () => {
  test.each([
    ['roundrobin', weighted, 6],
    ['roundrobin', servers((i) => ({ weight: 200 + i * 7 }), 20), 6],
    ['static-rr', weighted, 6],
  ] as const)('%s: no server is off by more than a few choices at any time', (algorithm, list, bound) => {
    const shares = new Shares();
    const { count } = new Simulator({ backend: { servers: [...list], balance: balance(algorithm) }, sessions: 60_000, load: 50, flaps: 2000, seed: 1 }, shares.add).run();
    expect(count.chosen + count.refused).toBe(60_000);
    expect(count.changes).toBeGreaterThan(10);
    expect(shares.worst).toBeLessThanOrEqual(bound);
  });

  test('random(1): shares as chance gives them', () => {
    const shares = new Shares();
    new Simulator({ backend: { servers: weighted, balance: balance('random', '1') }, sessions: 60_000, load: 50, flaps: 5000, seed: 2 }, shares.add).run();
    expect(shares.worstSigma).toBeLessThan(6);
  });
});

const limited = servers((i) => ({ maxconn: [3, 5, 2, 7, 1, 4, 9, 6][i]!, weight: (i % 3) + 1 }));
const leastShare = (simulator: Simulator, server: number, less: number): number =>
  (simulator.cell(server, SS_SESSIONS) + simulator.cell(server, SS_QUEUED) - less) / simulator.cell(server, SS_WEIGHT);

describe('what the algorithms promise', () => {
  test.each([[8], [200]])('leastconn with %i servers: the least loaded for its weight of those with room', (count) => {
    const backend = { servers: servers((i) => ({ weight: (i % 5) + 1, maxconn: (i % 7) + 2 }), count), balance: balance('leastconn') };
    const watch = ({ server, atOnce }: Choice, simulator: Simulator): void => {
      if (!atOnce) return;
      const mine = leastShare(simulator, server, 1);
      for (const { index, maxconn } of simulator.m.servers) {
        if (index === server || !simulator.isUp(index) || simulator.cell(index, SS_SESSIONS) >= maxconn) continue;
        if (leastShare(simulator, index, 0) < mine - 1e-9) throw new Error(`server ${index} had less to do than ${server}`);
      }
    };
    const { count: done } = new Simulator({ backend, sessions: 60_000, load: count * 6, flaps: 500, seed: 3, impatient: 0.1 }, watch).run();
    expect(done.queued).toBeGreaterThan(0);
  });

  test.each([[8], [200]])('first with %i servers: the lowest id that has room', (count) => {
    const backend = { servers: servers((i) => ({ id: ((i * 37) % count) + 1, maxconn: (i % 4) + 1 }), count), balance: balance('first') };
    const watch = ({ server, atOnce }: Choice, simulator: Simulator): void => {
      const id = simulator.m.servers[server]!.id;
      if (!atOnce) return;
      for (const other of simulator.m.servers) {
        if (other.id < id && simulator.isUp(other.index) && simulator.cell(other.index, SS_SESSIONS) < other.maxconn) throw new Error(`${other.id} had room, ${id} was taken`);
      }
    };
    new Simulator({ backend, sessions: 60_000, load: count * 2, flaps: 500, seed: 4, impatient: 0.1 }, watch).run();
  });

  test.each(['map-based', 'consistent', 'maglev'] as const)('%s: a key stays with its server as long as nothing changes', (method) => {
    const backend = { servers: weighted, balance: balance('uri'), hash: { ...HASH, method } };
    let changes = -1;
    let homes = new Map<number, number>();
    const watch = ({ server, key }: Choice, simulator: Simulator): void => {
      if (simulator.count.changes !== changes) {
        changes = simulator.count.changes;
        homes = new Map();
      }
      const home = homes.get(key);
      if (home !== undefined && home !== server) throw new Error(`key ${key} went to ${home} and ${server}`);
      homes.set(key, server);
    };
    new Simulator({ backend, sessions: 60_000, load: 50, flaps: 5000, seed: 5 }, watch).run();
  });

  test.each(['consistent', 'maglev'] as const)('%s with hash-balance-factor 150: no server above one and a half of its share', (method) => {
    const backend = { servers: servers(() => ({})), balance: balance('uri'), hash: { ...HASH, method, balanceFactor: 150 } };
    const watch = ({ server }: Choice, simulator: Simulator): void => {
      const up = simulator.m.servers.filter(({ index }) => simulator.isUp(index));
      const all = simulator.m.servers.reduce((sum, { index }) => sum + simulator.cell(index, SS_SESSIONS), 0);
      // Servers that just came up don't take back what the others had.
      if (simulator.count.changes > 0) return;
      const most = Math.ceil(Math.ceil(((all + 1) * 150) / 100) / up.length);
      if (simulator.cell(server, SS_SESSIONS) > most) throw new Error(`server ${server} has ${simulator.cell(server, SS_SESSIONS)} of ${all}`);
    };
    new Simulator({ backend, sessions: 60_000, load: 300, flaps: 0, seed: 6 }, watch).run();
  });
});

describe('queues under overload: order over all workers, no slot lost, nobody to a server that is down', () => {
  test.each([
    ['roundrobin', []], ['static-rr', []], ['leastconn', []], ['first', []], ['random', []], ['uri', []],
  ] as const)('%s', (algorithm, args) => {
    const { count } = new Simulator({
      backend: { servers: limited, balance: balance(algorithm, ...args) }, sessions: 60_000, load: 30, flaps: 300, seed: 7, impatient: 0.2,
    }).run();
    expect(count.chosen + count.refused + count.left).toBe(60_000);
    expect(count.queued).toBeGreaterThan(10_000);
    expect(count.changes).toBeGreaterThan(50);
  });
});

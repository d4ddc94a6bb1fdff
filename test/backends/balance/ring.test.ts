import { describe, expect, test } from '@jest/globals';
import { Ring } from '../../../src/backends/balance/ring.js';
import { seeded } from '../random.js';

interface Node {
  readonly key: number;
  readonly server: number;
}

/** What the ring promises, the slow way. */
function closest(nodes: readonly Node[], key: number): number {
  const sorted = [...nodes].sort((a, b) => a.key - b.key);
  const at = sorted.findIndex((node) => node.key >= key);
  const next = sorted[at < 0 ? 0 : at]!;
  const before = sorted.at((at < 0 ? 0 : at) - 1)!;
  return ((key - before.key) >>> 0) <= ((next.key - key) >>> 0) ? before.key : next.key;
}

describe('ring', () => {
  test('finds the closest node among thousands that come and go', () => {
    const random = seeded(1);
    const number = (): number => Math.floor(random() * 2 ** 32);
    const ring = new Ring();
    const nodes: Node[] = [];
    for (let round = 0; round < 3000; round++) {
      if (nodes.length < 5 || random() < 0.6) {
        const node = { key: number(), server: round };
        nodes.push(node);
        ring.add(node.key, node.server);
      } else {
        const [node] = nodes.splice(Math.floor(random() * nodes.length), 1);
        ring.remove(node!.key, node!.server);
      }
      const key = number();
      const found = ring.server(ring.closest(key));
      expect(nodes.find(({ server }) => server === found)!.key).toBe(closest(nodes, key));
    }
    expect(ring.size).toBe(nodes.length);
  });

  test('clusters at both ends, the same key twice, all around', () => {
    const ring = new Ring();
    const keys = [0, 1, 2, 2, 2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32 - 1];
    keys.forEach((key, server) => ring.add(key, server));
    const walk = [ring.closest(0)];
    for (let i = 0; i < keys.length; i++) walk.push(ring.after(walk.at(-1)!));
    expect(walk.map((place) => ring.server(place))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0]);
    ring.remove(2, 2);
    ring.remove(2 ** 32 - 1, 7);
    ring.remove(77, 0);
    expect(ring.size).toBe(6);
    expect(ring.server(ring.after(ring.closest(1)))).toBe(3);
  });

  test('a single node is everybody\'s', () => {
    const ring = new Ring();
    ring.add(2 ** 31, 5);
    for (const key of [0, 2 ** 31, 2 ** 32 - 1]) expect(ring.server(ring.after(ring.closest(key)))).toBe(5);
  });
});

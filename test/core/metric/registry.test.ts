import { Counter } from 'prom-client';
import { describe, expect, test } from '@jest/globals';
import { Family } from '../../../src/core/metric/family.js';
import type { Readings } from '../../../src/core/metric/readings.js';
import { PagesRegistry } from '../../../src/core/metric/registry.js';
import { counter, gauge } from '../../../src/core/metric/row.js';

const none = {} as Readings;

describe('PagesRegistry', () => {
  test('families and prom-client\'s own metrics come out in the order they were added', async () => {
    const registry = new PagesRegistry();
    registry.add(new Family(counter('a_total', 'First.', (_, i) => i * 10), none, { indices: [1, 2], labels: ['x="1"', 'x="2"'] }));
    const own = new Counter({ name: 'b_total', help: 'Second.', registers: [registry], labelNames: ['y'] });
    own.inc({ y: 'q' }, 3);
    registry.add(new Family(gauge('c', 'Third.', () => NaN), none, { indices: [0], labels: [''] }));
    expect(await registry.metrics()).toBe([
      '# HELP a_total First.', '# TYPE a_total counter', 'a_total{x="1"} 10', 'a_total{x="2"} 20', '',
      '# HELP b_total Second.', '# TYPE b_total counter', 'b_total{y="q"} 3', '',
      '# HELP c Third.', '# TYPE c gauge', 'c NaN', '',
    ].join('\n'));
  });

  test('more targets than one step, all of them once', async () => {
    const registry = new PagesRegistry();
    const indices = Array.from({ length: 4501 }, (_, i) => i);
    registry.add(new Family(gauge('g', 'Many.', (_, i) => i), none, { indices, labels: indices.map((i) => `i="${i}"`) }));
    const lines = (await registry.metrics()).trimEnd().split('\n').slice(2);
    expect(lines).toEqual(indices.map((i) => `g{i="${i}"} ${i}`));
  });

  test('a family that fails fails the scrape, not the next one', async () => {
    const registry = new PagesRegistry();
    let broken = true;
    const read = () => {
      if (broken) throw new Error('no such cell');
      return 1;
    };
    registry.add(new Family(gauge('g', 'Broken.', read), none, { indices: [0], labels: [''] }));
    registry.add(new Family(gauge('h', 'Sound.', () => 2), none, { indices: [0], labels: [''] }));
    await expect(registry.metrics()).rejects.toThrow('no such cell');
    broken = false;
    expect(await registry.metrics()).toContain('h 2');
  });

  test('as objects, with labels unescaped', async () => {
    const registry = new PagesRegistry();
    const row = counter('a_total', 'First.', (_, __, part) => part, { by: { label: 'code', values: ['2xx', 'a"b'] } });
    registry.add(new Family(row, none, { indices: [0], labels: ['p="back\\\\slash, \\"q\\" \\n"'] }));
    const [json] = await registry.getMetricsAsJSON();
    expect(json!.values.map(({ labels, value }) => [labels, value])).toEqual([
      [{ p: 'back\\slash, "q" \n', code: '2xx' }, 0],
      [{ p: 'back\\slash, "q" \n', code: 'a"b' }, 1],
    ]);
  });
});

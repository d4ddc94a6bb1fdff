/** Sentences and descriptions as haproxy's runtime API has them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PatternControl } from '../../../src/core/pattern/control.js';
import { sharePatterns } from '../../../src/core/pattern/share.js';
import { rules, type RuleBench } from '../../support/rules.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'patterns-'));
  writeFileSync(join(directory, 'a.map'), '# a comment\n/a 1\n/b 2\n');
  writeFileSync(join(directory, 'n.map'), '10.0.0.0/8 5\n');
  writeFileSync(join(directory, 'l.lst'), '192.0.2.0/24\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

const lines = (): string[] => [
  `acl list src -f ${directory}/l.lst`, 'acl inline path /x /y', 'acl numbered path -u 7 /z',
  `http-request set-header m %[path,map(${directory}/a.map,none)]`, `http-request set-header n %[src,map_ip_int(${directory}/n.map,0)]`,
  'http-request set-header l yes if list', 'http-request set-header i yes if inline',
];

describe('control', () => {
  let bench: RuleBench;
  let control: PatternControl;
  const at = (name: string, kind: 'acl' | 'map'): number => control.find(name, kind)!;
  /** The headers that the rules make of a request. */
  const headers = (path: string, src = '192.0.2.7'): string[] => bench.request(`GET ${path} HTTP/1.1\n\n`, { src }).head.slice(1);

  beforeAll(async () => {
    bench = await rules(lines());
    control = new PatternControl(bench.model);
    control.references.onChange = (mail) => bench.plan.patterns.receive(mail);
  });

  test('lists have ids, names and descriptions', () => {
    const { patterns } = bench.plan;
    expect(patterns.all).toHaveLength(6);
    expect(control.states('acl').map(({ list, description, size }) => [list.id, description, size])).toEqual([
      [0, `pattern loaded from file '${directory}/l.lst' used by acl at file 'test.cfg' line 8`, 1],
      [1, "acl 'src' file 'test.cfg' line 8", 0], [2, "acl 'path' file 'test.cfg' line 9", 2], [7, "acl 'path' file 'test.cfg' line 10", 1],
    ]);
    expect(control.states('map').map(({ list, description, size }) => [list.id, description, size])).toEqual([
      [3, `pattern loaded from file '${directory}/a.map' used by map at file 'test.cfg' line 11`, 2],
      [4, `pattern loaded from file '${directory}/n.map' used by map at file 'test.cfg' line 12`, 1],
    ]);
    expect([control.find('#3', 'map'), control.find('#3', 'acl'), control.find('#99', 'acl'), control.find('/none', 'map')]).toEqual([at('#3', 'map'), undefined, undefined, undefined]);
    expect(control.find(`${directory}/a.map`, 'map')).toBe(at('#3', 'map'));
  });

  test('entries are added, set and deleted, here and in the workers', () => {
    const map = at('#3', 'map');
    expect(headers('/a')).toEqual(['m: 1', 'n: 0', 'l: yes']);
    expect([control.add(map, '/c', '3'), control.set(map, '/a', '9'), control.set(map, '/nope', '9'), control.del(map, '/b'), control.del(map, '/b')])
      .toEqual([null, null, 'entry not found.', null, 'Key not found.']);
    expect(control.entries(map)).toEqual([{ key: '/a', value: '9' }, { key: '/c', value: '3' }]);
    expect([headers('/a')[0], headers('/b')[0], headers('/c')[0]]).toEqual(['m: 9', 'm: none', 'm: 3']);
    expect([control.add(at('#2', 'acl'), '/new', ''), control.del(at('#2', 'acl'), '/x'), control.del(at('#0', 'acl'), '192.0.2.0/24')]).toEqual([null, null, null]);
    expect([headers('/new'), headers('/x'), headers('/y')]).toEqual([['m: none', 'n: 0', 'i: yes'], ['m: none', 'n: 0'], ['m: none', 'n: 0', 'i: yes']]);
  });

  test('what does not fit a use of the list is refused', () => {
    const map = at('#4', 'map');
    expect([control.add(map, 'zork', '1'), control.add(map, '10.1.0.0/33', '1'), control.add(map, '10.1.0.0/16', 'x'), control.set(map, '10.0.0.0/8', 'x')]).toEqual([
      "'zork' is not a valid IPv4 or IPv6 address.", "'10.1.0.0/33' is not a valid IPv4 or IPv6 address.", "unable to parse 'x'.", "unable to parse 'x'.",
    ]);
    expect(control.add(map, '10.1.0.0/16', '6')).toBeNull();
    expect([headers('/', '10.1.1.1')[1], headers('/', '10.2.1.1')[1]]).toEqual(['n: 6', 'n: 5']);
  });

  test('a sample is looked up in each use', () => {
    expect(control.get(at('#4', 'map'), '10.1.1.1').map(({ use, entry }) => [use.kind, use.name, use.method, entry])).toEqual([['map', 'map_ip_int', 'ip', { key: '10.1.0.0/16', value: '6' }]]);
    expect(control.get(at('#4', 'map'), '1.1.1.1')[0]!.entry).toBeUndefined();
    expect(control.get(at('#4', 'map'), 'no address')[0]!.entry).toBeUndefined();
  });

  test('versions take effect as a whole when they are committed', () => {
    const map = at('#3', 'map');
    const version = control.prepare(map);
    expect(version).toBe(1);
    expect([control.add(map, '/v', 'v1', version), control.add(map, '/v', 'v1', 5), control.commit(map, 5)])
      .toEqual([null, 'Version number in the future or not prepared.', 'Version number in the future or not prepared.']);
    expect(headers('/v')[0]).toBe('m: none');
    expect(control.entries(map, version)).toEqual([{ key: '/v', value: 'v1' }]);
    expect(control.commit(map, version)).toBeNull();
    expect([headers('/v')[0], headers('/a')[0]]).toEqual(['m: v1', 'm: none']);
    expect(control.states('map')[0]).toMatchObject({ current: 1, next: 1, size: 1 });
    const dropped = control.prepare(map);
    expect([dropped, control.clear(map, dropped), control.clear(map, dropped)]).toEqual([2, null, 'Version number in the future or not prepared.']);
    expect(control.clear(map)).toBeNull();
    expect(headers('/v')[0]).toBe('m: none');
  });
});

test('threads tell each other', async () => {
  const [one, two] = [await rules(lines()), await rules(lines())];
  const name = `patterns ${process.pid}`;
  const ends = [one, two].map(({ plan }) => sharePatterns(plan.patterns, name));
  const list = one.plan.patterns.find(`${directory}/a.map`);
  one.plan.patterns.change(list, { op: 'set', key: '/a', value: 'told' });
  const told = (): string => two.request('GET /a HTTP/1.1\n\n').head[1]!;
  for (let tries = 0; tries < 100 && told() !== 'm: told'; tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(told()).toBe('m: told');
  for (const end of ends) end();
});

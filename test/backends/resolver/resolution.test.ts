import { describe, expect, test } from '@jest/globals';
import type { Resolvers } from '../../../src/config/model.js';
import { Resolution, type Outcome, type Wanted } from '../../../src/backends/resolver/resolution.js';
import { Section } from '../../../src/backends/resolver/section.js';
import { ManualClock } from './clock.js';
import { fakeServers, nameserver, type Asked } from './fake.js';
import { a, aaaa, answer, cname, srv } from './packet.js';

const conf = (more: Partial<Resolvers> = {}): Resolvers => ({
  name: 'r', nameservers: [nameserver('one')], retries: 3, timeout: { resolve: 1000, retry: 500 },
  hold: { nx: 3000, other: 3000, refused: 3000, timeout: 3000, valid: 10000, obsolete: 0 }, payloadSize: 512, ...more,
});
const V4: Wanted = { kind: 'addresses', families: [4] };
const BOTH: Wanted = { kind: 'addresses', families: [6, 4] };

function house(ask: (asked: Asked, round: number) => void, wanted: Wanted = V4, more: Partial<Resolvers> = {}) {
  const clock = new ManualClock();
  let n = 0;
  const { make, asked } = fakeServers((one) => ask(one, n++));
  const section = new Section(conf(more), clock, make);
  const resolution = new Resolution(section, 'x.test', wanted);
  const outcomes: Outcome[] = [];
  resolution.follow((outcome) => outcomes.push(outcome));
  const said = (): string[] => outcomes.map(({ status, found }) => `${status} ${found.map((f) => (f.kind === 'address' ? f.address : `${f.srv.target}:${f.srv.port}`)).join(' ')}`.trim());
  return { clock, asked, section, resolution, outcomes, said, figures: section.servers.map(({ figures }) => figures) };
}

describe('a round', () => {
  test('takes the first good answer of several servers; the second one is late', () => {
    const { asked, said, figures, outcomes } = house(() => undefined, V4, { nameservers: [nameserver('one'), nameserver('two')] });
    expect(asked.map(({ server }) => server)).toEqual(['one', 'two']);
    asked[0]!.reply({ rcode: 3 });
    expect(said()).toEqual([]);
    asked[1]!.reply({ answers: [a('x.test', '192.0.2.1')] });
    asked[0]!.reply({ answers: [a('x.test', '192.0.2.9')] });
    expect(said()).toEqual(['valid 192.0.2.1']);
    expect(outcomes[0]!.by?.conf.name).toBe('two');
    expect(figures[0]).toMatchObject({ sent: 1, nx: 1, outdated: 1, valid: 0 });
    expect(figures[1]).toMatchObject({ sent: 1, valid: 1, update: 1 });
  });

  test('of bad answers the last one counts, after all families and retries', () => {
    const { asked, said } = house((one, n) => one.reply({ rcode: n % 2 === 0 ? 3 : 5 }), BOTH);
    expect(asked.map(({ type }) => type)).toEqual(['AAAA', 'A', 'AAAA', 'A', 'AAAA', 'A']);
    expect(said()).toEqual(['refused']);
  });

  test('the other family is asked for when there is none of the first', () => {
    const { said } = house((one) => one.reply(one.type === 'AAAA' ? {} : { answers: [a('x.test', '192.0.2.1')] }), BOTH);
    expect(said()).toEqual(['valid 192.0.2.1']);
  });

  test('without an answer the same question is asked again', () => {
    const { clock, asked, said, figures } = house(() => undefined, BOTH);
    clock.pass(1499);
    expect([asked.map(({ type }) => type), said()]).toEqual([['AAAA', 'AAAA', 'AAAA'], []]);
    clock.pass(1);
    expect(said()).toEqual(['timeout']);
    expect(figures[0]).toMatchObject({ sent: 3, timeout: 3 });
  });

  test('one bad answer and one missing: the bad one counts when the time is over', () => {
    const { clock, asked, said } = house((one) => (one.server === 'one' ? one.reply({ rcode: 3 }) : undefined), BOTH, { nameservers: [nameserver('one'), nameserver('two')], retries: 1 });
    clock.pass(500);
    expect(asked.map(({ type }) => type)).toEqual(['AAAA', 'AAAA', 'A', 'A']);
    clock.pass(500);
    expect(said()).toEqual(['nx']);
  });

  test('rounds follow each other by timeout resolve', () => {
    const { clock, asked } = house((one) => one.reply({ answers: [a('x.test', '192.0.2.1')] }));
    clock.pass(999);
    expect(asked).toHaveLength(1);
    clock.pass(3001);
    expect(asked).toHaveLength(5);
  });
});

describe('answers', () => {
  const one = (shape: Parameters<Asked['reply']>[0], wanted: Wanted = V4) => house((asked, n) => (n === 0 ? asked.reply(shape) : undefined), wanted, { retries: 1 });

  test('aliases lead to the addresses, in any order', () => {
    const { said, figures } = one({ answers: [a('z.test', '192.0.2.1'), cname('y.test', 'z.test'), cname('X.test', 'y.test'), a('other.test', '192.0.2.9')] });
    expect(said()).toEqual(['valid 192.0.2.1']);
    expect(figures[0]).toMatchObject({ cname: 1 });
  });

  test.each([
    ['an alias that leads nowhere', { answers: [cname('x.test', 'y.test')] }, 'cname_error'],
    ['a loop of aliases', { answers: [cname('x.test', 'y.test'), cname('y.test', 'x.test')] }, 'cname_error'],
    ['no record', {}, 'any_err'],
    ['records of another name', { answers: [a('y.test', '192.0.2.1')] }, 'other'],
    ['records of another kind', { answers: [aaaa('x.test', 1, 2, 3, 4, 5, 6, 7, 8)] }, 'other'],
    ['SERVFAIL', { rcode: 2 }, 'other'],
    ['a truncated answer', { flags: 0x8380, answers: [a('x.test', '192.0.2.1')] }, 'truncated'],
  ] as const)('%s: other', (_, shape, counter) => {
    const { said, figures } = one(shape);
    expect(said()).toEqual(['other']);
    expect(figures[0]).toMatchObject({ [counter]: 1, valid: 0 });
  });

  test('another number, another question: not counted as an answer', () => {
    const { asked, said, figures } = house(() => undefined);
    const { id } = asked[0]!;
    asked[0]!.replyBytes(answer({ id: id ^ 1, name: 'x.test', answers: [a('x.test', '192.0.2.6')] }));
    asked[0]!.replyBytes(answer({ id, name: 'evil.test', answers: [a('evil.test', '192.0.2.6')] }));
    asked[0]!.replyBytes(answer({ id, name: 'x.test', type: 'AAAA', answers: [a('x.test', '192.0.2.6')] }));
    expect([said(), figures[0]!.invalid]).toEqual([[], 3]);
    asked[0]!.reply({ answers: [a('x.test', '192.0.2.1')] });
    expect(said()).toEqual(['valid 192.0.2.1']);
  });

  test('bytes that are no message, or too many of them, are a bad answer', () => {
    const { asked, figures } = house((one, n) => {
      if (n === 0) one.replyBytes(Buffer.concat([Buffer.of(one.id >> 8, one.id & 255), Buffer.alloc(30, 0xff)]));
      if (n === 1) one.reply({ answers: Array.from({ length: 40 }, (_, i) => a('x.test', `192.0.2.${i}`)) });
    });
    expect(asked).toHaveLength(3);
    expect(figures[0]).toMatchObject({ invalid: 1, too_big: 1 });
  });

  test('accepted_payload_size is announced and larger answers are taken', () => {
    const { asked, said } = house((one) => one.reply({ answers: Array.from({ length: 40 }, (_, i) => a('x.test', `192.0.2.${i}`)) }), V4, { payloadSize: 4096 });
    expect(asked[0]!.payload).toBe(4096);
    expect(said()[0]!.split(' ')).toHaveLength(41);
  });

  test('services have targets, ports and the addresses that came along', () => {
    const { said, outcomes } = one({ answers: [srv('x.test', 'a.test', 80), srv('x.test', 'b.test', 81, 5), srv('x.test', '', 0)], additional: [a('a.test', '192.0.2.1'), aaaa('a.test', 1, 2, 3, 4, 5, 6, 7, 8)] }, { kind: 'services' });
    expect(said()).toEqual(['valid a.test:80 b.test:81']);
    expect([...outcomes[0]!.along]).toEqual([['a.test', [{ kind: 'address', family: 4, address: '192.0.2.1' }, { kind: 'address', family: 6, address: '1:2:3:4:5:6:7:8' }]]]);
  });
});

describe('hold', () => {
  test('a good answer counts for the time that its kind of error says', () => {
    let rcode = 0;
    const { clock, said } = house((one) => one.reply(rcode === 0 ? { answers: [a('x.test', '192.0.2.1')] } : { rcode }), V4, { hold: { ...conf().hold, nx: 2000, refused: 0 } });
    rcode = 3;
    clock.pass(3000);
    expect(said()).toEqual(['valid 192.0.2.1', 'nx 192.0.2.1', 'nx 192.0.2.1', 'nx']);
    rcode = 0;
    clock.pass(1000);
    rcode = 5;
    clock.pass(1000);
    expect(said().slice(4)).toEqual(['valid 192.0.2.1', 'refused']);
  });

  test('obsolete keeps what is missing in newer answers', () => {
    let addresses = ['192.0.2.1', '192.0.2.2'];
    const { clock, said } = house((one) => one.reply({ answers: addresses.map((each) => a('x.test', each)) }), V4, { hold: { ...conf().hold, obsolete: 2000 } });
    addresses = ['192.0.2.2'];
    clock.pass(2000);
    expect(said()).toEqual(['valid 192.0.2.1 192.0.2.2', 'valid 192.0.2.1 192.0.2.2', 'valid 192.0.2.2']);
  });
});

test('a stopped resolution asks nothing and tells nobody', () => {
  const { clock, asked, resolution, said } = house(() => undefined);
  resolution.stop();
  asked[0]!.reply({ answers: [a('x.test', '192.0.2.1')] });
  clock.pass(10000);
  expect([asked.length, said()]).toEqual([1, []]);
});

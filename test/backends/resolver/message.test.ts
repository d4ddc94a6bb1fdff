import { describe, expect, test } from '@jest/globals';
import { decodeAnswer, encodeQuestion, finalName, isDnsName } from '../../../src/backends/resolver/message.js';
import { a, aaaa, answer, cname, nameBytes, questionOf, srv, u16 } from './packet.js';

describe('encodeQuestion', () => {
  test('a question, with EDNS if more than 512 bytes are accepted', () => {
    expect(questionOf(encodeQuestion(0xabcd, 'a.example.com', 'AAAA'))).toEqual({ id: 0xabcd, name: 'a.example.com', type: 'AAAA', payload: null });
    expect(questionOf(encodeQuestion(7, '_http._tcp.x.test.', 'SRV', 8192))).toEqual({ id: 7, name: '_http._tcp.x.test', type: 'SRV', payload: 8192 });
    expect(encodeQuestion(1, 'x', 'A').toString('hex')).toBe('0001010000010000000000000178000001' + '0001');
  });

  test.each([['x.test', true], ['x.test.', true], ['', false], ['.', false], ['a..b', false], ['a b', false], [`${'l'.repeat(64)}.x`, false], [`${'l.'.repeat(126)}l`, true], [`${'l.'.repeat(127)}l`, false], ['\u00e4.x', false]])(
    'isDnsName(%j)', (name, good) => expect(isDnsName(name)).toBe(good));
});

describe('decodeAnswer', () => {
  test('records of the kinds that are used, names in lower case', () => {
    const bytes = answer({ id: 9, name: 'X.Test', answers: [cname('x.test', 'Y.test'), a('y.test', '192.0.2.1'), aaaa('y.test', 0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), { name: 'x.test', type: 'TXT', data: Buffer.from('??') }], additional: [srv('_s.x', 'T.x', 8080, 5, 1)] });
    expect(decodeAnswer(bytes)).toEqual({
      id: 9, rcode: 0, truncated: false, question: { name: 'x.test', type: 1 },
      answers: [{ kind: 'cname', name: 'x.test', target: 'y.test' }, { kind: 'address', name: 'y.test', family: 4, address: '192.0.2.1' }, { kind: 'address', name: 'y.test', family: 6, address: '2001:db8::1' }],
      additional: [{ kind: 'srv', name: '_s.x', srv: { priority: 1, weight: 5, port: 8080, target: 't.x' } }],
    });
  });

  test('compressed names', () => {
    const bytes = answer({ answers: [{ name: Buffer.of(0xc0, 12), type: 'CNAME', data: Buffer.concat([Buffer.of(3), Buffer.from('www'), Buffer.of(0xc0, 14)]) }] });
    expect(decodeAnswer(bytes)?.answers).toEqual([{ kind: 'cname', name: 'x.test', target: 'www.test' }]);
  });

  const at = 12 + nameBytes('x.test').length + 4;
  test.each([
    ['a pointer to itself', answer({ answers: [{ name: Buffer.of(0xc0, at), type: 'A', data: Buffer.alloc(4) }] })],
    ['a pointer forwards', answer({ answers: [{ name: Buffer.of(0xc0, at + 6), type: 'A', data: Buffer.alloc(4) }] })],
    ['a label that leads to a pointer back to it', answer({ answers: [{ name: Buffer.of(1, 97, 0xc0, at), type: 'A', data: Buffer.alloc(4) }] })],
    ['a pointer into the header', answer({ answers: [{ name: Buffer.of(0xc0, 0), type: 'A', data: Buffer.alloc(4) }] })],
    ['an A record of five bytes', answer({ answers: [{ name: 'x', type: 'A', data: Buffer.alloc(5) }] })],
    ['an AAAA record of four bytes', answer({ answers: [{ name: 'x', type: 'AAAA', data: Buffer.alloc(4) }] })],
    ['an SRV record without target', answer({ answers: [{ name: 'x', type: 'SRV', data: u16(1, 2, 3) }] })],
    ['data behind a name', answer({ answers: [{ name: 'x', type: 'CNAME', data: Buffer.concat([nameBytes('y'), Buffer.of(1)]) }] })],
    ['a name that runs out of its record', answer({ answers: [{ name: 'x', type: 'CNAME', data: Buffer.of(9, 97) }] })],
    ['a name of 256 bytes', answer({ answers: [{ name: Array(64).fill('abc').join('.'), type: 'A', data: Buffer.alloc(4) }] })],
    ['a label of an unknown kind', answer({ answers: [{ name: Buffer.of(0x80, 0), type: 'A', data: Buffer.alloc(4) }] })],
    ['a question', answer({ flags: 0x0100 })],
    ['another opcode', answer({ flags: 0x9000 })],
    ['fewer records than announced', Buffer.concat([u16(1, 0x8180, 1, 2, 0, 0), nameBytes('x'), u16(1, 1)])],
    ['no question', u16(1, 0x8180, 0, 0, 0, 0)],
    ['half a header', Buffer.alloc(11)],
  ])('%s is no answer', (_, bytes) => expect(decodeAnswer(bytes)).toBeNull());

  test('a truncated message has no records, wherever it was cut', () => {
    const whole = answer({ flags: 0x8380, answers: [a('x.test', '192.0.2.1')] });
    expect(decodeAnswer(whole.subarray(0, whole.length - 3))).toMatchObject({ truncated: true, answers: [] });
  });

  test('any bytes are an answer or none, and never more than that', () => {
    const seeds = [
      answer({ answers: [cname('x.test', 'y.test'), a('y.test', '192.0.2.1')], additional: [srv('s', 't', 1)] }),
      answer({ type: 'SRV', answers: [srv('x.test', 'a.test', 80), srv('x.test', 'b.test', 81)], additional: [aaaa('a.test', 1, 2, 3, 4, 5, 6, 7, 8)] }),
      answer({ answers: [{ name: Buffer.of(0xc0, 12), type: 'A', data: Buffer.alloc(4) }] }),
    ];
    let seed = 12345;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    let parsed = 0;
    for (let i = 0; i < 20000; i++) {
      const bytes = Buffer.from(seeds[random(seeds.length)]!);
      for (let n = 1 + random(4); n > 0; n--) bytes[random(bytes.length)] = [0, 1, 0x3f, 0xc0, 0xff, random(256)][random(6)]!;
      if (decodeAnswer(bytes.subarray(0, random(4) === 0 ? random(bytes.length + 1) : bytes.length)) !== null) parsed++;
    }
    expect(parsed).toBeGreaterThan(1000);
  });
});

test('finalName follows aliases in any order, and no loop', () => {
  const alias = (name: string, target: string) => ({ kind: 'cname', name, target }) as const;
  expect(finalName('a', [alias('b', 'c'), alias('a', 'b')])).toBe('c');
  expect(finalName('a', [alias('b', 'c')])).toBe('a');
  expect(finalName('a', [alias('a', 'b'), alias('b', 'a')])).toBeNull();
});

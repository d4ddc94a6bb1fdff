import { describe, expect, test } from '@jest/globals';
import { hostOf, parseMessage, writeMessage, type Sending } from '../../../../src/core/log/forward/message.js';

const NEW = '<134>1 2024-06-12T10:09:11.823400+02:00 host app 42 ID7 [a@1 b="x\\]y"][c d="e"] hello world';
const OLD = '<13>Nov  5 03:06:09 host tag[42]: hello: world';
const LOCAL = '<13>Nov 25 03:06:09 haproxy[42]: 127.0.0.1:1 [x] hello';

test('messages of all kinds are read', () => {
  expect(parseMessage(NEW)).toMatchObject({
    format: 'rfc5424', facility: 16, level: 6, date: '2024-06-12T10:09:11.823400+02:00', host: 'host', tag: 'app', pid: '42', id: 'ID7', data: '[a@1 b="x\\]y"][c d="e"]', text: 'hello world',
  });
  expect(parseMessage('<165>1 - - - - - -')).toMatchObject({ format: 'rfc5424', date: undefined, host: undefined, tag: undefined, data: undefined, text: '' });
  expect(parseMessage(OLD)).toMatchObject({ format: 'rfc3164', facility: 1, level: 5, date: 'Nov  5 03:06:09', host: 'host', tag: 'tag', pid: '42', text: 'hello: world' });
  expect(parseMessage(LOCAL)).toMatchObject({ format: 'local', host: undefined, tag: 'haproxy', pid: '42', text: '127.0.0.1:1 [x] hello' });
  expect(parseMessage('<13>Nov  5 03:06:09 ::1 tag: x')).toMatchObject({ format: 'rfc3164', host: '::1', tag: 'tag', pid: undefined, text: 'x' });
  expect(parseMessage('<190>just text')).toMatchObject({ format: 'priority', facility: 23, level: 6, text: 'just text' });
  for (const raw of ['no mark', '<999>x', '<>x', '', '<1']) expect(parseMessage(raw)).toMatchObject({ format: 'raw', facility: undefined, level: 5, text: raw });
});

describe('sent on', () => {
  const sending: Sending = { facility: 16, level: 3, host: 'h', now: new Date(2024, 10, 25, 12, 0, 0, 7) };

  test('as they came unless another form is wanted', () => {
    expect(writeMessage(parseMessage(NEW), null, { ...sending, level: 6, host: 'host' })).toBe(NEW);
    expect(writeMessage(parseMessage(OLD), null, { facility: 1, level: 5, host: 'host', now: sending.now })).toBe(OLD);
    expect(writeMessage(parseMessage(LOCAL), null, { facility: 1, level: 5, host: 'x', now: sending.now })).toBe(LOCAL);
    expect(writeMessage(parseMessage('no mark'), null, sending)).toBe('no mark');
  });

  test('in another form', () => {
    const old = parseMessage(OLD);
    expect(writeMessage(old, 'rfc5424', sending)).toMatch(/^<131>1 2024-11-05T03:06:09[+-]\d\d:\d\d h tag 42 - - hello: world$/);
    expect(writeMessage(old, 'local', sending)).toBe('<131>Nov  5 03:06:09 tag[42]: hello: world');
    expect(writeMessage(parseMessage(NEW), 'rfc3164', sending)).toMatch(/^<131>Jun 12 \d\d:09:11 h app\[42\]: hello world$/);
    expect(writeMessage(old, 'short', sending)).toBe('<3>hello: world');
    expect(writeMessage(old, 'priority', sending)).toBe('<131>hello: world');
    expect(writeMessage(old, 'raw', sending)).toBe('hello: world');
    expect(writeMessage(old, 'iso', sending)).toMatch(/^2024-11-05T03:06:09[+-]\d\d:\d\d hello: world$/);
    expect(writeMessage(parseMessage('x'), 'rfc3164', { ...sending, host: undefined })).toBe('<131>Nov 25 12:00:00 localhost x');
    expect(writeMessage(parseMessage('x'), 'timed', sending)).toMatch(/^<3>2024-11-25T12:00:00\.007000[+-]\d\d:\d\d x$/);
  });

  test('a date without a year is never far ahead', () => {
    const december = parseMessage('<13>Dec 31 23:59:59 host tag: x');
    expect(writeMessage(december, 'iso', { ...sending, now: new Date(2025, 0, 1, 0, 0, 1) })).toMatch(/^2024-12-31T23:59:59/);
  });
});

test('the host that is named follows the policy', () => {
  expect(['replace', 'fill', 'keep', 'append'].map((policy) => hostOf('own', '1.2.3.4', policy as 'fill'))).toEqual(['1.2.3.4', 'own', 'own', 'own,1.2.3.4']);
  expect(['replace', 'fill', 'keep', 'append'].map((policy) => hostOf(undefined, '1.2.3.4', policy as 'fill'))).toEqual(['1.2.3.4', '1.2.3.4', undefined, '1.2.3.4']);
  expect(['replace', 'fill', 'keep', 'append'].map((policy) => hostOf('own', undefined, policy as 'fill'))).toEqual(['own', 'own', 'own', 'own']);
});

import { describe, expect, test } from '@jest/globals';
import { eachRecord, LogSink } from '../../../src/core/log/sink.js';

function collect(): { sink: LogSink; batches: [number, string][][] } {
  const batches: [number, string][][] = [];
  const sink = new LogSink((records, length) => {
    const batch: [number, string][] = [];
    eachRecord(records, length, (receiver, message) => batch.push([receiver, Buffer.from(message).toString('latin1')]));
    batches.push(batch);
  });
  return { sink, batches };
}

const write = (sink: LogSink, receiver: number, length: number, body: (sink: LogSink) => void): void => {
  sink.open(receiver, length);
  body(sink);
  sink.close();
};

test('messages of one turn leave together, in order, each with its receiver', async () => {
  const { sink, batches } = collect();
  write(sink, 0, 100, (to) => to.put('one'));
  write(sink, 300, 100, (to) => to.put('two'));
  expect(batches).toEqual([]);
  await Promise.resolve();
  write(sink, 1, 100, (to) => to.put('three'));
  await Promise.resolve();
  expect(batches).toEqual([[[0, 'one\n'], [300, 'two\n']], [[1, 'three\n']]]);
});

test('a full page leaves at once', () => {
  const { sink, batches } = collect();
  const text = 'x'.repeat(60_000);
  for (let i = 0; i < 9; i++) write(sink, 0, 65535, (to) => to.put(text));
  sink.flush();
  expect(batches.flat()).toHaveLength(9);
  expect(batches.length).toBeGreaterThan(1);
  expect(batches.flat().every(([, message]) => message === `${text}\n`)).toBe(true);
});

test('a message is cut where it may not be longer, whatever it is written with', () => {
  const { sink, batches } = collect();
  const writers: ((to: LogSink) => void)[] = [
    (to) => to.put('abcdefgh'), (to) => to.put('x'.repeat(100)), (to) => to.copy(Buffer.from('abcdefgh')), (to) => to.integer(12345678),
    (to) => [...'abcdefgh'].forEach((char) => to.byte(char.charCodeAt(0))),
  ];
  for (const writer of writers) write(sink, 0, 6, writer);
  sink.flush();
  expect(batches[0]!.map(([, message]) => message)).toEqual(['abcdef\n', 'xxxxxx\n', 'abcdef\n', '123456\n', 'abcdef\n']);
});

test('numbers', () => {
  const { sink, batches } = collect();
  const numbers = [0, 9, 10, 99, 100, 12345, 2147483647, 2147483648, 9007199254740991, -1, -2, -12345];
  write(sink, 0, 500, (to) => numbers.forEach((number) => {
    to.integer(number);
    to.put(' ');
  }));
  sink.flush();
  expect(batches[0]![0]![1].trim()).toBe(numbers.join(' '));
});

describe('records', () => {
  test('that are cut end the list', () => {
    const seen: string[] = [];
    const records = Buffer.from([0, 0, 2, 0, 65, 66, 1, 0, 9, 0, 67]);
    eachRecord(records, records.length, (receiver, message) => seen.push(`${receiver} ${Buffer.from(message).toString()}`));
    expect(seen).toEqual(['0 AB']);
  });
});

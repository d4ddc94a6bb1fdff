import { expect, test } from '@jest/globals';
import { MESSAGE_FORMATS } from '../../../src/config/log.js';
import { headerWriter, nowMicros } from '../../../src/core/log/header.js';
import { eachRecord, LogSink } from '../../../src/core/log/sink.js';

const MICROS = new Date(2026, 10, 5, 3, 6, 9).getTime() * 1000 + 123;
const zone = (() => {
  const minutes = -new Date(2026, 10, 5).getTimezoneOffset();
  const part = (value: number): string => String(Math.abs(Math.trunc(value))).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${part(minutes / 60)}:${part(minutes % 60)}`;
})();

function headers(hostname: string | null, level: number, data = ''): Record<string, string> {
  const made: string[] = [];
  const sink = new LogSink((records, length) => eachRecord(records, length, (_receiver, message) => made.push(Buffer.from(message).toString('latin1'))));
  for (const format of MESSAGE_FORMATS) {
    sink.open(0, 1024);
    headerWriter(format, { hostname, tag: 'tag', pid: 7, facility: 16 })(sink, level, MICROS, data);
    sink.close();
  }
  sink.flush();
  return Object.fromEntries(MESSAGE_FORMATS.map((format, i) => [format, made[i]!.slice(0, -1)]));
}

test('are those of haproxy', () => {
  const iso = `2026-11-05T03:06:09.000123${zone}`;
  expect(headers(null, 6)).toEqual({
    local: '<134>Nov  5 03:06:09 tag[7]: ', rfc3164: '<134>Nov  5 03:06:09 localhost tag[7]: ', rfc5424: `<134>1 ${iso} - tag 7 - - `,
    priority: '<134>', short: '<6>', timed: `<6>${iso} `, iso: `${iso} `, raw: '',
  });
  expect(headers('h', 3, '[a b="1"]')).toMatchObject({
    local: '<131>Nov  5 03:06:09 tag[7]: ', rfc3164: '<131>Nov  5 03:06:09 h tag[7]: ', rfc5424: `<131>1 ${iso} h tag 7 - [a b="1"] `, short: '<3>',
  });
});

test('the time goes on and stays near the wall clock', () => {
  let last = nowMicros();
  for (let i = 0; i < 1000; i++) {
    const now = nowMicros();
    expect(now).toBeGreaterThanOrEqual(last - 3000);
    last = now;
  }
  expect(Math.abs(last / 1000 - Date.now())).toBeLessThan(50);
});

import { afterEach, expect, test } from '@jest/globals';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { print, printText, printTo } from '../../src/core/print.js';
import { temporaryDirectory } from '../support/proxy.js';

afterEach(() => printTo(2));

test('levels stand in columns, as in HAProxy', () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'out');
  const fd = openSync(path, 'w');
  printTo(fd);
  print('alert', 'a');
  print('warning', 'w');
  print('notice', 'n');
  printText('as it is\n');
  printTo(null);
  print('alert', 'nowhere');
  closeSync(fd);
  const pid = process.pid;
  expect(readFileSync(path, 'utf8')).toBe(`[ALERT]    (${pid}) : a\n[WARNING]  (${pid}) : w\n[NOTICE]   (${pid}) : n\nas it is\n`);
  directory.remove();
});

test('a reader that has gone is no reason to fail', () => {
  const fd = openSync('/dev/null', 'r');
  closeSync(fd);
  printTo(fd);
  expect(() => print('alert', 'x')).not.toThrow();
});

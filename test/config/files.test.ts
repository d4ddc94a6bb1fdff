import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { fileReader, readSources } from '../../src/config/files.js';

const folder = mkdtempSync(join(tmpdir(), 'tsproxy-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('files are read as bytes, once', () => {
  const path = join(folder, 'caf\u00e9');
  writeFileSync(path, Buffer.from([0x41, 0xff, 0x00]));
  const reader = fileReader();
  // A path comes from a word, which is latin1.
  const asWord = Buffer.from(path, 'utf8').toString('latin1');
  expect(reader.read(asWord)).toBe('A\xff\x00');
  writeFileSync(path, 'changed');
  expect(reader.read(asWord)).toBe('A\xff\x00');
  expect(reader.read(join(folder, 'none'))).toEqual({ problem: 'no such file or directory' });
  expect(reader.read(folder)).toEqual({ problem: 'is a directory' });
});

test('directories give their .cfg files, sorted by bytes; subdirectories are not entered', () => {
  const directory = join(folder, 'conf.d');
  mkdirSync(join(directory, 'sub.cfg'), { recursive: true });
  for (const name of ['b.cfg', 'B.cfg', 'a.cfg', 'a.conf', '.a.cfg']) writeFileSync(join(directory, name), `# ${name}`);
  const said: Diagnostic[] = [];
  const sources = readSources([directory, join(folder, 'gone.cfg'), join(directory, 'a.conf')], (diagnostic) => said.push(diagnostic));
  expect(sources.map(({ index, name, text }) => [index, name.slice(directory.length + 1), text])).toEqual([
    [0, 'B.cfg', '# B.cfg'], [1, 'a.cfg', '# a.cfg'], [2, 'b.cfg', '# b.cfg'], [3, 'a.conf', '# a.conf'],
  ]);
  expect(said.map(({ severity, summary, span }) => [severity, summary, span])).toEqual([
    ['alert', `cannot open configuration file/directory ${join(folder, 'gone.cfg')} : no such file or directory`, null],
  ]);
});

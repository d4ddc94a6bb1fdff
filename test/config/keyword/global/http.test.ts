import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messages, modelOf } from '../../loaded.js';

const global = (...lines: string[]): string => `global\n${lines.map((line) => ` ${line}\n`).join('')}`;

describe('h1-case-adjust', () => {
  test('gives names in lower case and how they are written', async () => {
    const model = await modelOf(global('h1-case-adjust content-length Content-Length', 'h1-case-adjust x-id X-ID'));
    expect(model.global.headerCases).toEqual([['content-length', 'Content-Length'], ['x-id', 'X-ID']]);
  });

  test.each([
    ['a b', "alert: 'h1-case-adjust' : <from> and <to> must not differ except the case <a>"],
    ['a: A:', "alert: 'h1-case-adjust' : 'a:' is not a header name <a:>"],
    ['Ab aB', "warning: 'h1-case-adjust' : 'Ab' never matches <Ab>"],
    ['a', "alert: 'h1-case-adjust' expects <from> and <to> as arguments <h1-case-adjust>"],
  ])('%s', async (words, message) => {
    expect(await messages(global(`h1-case-adjust ${words}`))).toEqual([message]);
  });

  test('no name twice', async () => {
    expect(await messages(global('h1-case-adjust a A', 'h1-case-adjust a A'))).toEqual(["alert: 'h1-case-adjust' : duplicate entry 'a' <a>"]);
  });

  test('of files the last one counts', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cases-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    const first = file('first', 'gone GONE\n');
    const second = file('second', '# names\n\n  host \t HOST  \r\nx-id X-ID');
    const bad = file('bad', 'host HOST\nhost\n');
    const model = await modelOf(global(`h1-case-adjust-file ${first}`, `h1-case-adjust-file ${second}`, 'h1-case-adjust a A'));
    expect(model.global.headerCases).toEqual([['a', 'A'], ['host', 'HOST'], ['x-id', 'X-ID']]);
    expect(await messages(global(`h1-case-adjust-file ${bad}`))).toEqual([expect.stringContaining(`line 2 of '${bad}' is not two header names`)]);
    rmSync(directory, { recursive: true });
  });
});

test('what HTTP/1.0 may do', async () => {
  const { anyPayload, keepInsecure } = (await modelOf(global('h1-accept-payload-with-any-method', 'h1-do-not-close-on-insecure-transfer-encoding'))).global;
  expect([anyPayload, keepInsecure]).toEqual([true, true]);
});

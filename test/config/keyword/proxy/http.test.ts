import { describe, expect, test } from '@jest/globals';
import { RETRYABLE } from '../../../../src/config/retry.js';
import { messages, modelOf } from '../../loaded.js';

const backend = (...lines: string[]): string => `backend b\n mode http\n timeout server 1s\n timeout connect 1s\n${lines.map((line) => ` ${line}\n`).join('')}`;
const first = async (text: string): Promise<Awaited<ReturnType<typeof modelOf>>['proxies'][number]> => (await modelOf(text)).proxies[0]!;

describe('retry-on', () => {
  test.each([
    ['', ['conn-failure']], ['retry-on none', []], ['retry-on 503 empty-response 503', ['503', 'empty-response']], ['retry-on all-retryable-errors', [...RETRYABLE]],
    ['retry-on 404\n retry-on 503', ['503']],
  ])('%s', async (line, expected) => {
    expect((await first(backend(line))).retryOn).toEqual(expected);
  });

  test.each([
    ['retry-on none 503', "alert: 'retry-on' : 'none' must be the only keyword <none>"],
    ['retry-on 418', "alert: 'retry-on' : unknown keyword '418' <418>"],
    ['retry-on', "alert: 'retry-on' expects at least one keyword <retry-on>"],
  ])('%s is refused', async (line, message) => {
    expect(await messages(backend(line))).toEqual([message]);
  });
});

describe('http-send-name-header', () => {
  test('names a field', async () => {
    expect((await first(backend('http-send-name-header X-Server'))).sendNameHeader).toBe('X-Server');
  });

  test.each([
    ['http-send-name-header', "alert: 'http-send-name-header' expects a header string as argument <http-send-name-header>"],
    ['http-send-name-header Host', "alert: 'http-send-name-header' cannot be used to set the 'Host' header <Host>"],
    ['http-send-name-header "a b"', `alert: 'a b' is not a header name <"a b">`],
  ])('%s is refused', async (line, message) => {
    expect(await messages(backend(line))).toEqual([message]);
  });
});

describe('option abortonclose', () => {
  const aborts = async (text: string): Promise<boolean> => (await first(text)).options.flags.includes('abortonclose');
  test('is on in HTTP backends unless a line says otherwise', async () => {
    expect(await aborts(backend())).toBe(true);
    expect(await aborts(backend('no option abortonclose'))).toBe(false);
    expect(await aborts(`defaults\n no option abortonclose\n${backend()}`)).toBe(false);
    expect(await aborts(`defaults\n no option abortonclose\n${backend('default option abortonclose')}`)).toBe(true);
  });

  test('is off elsewhere', async () => {
    expect(await aborts('frontend f\n mode http\n bind :80\n timeout client 1s\n')).toBe(false);
    expect(await aborts('backend b\n mode tcp\n timeout server 1s\n timeout connect 1s\n')).toBe(false);
    expect(await aborts('backend b\n mode tcp\n timeout server 1s\n timeout connect 1s\n option abortonclose\n')).toBe(true);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { ExpectRule } from '../../../src/config/check_rules.js';
import { loadText } from '../../../src/config/load.js';
import { bytesMatcher, httpMatcher } from '../../../src/backends/check/expect.js';
import { parseHead, type ResponseHead } from '../../../src/backends/check/http_message.js';
import type { CompileEnv } from '../../../src/core/row.js';
import type { Tx } from '../../../src/core/tx.js';

/** Formats are text here: samples are tested elsewhere. */
const env = { logFormat: (format: { text: string }) => () => format.text } as unknown as CompileEnv;
const tx = (): Tx => undefined as unknown as Tx;

async function ruleOf(family: 'tcp' | 'http', words: string): Promise<ExpectRule> {
  const option = family === 'tcp' ? 'tcp-check' : 'httpchk';
  const { model, diagnostics } = await loadText(`defaults\n timeout connect 1\n timeout server 1\nbackend b\n option ${option}\n ${family}-check expect ${words}\n server s 127.0.0.1:1 check\n`);
  if (model === null) throw new Error(diagnostics.map(({ summary }) => summary).join());
  return model.checkPlans[0]!.rules[0] as ExpectRule;
}

describe('tcp-check expect', () => {
  test.each([
    ['string +OK', 'x+OK', true], ['string +OK', '+O', false], ['binary 0d0A', 'a\r\n', true], ['rstring ^a.c$', 'abc', true], ['rstring ^a.c$', 'abcd', false],
    ['rbinary ^4142', 'ABC', true], ['rbinary FF$', 'A\xff', true], ['rbinary ff$', 'A\xff', false], ['string-lf abc', 'xabcx', true], ['binary-lf 4142', 'xABx', true], ['string-lf ""', 'x', false],
  ])('%s in %j: %s', async (words, data, found) => {
    // An empty pattern is refused when it is read; a format that gives nothing is met by nothing.
    const rule = words.endsWith('""')
      ? ({ match: { kind: 'string-lf', format: { items: [], text: '' } } } as unknown as ExpectRule)
      : await ruleOf('tcp', words);
    expect(bytesMatcher(rule, env).test(Buffer.from(data, 'latin1'), tx)).toBe(found);
  });

  test('how messages name them', async () => {
    const named = async (words: string) => {
      const { label, shown, exact } = bytesMatcher(await ruleOf('tcp', words), env);
      return [label, shown, exact];
    };
    expect(await named('string a\\r\\n')).toEqual(["string 'a<0D><0A>'", "'a<0D><0A>'", 3]);
    expect(await named('binary 0102')).toEqual(["binary '<01><02>'", '(binary)', 2]);
    expect(await named('rstring a')).toEqual(['regex', '(regex)', 0]);
    expect(await named('rbinary 01')).toEqual(['binary regex', '(binary regex)', 0]);
    expect(await named('string-lf a')).toEqual(['log-format string', '(log-format string)', 0]);
    expect(await named('binary-lf 01')).toEqual(['log-format binary', '(log-format binary)', 0]);
  });
});

describe('http-check expect', () => {
  const HEAD = parseHead('HTTP/1.1 202 Accepted\r\nx-test1: true, next value\r\nX-Test2: "a, b", c\r\nx-begin-test: 1\r\n\r\n') as ResponseHead;

  test.each([
    ['status 200-299', true], ['status 201,203', false], ['status 100,202', true], ['rstatus ^2', true], ['rstatus ^3', false],
    ['hdr name x-test1', true], ['hdr name X-TEST1', true], ['hdr name x-test', false], ['hdr name -m beg x-te', true], ['hdr name -m end -Test', true], ['hdr name -m sub Egin', true],
    ['hdr name -m reg ^x-T[a-z]+[0-9]$', true], ['hdr name x-test1 value true', true], ['hdr name x-test1 value TRUE', false], ['hdr name x-test1 value "next value"', true],
    ['hdr name x-test1 value "true, next value"', false], ['fhdr name x-test1 value "true, next value"', true], ['fhdr name x-test1 value true', false],
    ['hdr name x-test2 value c', true], ['hdr name x-test2 value -m sub "a, b"', true], ['hdr name -m beg x- value -m reg ^next', true], ['hdr name-lf x-test1 value-lf true', true],
    ['hdr name x-test1 value -m reg ^TRUE$', false],
  ])('%s: %s', async (words, found) => {
    const matcher = httpMatcher(await ruleOf('http', words), env);
    expect(matcher.kind === 'head' && matcher.test(HEAD, tx)).toBe(found);
  });

  test('bodies', async () => {
    const matcher = httpMatcher(await ruleOf('http', 'rstring b+'), env);
    expect(matcher.kind === 'body' && [matcher.test({ text: 'abba', whole: true }, tx), matcher.test({ text: 'aca', whole: true }, tx)]).toEqual([true, false]);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { newGlobal } from '../../src/config/draft.js';
import type { Site } from '../../src/config/site.js';
import { newCertificates } from '../../src/config/certificates.js';
import { newLogSections } from '../../src/config/log_draft.js';
import { newStickSections } from '../../src/config/stick.js';
import { Walk } from '../../src/config/walk.js';

/** A walk over the words of a line, the first `keyword` of which are the keyword, and what it reported. */
function walkOf(line: string, keyword = 1): { walk: Walk; said: string[] } {
  const words = [...line.matchAll(/\S+|(?<= )(?= )/g)].map((match) => ({ text: match[0], span: { source: 0, start: match.index, end: match.index + match[0].length }, offsets: null }));
  const said: string[] = [];
  const report = ({ severity, summary, span }: Diagnostic): void => void said.push(`${severity}: ${summary} <${span === null ? '' : line.slice(span.start, span.end)}>`);
  const site: Site = {
    section: 'frontend', mode: 'http', proxy: null, global: newGlobal(), environment: new Map(), sink: { report }, references: [], hosts: [], httpErrors: [], userlists: [], resolvers: [], resolverUses: [], healthchecks: [], mailers: [], replies: [],
    certificates: newCertificates(), stick: newStickSections(), logs: newLogSections(),
    files: { read: (path) => (path === '/there' ? 'HTTP/1.0 503 X\n\nhi' : { problem: 'no such file or directory' }) },
  };
  return { walk: new Walk(site, words, keyword, null), said };
}

describe('words', () => {
  test('are passed one by one; rules end before if and unless', () => {
    const { walk } = walkOf('http-request deny status 403 if x');
    walk.stopAtCondition();
    expect([walk.keyword, walk.next()?.text, walk.peek()?.text, walk.peek(1)?.text, walk.peek(2)]).toEqual(['http-request', 'deny', 'status', '403', undefined]);
    expect(walk.rest().map(({ text }) => text)).toEqual(['status', '403']);
    expect(walk.done()).toBe(true);
    expect(walk.condition().map(({ text }) => text)).toEqual(['if', 'x']);
  });

  test('the keyword is all its words, without a prefix', () => {
    const { walk } = walkOf('no option httpclose', 3);
    const prefixed = new Walk(walk.site, walk.words, 3, 'no');
    expect([prefixed.keyword, prefixed.keywordSpan]).toEqual(['option httpclose', { source: 0, start: 3, end: 19 }]);
  });

  test('an inner walk has its own keyword, and the outer one goes on behind it', () => {
    const { walk, said } = walkOf('server a 1.1.1.1:80 rise x weight 5');
    walk.next();
    walk.next();
    const inner = walk.from(walk.at);
    expect([inner.keyword, inner.int('an integer argument', 1, 5)]).toEqual(['rise', undefined]);
    walk.follow(inner);
    expect([walk.failed, walk.next()?.text, said]).toEqual([true, 'weight', ["alert: 'rise' expects an integer argument (got 'x') <x>"]]);
  });
});

describe('values', () => {
  test('whole numbers within bounds', () => {
    expect(walkOf('k 5').walk.int('number', 1, 9)).toBe(5);
    expect(walkOf('k -1').walk.int('number', -1, 9)).toBe(-1);
    for (const [line, message] of [
      ['k', "alert: 'k' expects a number <k>"], ['k x', "alert: 'k' expects a number (got 'x') <x>"], ['k 5x', "alert: 'k' expects a number (got '5x') <5x>"],
      ['k 10', "alert: 'k' value must be between 1 and 9 (was 10) <10>"], ['k 0x5', "alert: 'k' expects a number (got '0x5') <0x5>"],
    ] as const) {
      const { walk, said } = walkOf(line);
      expect([walk.int('number', 1, 9), walk.failed, said]).toEqual([undefined, true, [message]]);
    }
  });

  test('times and sizes, with the caret at what is wrong', () => {
    expect(walkOf('k 5s').walk.time('time')).toBe(5000);
    expect(walkOf('k 16k').walk.size('size')).toBe(16384);
    const time = walkOf('k 5x');
    expect([time.walk.time('time'), time.said]).toEqual([undefined, ["alert: unexpected character 'x' in argument '5x' to 'k' <x>"]]);
    const size = walkOf('k 5kk');
    expect([size.walk.size('size'), size.said.length]).toEqual([undefined, 1]);
  });

  test('one of a list', () => {
    expect(walkOf('k b').walk.oneOf(['a', 'b'])).toBe('b');
    const { walk, said } = walkOf('k c');
    expect([walk.oneOf(['a', 'b']), said]).toEqual([undefined, ["alert: 'k' expects one of 'a', 'b' (got 'c') <c>"]]);
  });

  test('files and raw responses', () => {
    const good = walkOf('k /there');
    expect(good.walk.rawResponse(good.walk.words[1]!, 503)).toEqual({ status: 503, raw: 'HTTP/1.0 503 X\r\nContent-Length: 2\r\n\r\nhi' });
    const bad = walkOf('k /gone');
    expect([bad.walk.file(bad.walk.words[1]!), bad.said]).toEqual([undefined, ["alert: 'k' : can't open file '/gone' (no such file or directory) </gone>"]]);
  });

  test('warnings do not make the line fail, alerts do', () => {
    const { walk } = walkOf('k x');
    walk.warn(walk.keywordSpan, 'hm');
    expect(walk.failed).toBe(false);
    expect(walk.error(walk.keywordSpan, 'no')).toBeUndefined();
    expect(walk.failed).toBe(true);
  });
});

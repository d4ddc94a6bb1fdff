import { describe, expect, test } from '@jest/globals';
import type { StatisticsPage } from '../../../../src/config/statistics_page.js';
import { messages, modelOf } from '../../loaded.js';

const TIMEOUTS = ' mode http\n timeout client 1s\n';
const frontend = (...lines: string[]): string => `frontend f\n${TIMEOUTS} bind 127.0.0.1:1\n${lines.map((line) => ` ${line}\n`).join('')}`;

async function pageOf(text: string): Promise<StatisticsPage | null> {
  return (await modelOf(text)).proxies[0]!.stats;
}

describe('stats', () => {
  test('has the defaults of the manual', async () => {
    expect(await pageOf(frontend('stats enable'))).toMatchObject({
      uri: '/haproxy?stats', realm: 'HAProxy Statistics', users: [], refresh: 0, scope: [], admin: [], rules: [], showVersion: false, showLegends: false, node: null, description: null,
    });
    expect(await pageOf(frontend())).toBeNull();
  });

  test('any line about it enables it; lines add up', async () => {
    const page = await pageOf(frontend('stats uri /s', 'stats realm the\\ realm', 'stats refresh 2m', 'stats auth a:b:c', 'stats auth d:e', 'stats scope .', 'stats scope other',
      'stats show-legends', 'stats show-version', 'stats show-node n1', 'stats show-desc some words', 'stats admin if TRUE', 'stats http-request deny unless { src 127.0.0.1 }', 'stats http-request auth realm x'));
    expect(page).toMatchObject({
      uri: '/s', realm: 'the realm', refresh: 120, scope: ['f', 'other'], showLegends: true, showVersion: true, node: 'n1', description: 'some words',
      users: [{ name: 'a', password: 'b:c', insecure: true }, { name: 'd', password: 'e' }], rules: [{ action: 'deny' }, { action: 'auth', data: { realm: 'x' }, condition: null }],
    });
    expect(page?.admin).toHaveLength(1);
  });

  test('the first line in a section starts anew, whatever its defaults say', async () => {
    expect((await pageOf(`defaults\n stats uri /x\n stats refresh 9s\n${frontend()}`))?.uri).toBe('/x');
    expect(await pageOf(`defaults\n stats uri /x\n stats refresh 9s\n${frontend('stats enable')}`)).toMatchObject({ uri: '/haproxy?stats', refresh: 0 });
  });

  test('names and descriptions of the global section', async () => {
    expect(await pageOf(`global\n node here\n description what\n${frontend('stats show-node', 'stats show-desc')}`)).toMatchObject({ node: 'here', description: 'what' });
  });

  test.each([
    ['stats uri', "alert: 'uri' needs an URI prefix. <stats uri>"],
    ['stats realm', "alert: 'realm' needs an realm name. <stats realm>"],
    ['stats auth', "alert: 'auth' needs a user:password account. <stats auth>"],
    ['stats scope', "alert: 'scope' needs a proxy name. <stats scope>"],
    ['stats refresh x', "alert: unexpected character in argument to stats refresh interval 'x' <x>"],
    ['stats admin', "alert: 'stats admin' requires either 'if' or 'unless' followed by a condition <stats admin>"],
    ['stats admin foo', "alert: 'stats admin' requires either 'if' or 'unless' followed by a condition <foo>"],
    ['stats http-request', "alert: 'stats http-request' expects 'allow', 'deny' or 'auth' <stats http-request>"],
    ['stats http-request redirect location /', "alert: 'stats http-request' expects 'allow', 'deny' or 'auth', but got 'redirect' <redirect>"],
    ['stats http-request auth bar', "alert: 'stats http-request auth' expects either 'if' or 'unless' followed by a condition but found 'bar'. <bar>"],
    ['stats show-desc', "warning: 'show-desc' requires a parameter or 'desc' to be set in the global section. <stats show-desc>"],
    // HAProxy overlooks them.
    ['stats enable x', "warning: 'stats enable' takes no argument 'x', it is ignored <x>"],
    ['stats uri /a b', "warning: 'stats uri' takes no argument 'b', it is ignored <b>"],
  ])('%s', async (line, message) => {
    expect(await messages(frontend(line))).toEqual([message]);
  });

  test.each(['stats admin if TRUE', 'stats http-request deny'])('defaults have no %s', async (line) => {
    const [keyword] = / (if|deny)/.test(line) ? [line.replace(/ (if|deny).*/, '')] : [line];
    expect(await messages(`defaults d\n ${line}\n`)).toEqual([`alert: '${keyword}' not allowed in 'defaults' section <${keyword}>`]);
  });

  test('a tcp proxy has no page', async () => {
    const text = frontend('stats enable').replace('mode http', 'mode tcp');
    expect(await messages(text)).toEqual(["warning: 'stats' statement ignored for frontend 'f' as it requires HTTP mode <stats enable>"]);
    expect(await pageOf(text)).toBeNull();
  });
});

describe('tune.metrics.buckets', () => {
  const buckets = async (line: string): Promise<readonly number[]> => (await modelOf(`global\n ${line}\n`)).global.tune.latencyBuckets;

  test('times that rise', async () => {
    expect(await buckets('tune.metrics.buckets 5,20 1s')).toEqual([5, 20, 1000]);
    expect(await buckets('tune.metrics.buckets none')).toEqual([]);
    expect(await buckets('nbthread 1')).toHaveLength(15);
  });

  test.each([
    ['5,5', "'tune.metrics.buckets' : times must rise, '5' does not"], ['x', "unexpected character 'x' in argument 'x' to 'tune.metrics.buckets'"],
    [Array.from({ length: 16 }, (_, i) => i + 1).join(), "'tune.metrics.buckets' takes at most 15 times (got 16)"],
  ])('%s', async (times, problem) => {
    expect((await messages(`global\n tune.metrics.buckets ${times}\n`))[0]).toContain(problem);
  });
});

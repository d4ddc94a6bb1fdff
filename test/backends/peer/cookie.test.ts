/** Persistence by cookies does the same as in HAProxy 2.6, to requests, to responses and in the termination state. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { VERDICT_SERVER } from '../../../src/core/abi.js';
import { encodeDate } from '../../../src/backends/cookie/date.js';
import { haproxyPresent } from '../../support/haproxy.js';
import { bench, type RuleBench } from '../../support/rules.js';
import { echoed, PeerFarm, type PeerBackend } from './farm.js';

const SERVERS = ['cookie a', 'cookie b', '', 'cookie d disabled', 'cookie a backup', 'cookie f weight 0'];
const MODES: readonly string[] = [
  'X', 'X indirect', 'X rewrite', 'X rewrite nocache', 'X rewrite postonly', 'X prefix', 'X prefix indirect', 'X insert', 'X insert indirect', 'X insert preserve',
  'X insert indirect preserve', 'X insert indirect nocache', 'X insert postonly', 'X insert postonly preserve',
  'X insert httponly secure domain .a.b domain c.d attr "SameSite=None" attr Foo',
  'X insert maxidle 10m', 'X insert maxlife 20m', 'X insert indirect maxidle 10m maxlife 20m secure',
];
const RULES: readonly string[] = ['option persist', 'ignore-persist if TRUE', 'force-persist if TRUE', 'use-server s2 if TRUE'];

const backend = (lines: readonly string[], i: number): PeerBackend => ({ name: `b${i}`, lines: ['balance hdr(x-n)', ...lines], servers: SERVERS });
const BACKENDS: readonly PeerBackend[] = [
  ...MODES.map((mode) => [`cookie ${mode}`]),
  ...RULES.flatMap((rule) => ['X insert indirect', 'X prefix', 'X prefix indirect'].map((mode) => [`cookie ${mode}`, rule])),
].map(backend);

const now = Math.floor(Date.now() / 1000);
const date = (ago: number): string => encodeDate(now - ago);

const REQUESTS: readonly (readonly string[])[] = [
  [], ['X=b'], ['X=zz'], ['a=1; X=b; c=3'], ['X=b; c=3'], ['c=3;X=b'], ['c=3,  X=b , d=4'], ['X=b; X=a'], ['X=a', 'X=b'], ['X="b"; y=2'], ['X = b; y=2'],
  ['$Version=1; X=b; $Path=/; y=2'], ['X'], ['X='], ['xX=b; Xx=b'], ['X=b|AAAA|BBBB'], ['X=b~v1; y=2'], ['a=1; X=~v'], ['a=1; X=zz~v'], ['; X=b ;; y'],
  ['X=d'], ['X=d; X=b'], ['X=f'], ['X=zz; X=b'], ['y="X=b"; z=1'],
].map((lines) => lines.map((line) => `cookie: ${line}`));
const DATED: readonly (readonly string[])[] = [
  `X=b|${date(-100)}`, `X=b|${date(300)}`, `X=b|${date(700)}`, `X=b|${date(-80_000)}`, `X=b|${date(-90_000)}`, 'X=b|zz', 'X=b|', `X=b|${date(-100)}|${date(0)}`,
  `X=b|${date(-100)}|${date(1000)}`, `X=b|${date(-100)}|${date(1300)}`, `X=b|${date(900)}|${date(900)}`, `X=b|${date(-100)}|`, `X=b||${date(10)}`,
  `X=b|${date(-100)}|${date(-90_000)}`, 'X=b|!!!!!', `X=b|${date(-100)}x`, `X=zz|${date(0)}`, `X=b|${date(-100)}|${date(10)}|foo`, `X=b|${date(-100)}|garb`,
].map((value) => [`cookie: ${value}`]);
const RESPONSES: readonly (readonly string[])[] = [
  ['x-set: X=foo; path=/q'], ['x-set: Y=1; x=2'], ['x-set: X=foo', 'x-set2: X=bar; secure'], ['x-set: X=foo, Y=bar; path=/'], ['x-set: X="q;r"; HttpOnly'],
  ['x-set: X; path=/'], ['x-old: X=1; Version="1"'], ['x-set: X = foo ; path=/'], ['x-set: a=X=1'],
];
const CACHE: readonly (readonly string[])[] = [
  ['x-lm: Tue, 01 Jan 2019 00:00:00 GMT'], ['x-cc: max-age=10'], ['x-cc: public'], ['x-cc: public', 'x-lm: x'], ['x-cc: private', 'x-lm: x'], ['x-cc: no-cache', 'x-lm: x'],
  ['x-cc: max-age=0', 'x-lm: x'], ['x-pragma: no-cache', 'x-lm: x'], ['x-cc: no-cache="set-cookie"', 'x-lm: x'],
];

interface Case {
  readonly method: string;
  readonly fields: readonly string[];
}

const CASES: readonly Case[] = [
  ...[...REQUESTS, ...DATED, ...RESPONSES, ...CACHE].map((fields) => ({ method: 'GET', fields })),
  ...[...RESPONSES, ...CACHE].map((fields) => ({ method: 'GET', fields: ['cookie: X=b', ...fields] })),
  ...[[], ['cookie: X=b'], ['cookie: X=zz'], ['x-set: X=q'], ['cookie: X=b', 'x-set: X=q'], ['x-lm: x']].map((fields) => ({ method: 'POST', fields })),
];

/** What came of a case: the server, what it saw, what the client got, the letters. */
interface Outcome {
  readonly server: string;
  readonly seen: readonly string[];
  readonly sent: readonly string[];
  readonly letters: string;
}

const requestOf = ({ method, fields }: Case, name: string, n: number): string =>
  [`${method} /p?q HTTP/1.1`, 'host: x', `x-b: ${name}`, `x-n: ${n}`, ...(method === 'POST' ? ['content-length: 0'] : []), ...fields, '', ''].join('\r\n');

const named = (lines: readonly string[], names: RegExp): string[] => lines.filter((line) => names.test(line));
const SENT = /^(?:set-cookie|cache-control|set-cookie2):/i;
// HAProxy leaves a delimiter behind a last cookie that it takes out, and takes out blanks even where it has nothing to do; dates are of the second.
const tidy = (line: string): string => line.replace(/[;,] ?$/, '').replace(/^cookie: ?/i, '').replace(/\|[A-Za-z0-9+/]{5}/g, '|date')
  .replace(/^(set-cookie: X) = /, '$1=');

function theirs(head: string): Outcome {
  const lines = head.split('\r\n');
  const value = (name: string): string => lines.find((line) => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
  return {
    server: value('x-s'), seen: [value('x-c1'), value('x-c2')].filter((line) => line !== '').map(tidy), sent: named(lines, SENT).map(tidy), letters: value('x-tsc'),
  };
}

function ours(rules: RuleBench, given: Case, name: string, n: number): Outcome {
  const place = { requests: n + 1, backend: name, method: given.method };
  const request = rules.request(requestOf(given, name, n), { ...place, backend: null });
  if (request.code !== VERDICT_SERVER) throw new Error(`verdict ${request.code}`);
  const server = rules.model.servers[request.argument]!;
  rules.release(request.argument);
  const index = { ...place, serverIndex: request.argument };
  const response = rules.response(['HTTP/1.1 200 OK', 'content-length: 0', ...echoed(given.fields), '', ''].join('\r\n'), index);
  const after = rules.after([...response.head, '', ''].join('\r\n'), index);
  return {
    server: server.name, seen: named(request.head, /^cookie:/i).map(tidy), sent: named(after.head, SENT).map((line) => tidy(line)),
    letters: after.head.find((line) => line.startsWith('x-tsc: '))?.slice(7) ?? '',
  };
}

(haproxyPresent ? describe : describe.skip)('cookies as in haproxy', () => {
  const farm = new PeerFarm(BACKENDS, ['http-after-response set-header x-tsc %tsc']);
  let rules: RuleBench;
  beforeAll(async () => {
    await farm.start();
    rules = await bench(farm.text, true);
  });
  afterAll(() => farm.stop());

  test.each(BACKENDS.map((made) => [made.lines.slice(1).join(', '), made.name]))('%s', async (_lines, name) => {
    const heads = await farm.ask(CASES.map((given, n) => requestOf(given, name, n)));
    const different = CASES.flatMap((given, n) => {
      const [expected, seen] = [theirs(heads[n]!), ours(rules, given, name, n)].map((outcome) => JSON.stringify(outcome));
      return expected === seen ? [] : [`${given.method} ${given.fields.join(' | ')}: ${seen}, haproxy ${expected}`];
    });
    expect(different).toEqual([]);
  });
});

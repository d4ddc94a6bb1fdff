/** The same key goes to the same server as in HAProxy 2.6. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { haproxyPresent } from '../../support/haproxy.js';
import { bench, type RuleBench } from '../../support/rules.js';
import { PeerFarm, type PeerBackend } from './farm.js';

const plain = (count: number): string[] => Array.from({ length: count }, () => '');
const WEIGHTS = ['weight 1', 'weight 2', 'weight 30', 'weight 7', 'weight 100 id 77', 'weight 256'];

const FUNCTIONS = ['sdbm', 'djb2', 'wt6', 'crc32'];
const HASHES: PeerBackend[] = FUNCTIONS.flatMap((hash) => ['map-based', 'consistent'].flatMap((method) => ['', 'avalanche'].map((modifier): PeerBackend => ({
  name: `${method}-${hash}-${modifier}`, lines: ['balance uri', `hash-type ${method} ${hash} ${modifier}`], servers: WEIGHTS,
}))));

const BACKENDS: readonly PeerBackend[] = [
  { name: 'map', lines: ['balance uri'], servers: WEIGHTS },
  { name: 'ring', lines: ['balance uri', 'hash-type consistent'], servers: WEIGHTS },
  ...HASHES,
  { name: 'whole', lines: ['balance uri whole'], servers: plain(16) },
  { name: 'len', lines: ['balance uri len 5'], servers: plain(16) },
  { name: 'depth', lines: ['balance uri depth 2'], servers: plain(16) },
  { name: 'both', lines: ['balance uri depth 3 len 9 whole'], servers: plain(16) },
  { name: 'path', lines: ['balance uri path-only'], servers: plain(16) },
  { name: 'param', lines: ['balance url_param id'], servers: plain(16) },
  { name: 'hdr', lines: ['balance hdr(X-K)'], servers: plain(16) },
  { name: 'domain', lines: ['balance hdr(x-k) use_domain_only'], servers: plain(16) },
  { name: 'source', lines: ['balance source'], servers: plain(16) },
  { name: 'source-ring', lines: ['balance source', 'hash-type consistent'], servers: plain(16) },
  { name: 'source-mixed', lines: ['balance source', 'hash-type map-based djb2 avalanche'], servers: plain(16) },
  { name: 'hash', lines: ['balance hash req.hdr(x-k)'], servers: plain(16) },
  { name: 'hash-ip', lines: ['balance hash src'], servers: plain(16) },
  { name: 'hash-int', lines: ['balance hash req.hdr_cnt(x-k),add(77)', 'hash-type consistent wt6'], servers: plain(16) },
  { name: 'backup', lines: ['balance uri', 'option allbackups'], servers: ['disabled', 'backup weight 3', 'disabled', 'backup'] },
];

const head = (backend: string, target: string, fields: readonly string[] = []): string =>
  `GET ${target} HTTP/1.1\r\nhost: ${/^http:\/\/([^/]*)/.exec(target)?.[1] ?? 'x'}\r\nx-b: ${backend}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const TARGETS = numbers(40).flatMap((i) => [
  `/a${i}/b${i * 7}/c${i}?x=${i}`, `/dir${i}/`, `/p${i}`, `/d${i}//e?/${i}`, `/q${i}?a/b/c`, `http://h${i}/a${i}/b?z`, `http://h${i}/?z`,
]);
const PARAMS = numbers(60).flatMap((i) => [`/?id=v${i}&b=1`, `/?b=1&id=w${i}`, `/a;id=3?x&id=z${i}`, `/?xid=9&id=v${i};c=2`, `/?id=%41${i}`]);
const FIELDS = numbers(40).flatMap((i) => [
  [`x-k: key${i}`], [`X-K:   sp${i}  `], [`x-k: a${i}, b${i}`], [`x-k: c${i}`, `x-k: d${i}`], [`x-k: "q,${i}", r`], [`x-k: www.haproxy${i}.org`],
  [`x-k: haproxy.${i}1wt.eu`], [`x-k: a${i}.b${i}.c.d.com:8080`], [`x-k: w${i}.`],
]);
const SOURCES = numbers(150).flatMap((i) => [[`x-src: ${(i * 7) % 256}.${i}.${(i * 31) % 256}.9`], [`x-src: 2001:db8:${i.toString(16)}::${(i * 97).toString(16)}`]]);

const CASES: readonly (readonly [backends: readonly string[], requests: (backend: string) => string[]])[] = [
  [['map', 'ring'], (backend) => numbers(10_000).map((i) => head(backend, `/key/${i}`))],
  [[...HASHES.map(({ name }) => name), 'backup'], (backend) => numbers(300).map((i) => head(backend, `/key/${i * 13}`))],
  [['whole', 'len', 'depth', 'both', 'path'], (backend) => TARGETS.map((target) => head(backend, target))],
  [['param'], (backend) => PARAMS.map((target) => head(backend, target))],
  [['hdr', 'domain', 'hash'], (backend) => FIELDS.map((fields) => head(backend, '/', fields))],
  [['hash-int'], (backend) => numbers(30).map((i) => head(backend, '/', numbers(i + 1).map((n) => `x-k: ${n}`)))],
  [['source', 'source-ring', 'source-mixed', 'hash-ip'], (backend) => SOURCES.map((fields) => head(backend, '/', fields))],
];

(haproxyPresent ? describe : describe.skip)('hashes lead to the same servers as in haproxy', () => {
  const farm = new PeerFarm(BACKENDS, ['http-request set-src hdr(x-src) if { req.hdr(x-src) -m found }']);
  let ours: RuleBench;
  beforeAll(async () => {
    await farm.start();
    ours = await bench(farm.text, true);
  });
  afterAll(() => farm.stop());

  test.each(CASES.flatMap(([backends, requests]) => backends.map((backend) => [backend, requests(backend)] as const)))('%s', async (_backend, requests) => {
    const expected = await farm.servers(requests);
    const chosen = requests.map((request) => {
      const { argument } = ours.request(request);
      return ours.model.servers[argument]?.name ?? '';
    });
    const different = requests.flatMap((request, i) => (chosen[i] === expected[i] ? [] : [`${request.split('\r\n').join(' | ')}: ${chosen[i]}, haproxy ${expected[i]}`]));
    expect(different).toEqual([]);
    expect(new Set(chosen).size).toBeGreaterThan(1);
  });
});

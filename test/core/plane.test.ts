import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import type { Model } from '../../src/config/model.js';
import * as abi from '../../src/core/abi.js';
import type { EngineConf } from '../../src/core/addon.js';
import { engineConf, proxyOptions } from '../../src/core/plane.js';

async function load(text: string): Promise<Model> {
  const { model } = await loadText(`defaults\n mode http\n timeout connect 1s\n timeout client 2s\n timeout server 3s\n${text}`);
  if (model === null) throw new Error('the configuration of the test is wrong');
  return model;
}

async function conf(text: string): Promise<EngineConf> {
  const model = await load(text);
  const plan = { responses: [Uint8Array.of(1)], phases: model.proxies.map(({ index }) => index + 1), errors: model.proxies.map(() => [[503, 0]] as const) };
  const limits = { maxconn: 100, maxpipes: 25, descriptors: 300 };
  return engineConf(model, plan, { pages: 7, worker: 1, limits, loopback: null, listeners: [{ fd: 30, shared: false }, { fd: 31, shared: true }] });
}

const TEXT = `frontend f
 bind 127.0.0.1:80
 bind unix@/a accept-proxy
 timeout http-request 4s
 option forwardfor except 10.0.0.0/8 header x-client if-none
 default_backend b
listen l
 bind :81
 server s2 [::1]:8080 send-proxy-v2
backend b
 server s 192.0.2.1:80 send-proxy source 192.0.2.9
`;

describe('engineConf', () => {
  test('limits, pages and the tables of the plan', async () => {
    const made = await conf(TEXT);
    expect(made).toMatchObject({ pages: 7, worker: 1, maxConnections: 100, maxPipes: 25, splice: true });
    expect(made.responses).toHaveLength(1);
    expect(made.proxies.map(({ phases }) => phases)).toEqual([1, 2, 3]);
    expect(made.proxies[0]?.errors).toEqual([[503, 0]]);
  });

  test('every listener has a row; what was not opened has no descriptor', async () => {
    const { listeners } = await conf(TEXT);
    expect(listeners).toEqual([
      { fd: 30, frontend: 0, options: 0, backlog: expect.any(Number) },
      { fd: 31, frontend: 0, options: abi.LO_ACCEPT_PROXY | abi.LO_SHARED | abi.LO_UNIX, backlog: expect.any(Number) },
      { fd: -1, frontend: 1, options: 0, backlog: expect.any(Number) },
    ]);
  });

  test('a listen section is its own backend', async () => {
    expect((await conf(TEXT)).proxies.map(({ defaultBackend }) => defaultBackend)).toEqual([2, 1, 2]);
  });

  test('timeouts in their cells, 0 where none is set', async () => {
    const timeouts = (await conf(TEXT)).proxies[0]?.timeouts ?? [];
    expect(timeouts).toHaveLength(abi.TO_COUNT);
    expect([timeouts[abi.TO_CONNECT], timeouts[abi.TO_CLIENT], timeouts[abi.TO_HTTP_REQUEST], timeouts[abi.TO_TUNNEL]]).toEqual([1000, 2000, 4000, 0]);
  });

  test('servers: addresses, PROXY header, source', async () => {
    const { servers } = await conf(TEXT);
    expect(servers.map(({ proxy, options, source }) => [proxy, options, source?.address?.length ?? null])).toEqual([
      [1, abi.SO_SEND_PROXY_V2, null],
      [2, abi.SO_SEND_PROXY, 16],
    ]);
    expect(Buffer.from(servers[1]?.address ?? []).toString('hex')).toBe('02000050c00002010000000000000000');
  });

  test('option forwardfor with its exception', async () => {
    expect((await conf(TEXT)).proxies[0]?.forwardFor).toMatchObject({ header: 'x-client', ifNone: true, exceptFamily: 4, exceptPrefix: 8 });
    expect((await conf(TEXT)).proxies[1]?.forwardFor).toBeNull();
  });
});

describe('proxyOptions', () => {
  const options = async (text: string): Promise<number> => proxyOptions((await load(text)).proxies[0]!);

  test.each([
    ['option splice-auto', abi.PO_SPLICE_AUTO],
    ['option http-server-close', abi.PO_SERVER_CLOSE],
    ['option httpclose', abi.PO_CLOSE],
    ['option tcp-smart-connect', abi.PO_SMART_CONNECT],
    ['option srvtcpka', abi.PO_TCPKA_SERVER],
    ['option nolinger', abi.PO_NOLINGER_SERVER],
    ['option abortonclose', abi.PO_ABORT_ON_CLOSE],
    ['option h1-case-adjust-bogus-server', abi.PO_CASE_SERVER],
    ['disabled', abi.PO_DISABLED],
  ])('backend with %s', async (line, bit) => {
    expect(await options(`backend b\n no option abortonclose\n ${line}\n`)).toBe(abi.PO_HTTP | bit);
  });

  test('nolinger and keep-alives speak of the sides that the section has', async () => {
    const sides = abi.PO_NOLINGER_CLIENT | abi.PO_NOLINGER_SERVER | abi.PO_TCPKA_CLIENT | abi.PO_TCPKA_SERVER;
    expect((await options('listen l\n option nolinger\n option tcpka\n')) & sides).toBe(sides);
    expect((await options('frontend f\n option nolinger\n')) & sides).toBe(abi.PO_NOLINGER_CLIENT);
  });

  test('mode tcp', async () => {
    expect((await options('backend b\n mode tcp\n')) & abi.PO_HTTP).toBe(0);
  });
});

import { describe, expect, test } from '@jest/globals';
import { FF_REDISPATCH, PHASE_CONTENT, PHASE_SERVER, SRV_DOWN, SS_SESSIONS, SS_STATE, VERDICT_QUEUE, VERDICT_REPLY, VERDICT_SERVER } from '../../src/core/abi.js';
import { serverCell } from '../../src/core/cells.js';
import { setServerState } from '../../src/backends/index.js';
import { bench, type RuleBench } from '../support/rules.js';

const DEFAULTS = ['defaults', ' timeout client 5s', ' timeout server 5s', ' timeout connect 5s'];
const farm = (lines: readonly string[], servers: readonly string[], mode = 'http'): Promise<RuleBench> => bench([
  ...DEFAULTS, ` mode ${mode}`, 'frontend fe', ' bind 127.0.0.1:8080', ' default_backend be', 'backend be', ...lines.map((line) => ` ${line}`),
  ...servers.map((options, i) => ` server s${i + 1} 127.0.0.1:${8081 + i} ${options}`), '',
].join('\n'), true);

let requests = 0;
const get = (fields = '', method = 'GET'): string => `${method} /a?b HTTP/1.1\nhost: x\n${fields}\n`;
const ask = (rules: RuleBench, fields = '', method = 'GET') => rules.request(get(fields, method), { requests: ++requests });
const down = (rules: RuleBench, server: number): void => void setServerState(rules.model, rules.state, server, SRV_DOWN, 0);
const cell = (rules: RuleBench, server: number, which: number): number => rules.state[serverCell(rules.model.proxies.length, server, which)]!;

describe('what comes first', () => {
  test('use-server, then the cookie, then the algorithm', async () => {
    const rules = await farm(['cookie X indirect', 'use-server s3 if { req.hdr(x-n) 3 }'], ['cookie a', 'cookie b', 'cookie c']);
    expect(ask(rules, 'cookie: X=b\nx-n: 3\n').argument).toBe(2);
    expect(ask(rules, 'cookie: X=b\n').argument).toBe(1);
    expect([ask(rules).argument, ask(rules).argument, ask(rules).argument].sort()).toEqual([0, 1, 2]);
  });

  test('a full server of a cookie is waited for, unless its queue is full', async () => {
    const rules = await farm(['cookie X'], ['cookie a maxconn 1 maxqueue 1', 'cookie b']);
    const place = (session: number) => ({ requests: ++requests, session });
    const a = get('cookie: X=a\n');
    expect(rules.request(a, place(0x100))).toMatchObject({ code: VERDICT_SERVER, argument: 0 });
    expect(rules.request(a, place(0x200))).toMatchObject({ code: VERDICT_QUEUE, argument: 0 });
    expect(rules.request(a, place(0x300))).toMatchObject({ code: VERDICT_SERVER, argument: 1 });
  });
});

describe('redispatch', () => {
  const again = (rules: RuleBench, server: string) => rules.request(get('cookie: X=a\n'), { phase: PHASE_SERVER, backend: 'be', server, requests, flags: FF_REDISPATCH });

  test('the algorithm chooses another server', async () => {
    const rules = await farm(['cookie X'], ['cookie a', 'cookie b']);
    expect(ask(rules, 'cookie: X=a\n').argument).toBe(0);
    expect([again(rules, 's1').argument, again(rules, 's1').argument]).toEqual([1, 1]);
  });

  test('forced persistence stays, though the server is down', async () => {
    const rules = await farm(['cookie X', 'force-persist if { req.hdr(x-f) 1 }'], ['cookie a', 'cookie b']);
    down(rules, 0);
    expect(cell(rules, 0, SS_STATE)).toBe(SRV_DOWN);
    expect(ask(rules, 'cookie: X=a\nx-f: 1\n').argument).toBe(0);
    expect(again(rules, 's1').argument).toBe(0);
    expect(ask(rules, 'cookie: X=a\n').argument).toBe(1);
    expect(again(rules, 's1').argument).toBe(1);
  });
});

describe('redir', () => {
  test('GET and HEAD are redirected and take no slot', async () => {
    const rules = await farm([], ['maxconn 1 redir http://far']);
    for (let i = 0; i < 3; i++) expect(ask(rules)).toMatchObject({ code: VERDICT_REPLY, response: expect.stringContaining('location: http://far/a?b\r\n') });
    expect(cell(rules, 0, SS_SESSIONS)).toBe(0);
    expect(ask(rules, '', 'POST').code).toBe(VERDICT_SERVER);
  });
});

describe('RDP', () => {
  const request = (cookie: string): string => `${'\0'.repeat(11)}Cookie: ${cookie}\r\n`;
  // 127.0.0.1 and its ports as routing tokens have them.
  const token = (port: number): string => `msts=16777343.${((port & 255) << 8) | (port >> 8)}.0000`;

  test('the routing token names the server; one that is down gives way', async () => {
    const rules = await farm(['persist rdp-cookie'], ['', '', ''], 'tcp');
    for (const server of [2, 0, 1, 1]) expect(rules.raw(PHASE_CONTENT, request(token(8081 + server)), { requests: ++requests }).argument).toBe(server);
    down(rules, 1);
    expect(rules.raw(PHASE_CONTENT, request(token(8082)), { requests: ++requests }).argument).not.toBe(1);
  });

  test('balance rdp-cookie: the same name goes to the same server', async () => {
    const rules = await farm(['balance rdp-cookie'], ['', '', '', ''], 'tcp');
    const home = (user: string): number => rules.raw(PHASE_CONTENT, request(`mstshash=${user}`), { requests: ++requests }).argument;
    const users = ['anna', 'bert', 'carl', 'dora', 'emil', 'fritz'];
    const homes = users.map(home);
    expect(users.map(home)).toEqual(homes);
    expect(new Set(homes).size).toBeGreaterThan(1);
  });
});

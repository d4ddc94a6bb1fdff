import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  CB_SESSIONS, CF_REQUESTS, CF_RESP_2XX, CS_LAST_SESSION, CS_RESP_2XX, CS_RESP_OTHER, CS_SESSIONS, CW_ACCEPTED, CW_DECISIONS, CW_SPLICED_OUT,
  CW_SPLICE_NO_FD, GS_CONNECTIONS, GS_PIPES_USED, PS_SESSIONS, SRV_DOWN, SS_CHECK_MS, SS_CHECK_STATUS, SS_SESSIONS,
} from '../../../src/core/abi.js';
import { backendCounter, frontendCounter, proxyCell, serverCell, serverCounter } from '../../../src/core/cells.js';
import { createMetrics, tables } from '../../../src/core/metric/index.js';
import { initState, setServerState } from '../../../src/backends/index.js';
import { DownTimes } from '../../../src/backends/check/figures.js';
import { L4_CONNECT } from '../../../src/backends/check/status.js';
import { Sampler } from '../../../src/core/metric/sampler.js';
import type { Model } from '../../../src/config/model.js';
import { model, pages, type ProxyShape } from '../../backends/model.js';

const NOW = 1_700_000_100_000;

function house(...shapes: ProxyShape[]) {
  const made = model(...shapes);
  const m: Model = { ...made, global: { ...made.global, nbthread: 2, tune: { ...made.global.tune, latencyBuckets: [10, 1000] } } };
  const p = pages(m, 2);
  initState(m, p.state, NOW / 1000 - 50);
  const sampler = new Sampler(m, p, 0);
  const checks = { failures: new Uint32Array(m.servers.length), servers: new DownTimes(m.servers.length), backends: new DownTimes(m.proxies.length) };
  const metrics = createMetrics({
    model: m, startTime: NOW - 100_000, limits: { maxconn: 1000, maxpipes: 250, descriptors: 4096 }, sampler, checks, now: () => NOW,
    pages: { state: p.state.buffer as ArrayBuffer, counters: p.counters.buffer as ArrayBuffer, rowCells: p.rowCells },
  });
  const text = async (query: string) => {
    const { body, ...rest } = await metrics.scrape(query);
    return { ...rest, body: Buffer.from(body).toString() };
  };
  return { m, p, metrics: { observeGc: metrics.observeGc, text }, sampler, checks, row: (worker: number, cell: number) => worker * p.rowCells + cell };
}

const shapes: ProxyShape[] = [
  { kind: 'frontend', name: 'web', maxconn: 500 },
  { kind: 'backend', name: 'app "x"\\', fullconn: 60, servers: [{ check: {} }, { maxconn: 20, weight: 3, maxqueue: 5 }, { disabled: true }, { backup: true }] },
  { kind: 'listen', name: 'db', mode: 'tcp', servers: [{}] },
];

function lines(body: string, name: string): string[] {
  return body.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
}

describe('metrics', () => {
  test('the whole text', async () => {
    const { m, p, metrics, checks, row } = house(...shapes);
    p.state[GS_CONNECTIONS] = 7;
    p.state[GS_PIPES_USED] = 3;
    p.state[proxyCell(0, PS_SESSIONS)] = 7;
    p.state[serverCell(3, 0, SS_SESSIONS)] = 4;
    p.state[serverCell(3, 0, SS_CHECK_STATUS)] = L4_CONNECT.code;
    p.state[serverCell(3, 0, SS_CHECK_MS)] = 12;
    setServerState(m, p.state, 0, SRV_DOWN, NOW / 1000 - 5);
    checks.failures[0] = 3;
    checks.servers.turn(0, false, NOW - 9500);
    checks.servers.turn(0, true, NOW - 8500);
    checks.servers.turn(0, false, NOW - 5000);
    checks.backends.turn(2, false, NOW - 3000);
    const set = (worker: number, cell: number, value: bigint) => void (p.counters[row(worker, cell)] = value);
    set(0, CW_ACCEPTED, 10n);
    set(1, CW_ACCEPTED, 11n);
    set(1, CW_SPLICED_OUT, 2n ** 40n);
    set(0, CW_SPLICE_NO_FD, 2n);
    set(1, CW_DECISIONS + 3, 9n);
    set(0, frontendCounter(0, CF_REQUESTS), 100n);
    set(1, frontendCounter(0, CF_REQUESTS), 23n);
    set(1, frontendCounter(0, CF_RESP_2XX), 5n);
    set(0, backendCounter(1, CB_SESSIONS), 6n);
    set(0, serverCounter(3, 1, CS_SESSIONS), 6n);
    set(1, serverCounter(3, 1, CS_RESP_2XX), 4n);
    set(1, serverCounter(3, 1, CS_RESP_OTHER), 1n);
    set(0, serverCounter(3, 1, CS_LAST_SESSION), BigInt(NOW / 1000 - 9));
    metrics.observeGc(1, 'minor', 0.002);
    const { status, type, body } = await metrics.text('');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const steady = body.replace(/(version=")[^"]+/, '$1X').replace(/^(tsproxy_main_loop_utilization_ratio) .*/m, '$1 U').replace(/^(haproxy_process_pool_\w+_bytes) .*/gm, '$1 M');
    const golden = new URL('../../golden/metrics.txt', import.meta.url);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, steady);
    expect(steady).toBe(readFileSync(golden, 'utf8'));
  });

  test('promtool finds nothing to say', async () => {
    if (spawnSync('promtool', ['--version']).error !== undefined) return;
    const { metrics } = house(...shapes);
    metrics.observeGc(0, 'major', 0.02);
    const { body } = await metrics.text('');
    const check = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
    expect(check.stdout + check.stderr).toBe('');
    expect(check.status).toBe(0);
  });

  test('names are unique, counters end in _total, and help is one line', () => {
    const rows = tables.flatMap((table) => table.rows);
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
    for (const row of rows) {
      expect(row.name.endsWith('_total')).toBe(row.type === 'counter');
      expect(row.help).toMatch(/^[A-Z1].*\.$/);
    }
  });

  const scopesIn = (body: string) => [...new Set([...body.matchAll(/^# TYPE (haproxy|tsproxy)_([a-z]+)_/gm)].map(([, who, scope]) => `${who}_${scope}`))];

  test.each([
    ['scope=server', ['haproxy_server', 'tsproxy_server']],
    ['scope=frontend&scope=backend', ['haproxy_frontend', 'tsproxy_frontend', 'haproxy_backend', 'tsproxy_backend']],
    ['scope=*&scope=', []],
    ['scope=&scope=server', ['haproxy_server', 'tsproxy_server']],
    ['scope=listener', []],
  ])('%s', async (query, expected) => {
    const { metrics } = house(...shapes);
    expect(scopesIn((await metrics.text(query)).body)).toEqual(expected);
  });

  test('the process has two names', async () => {
    const { metrics } = house(...shapes);
    const names = async (query: string) => [...(await metrics.text(query)).body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(await names('scope=process')).toEqual(await names('scope=global'));
    expect(await names('scope=process')).toContain('haproxy_process_build_info');
  });

  test('an unknown scope is a bad request', async () => {
    const { metrics } = house(...shapes);
    expect((await metrics.text('scope=servers')).status).toBe(400);
    expect((await metrics.text('scope=constructor')).status).toBe(400);
  });

  test('no-maint leaves out servers in maintenance', async () => {
    const { metrics } = house(...shapes);
    expect(lines((await metrics.text('scope=server')).body, 'haproxy_server_weight')).toHaveLength(5);
    const { body } = await metrics.text('scope=server&no-maint');
    expect(lines(body, 'haproxy_server_weight')).toHaveLength(4);
    expect(body).not.toContain('server="s3"');
  });

  test('metrics= includes and excludes by name', async () => {
    const { metrics } = house(...shapes);
    const { body } = await metrics.text('metrics=haproxy_frontend_status,haproxy_server_status');
    expect([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).toEqual(['haproxy_frontend_status', 'haproxy_server_status']);
    const without = (await metrics.text('metrics=-haproxy_server_check_status')).body;
    expect(without).not.toContain('haproxy_server_check_status');
    expect(without).toContain('haproxy_server_status');
  });

  test('two scrapes at once don\'t mix', async () => {
    const { metrics } = house(...shapes);
    const [a, b] = await Promise.all([metrics.text('scope=server'), metrics.text('scope=server')]);
    expect(a).toEqual(b);
  });
});

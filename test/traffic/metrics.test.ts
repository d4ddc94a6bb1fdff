import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { Agent } from 'node:http';
import { request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin } from '../support/origin.js';
import { payload } from '../support/payload.js';
import { metricsFrontend, scrape } from '../support/scrape.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
const ports = { web: 0, metrics: 0 };
const BODY = payload(3_000_000);

beforeAll(async () => {
  const origin = await stage.origin(httpOrigin((incoming, response) => {
    if (incoming.url === '/404') response.statusCode = 404;
    response.end(incoming.url === '/big' ? BODY : 'small');
  }));
  ports.web = stage.port();
  ports.metrics = stage.port();
  await stage.proxy(config(section('global', 'nbthread 2', 'maxconn 300'), defaults('http', 'option splice-response'), metricsFrontend(ports.metrics),
    section('frontend web', `bind 127.0.0.1:${ports.web}`, 'http-request deny if { path /no }', 'default_backend app'),
    section('backend app', `server s1 127.0.0.1:${origin.port}`, `server s2 127.0.0.1:${origin.port} disabled`)));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const path of ['/', '/', '/404', '/big', '/no']) await request(ports.web, { path, agent });
  agent.destroy();
});

afterAll(() => stage.strike());

describe('a scrape', () => {
  test('counts what has happened, over both workers', async () => {
    const seen = await scrape(ports.metrics);
    const expected: Record<string, number> = {
      'haproxy_frontend_http_requests_total{proxy="web"}': 5,
      'haproxy_frontend_http_responses_total{proxy="web",code="2xx"}': 3,
      'haproxy_frontend_http_responses_total{proxy="web",code="4xx"}': 2,
      'haproxy_frontend_requests_denied_total{proxy="web"}': 1,
      'haproxy_backend_http_responses_total{proxy="app",code="2xx"}': 3,
      'haproxy_server_http_responses_total{proxy="app",server="s1",code="4xx"}': 1,
      'haproxy_server_status{proxy="app",server="s1",state="UP"}': 1,
      'haproxy_server_status{proxy="app",server="s2",state="MAINT"}': 1,
      'haproxy_process_max_connections': 300,
      'haproxy_process_max_pipes': 75,
      'haproxy_process_nbthread': 2,
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, seen.get(name)]))).toEqual(expected);
    expect(seen.get('haproxy_server_bytes_in_total{proxy="app",server="s1"}')).toBeGreaterThan(100);
    expect(seen.get('haproxy_server_bytes_out_total{proxy="app",server="s1"}')).toBeGreaterThan(BODY.length);
    expect(seen.get('haproxy_process_spliced_bytes_out_total')).toBeGreaterThan(0);
  });

  test('scope= gives a part of it', async () => {
    const names = [...(await scrape(ports.metrics, '?scope=backend')).keys()];
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !/^(haproxy|tsproxy)_backend_/.test(name))).toEqual([]);
  });

  test('is of the type that Prometheus expects, and promtool has no complaint', async () => {
    const { headers, body } = await request(ports.metrics, { path: '/metrics' });
    expect(headers['content-type']).toMatch(/^text\/plain; ?version=0\.0\.4/);
    const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input: body });
    // Machines without promtool check the form only.
    if (error !== undefined) expect(body.toString()).toMatch(/^# HELP haproxy_process_/m);
    else expect([status, `${stdout}${stderr}`]).toEqual([0, expect.not.stringContaining('error')]);
  });
});

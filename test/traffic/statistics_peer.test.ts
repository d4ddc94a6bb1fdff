/** The same traffic through Debian's haproxy and through us: the same statistics, and the same families of metrics. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exchange, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { haproxyPresent, startHaproxy } from '../support/haproxy.js';
import { httpOrigin, type Origin } from '../support/origin.js';
import { reservePort } from '../support/port.js';
import { waitFor } from '../support/proxy.js';
import { metricsFrontend } from '../support/scrape.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
const peer = haproxyPresent ? describe : describe.skip;

interface Ports {
  readonly web: number;
  readonly page: number;
  readonly metrics: number;
}
type Side = 'ours' | 'theirs';
const ports: Partial<Record<Side, Ports>> = {};

const configuration = ({ web, page, metrics }: Ports, origin: Origin): string => config(
  'global\n  maxconn 200',
  defaults('http'),
  section('frontend page', `bind 127.0.0.1:${page}`, 'stats uri /', 'stats show-legends', 'stats admin if TRUE'),
  metricsFrontend(metrics),
  section('frontend web', `bind 127.0.0.1:${web}`, 'option socket-stats', 'tcp-request session reject if { src_port 1 }', 'http-request deny if { path /no }', 'http-request redirect location / if { path /moved }', 'default_backend app'),
  section('backend app', 'balance roundrobin', 'cookie C', 'retries 1', 'option redispatch', 'http-response deny if { status 418 }',
    `server s1 127.0.0.1:${origin.port} cookie a`, `server s2 127.0.0.1:${origin.port} cookie b weight 3 backup`, `server s3 127.0.0.1:${origin.port} disabled`),
  section('backend dead', 'retries 1', 'server s1 127.0.0.1:1'));

async function drive({ web }: Ports): Promise<void> {
  for (const path of ['/', '/404', '/503', '/418', '/no', '/moved', '/']) await request(web, { path });
  await request(web, { method: 'POST', body: Buffer.from('x'.repeat(1000)) });
  await exchange(web, 'GET / HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n');
}

/** Lines of the CSV by `proxy/name`, values by column. */
async function statistics({ page }: Ports): Promise<Record<string, Record<string, string>>> {
  const [head = '', ...lines] = (await request(page, { path: '/;csv' })).body.toString().split('\n');
  const names = head.slice(2).split(',');
  return Object.fromEntries(lines.filter((line) => line !== '').map((line) => {
    const values = line.split(',');
    return [`${values[0]}/${values[1]}`, Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']))];
  }));
}

beforeAll(async () => {
  if (!haproxyPresent) return;
  const origin = await stage.origin(httpOrigin((incoming, response) => {
    response.statusCode = Number(/^\/(\d{3})$/.exec(incoming.url ?? '')?.[1] ?? 200);
    incoming.resume();
    incoming.on('end', () => response.end('some content'));
  }));
  const make = (): Ports => ({ web: stage.port(), page: stage.port(), metrics: stage.port() });
  ports.ours = make();
  await stage.proxy(configuration(ports.ours, origin));
  // haproxy does not share ports that a socket without SO_REUSEPORT holds.
  const free = (): number => {
    const { port, release } = reservePort();
    release();
    return port;
  };
  ports.theirs = { web: free(), page: free(), metrics: free() };
  const running = await startHaproxy(configuration(ports.theirs, origin), ports.theirs.page);
  stage.after(() => running.stop());
  for (const side of ['ours', 'theirs'] as const) {
    await drive(ports[side]!);
    await waitFor(async () => (await statistics(ports[side]!))['app/BACKEND']?.['stot'] === '6' && (await statistics(ports[side]!))['app/BACKEND']?.['scur'] === '0');
  }
});

afterAll(() => stage.strike());

/** Columns whose values hang on the traffic or the configuration alone. */
const SAME = [
  'qcur', 'qmax', 'scur', 'stot', 'dreq', 'dresp', 'ereq', 'econ', 'eresp', 'wretr', 'wredis', 'status', 'weight', 'act', 'bck', 'chkfail', 'chkdown', 'qlimit', 'pid', 'iid', 'sid',
  'throttle', 'lbtot', 'tracked', 'type', 'rate_lim', 'check_status', 'hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other', 'req_tot', 'cli_abrt', 'srv_abrt',
  'comp_in', 'comp_out', 'comp_byp', 'comp_rsp', 'agent_status', 'cookie', 'mode', 'algo', 'conn_tot', 'intercepted', 'dcon', 'dses', 'wrew', 'connect', 'reuse', 'eint', 'uweight',
];

peer('beside haproxy', () => {
  test.each(['web/FRONTEND', 'web/sock-1', 'app/s1', 'app/s2', 'app/s3', 'app/BACKEND', 'dead/s1', 'dead/BACKEND'])('show stat: %s', async (line) => {
    const [ours, theirs] = await Promise.all([statistics(ports.ours!), statistics(ports.theirs!)]);
    const pick = (lines: Record<string, Record<string, string>>): Record<string, string | undefined> => Object.fromEntries(SAME.map((name) => [name, lines[line]?.[name]]));
    // The manual has the column for backends, 2.6 leaves it empty.
    const expected = line.endsWith('BACKEND') ? { ...pick(theirs), intercepted: '0' } : pick(theirs);
    expect(pick(ours)).toEqual(expected);
  });

  test('the columns of 2.6 are the first of ours', async () => {
    const names = async (side: Side): Promise<string[]> => (await request(ports[side]!.page, { path: '/;csv' })).body.toString().split('\n')[0]!.split(',');
    const theirs = await names('theirs');
    const shared = theirs.indexOf('-');
    expect((await names('ours')).slice(0, shared)).toEqual(theirs.slice(0, shared));
  });

  /** `type name{labels}` of each family; `all` samples count, or the first line's. */
  async function families(side: Side): Promise<Set<string>> {
    const body = (await request(ports[side]!.metrics, { path: '/metrics' })).body.toString();
    const types = new Map([...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]));
    return new Set([...body.matchAll(/^(haproxy_\w+)(?:\{(.*)\})? /gm)].map(([, name, labels = '']) =>
      `${types.get(name!)} ${name}{${[...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).join(',')}}`));
  }

  test('every family of its exporter is one of ours, with its type and labels', async () => {
    const [ours, theirs] = [await families('ours'), await families('theirs')];
    // A counter there: promtool wants those to be named _total.
    expect([...theirs].filter((family) => !ours.has(family))).toEqual(['counter haproxy_process_failed_resolutions{}']);
  });
});

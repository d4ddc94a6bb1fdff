import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { dial, exchange, readAll, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { haproxyPresent, startHaproxy } from '../support/haproxy.js';
import { httpOrigin, tcpOrigin, type Origin } from '../support/origin.js';
import { waitFor } from '../support/proxy.js';
import { metricsFrontend, scrape } from '../support/scrape.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

const COUNTERS = ['conn_cnt', 'conn_cur', 'conn_rate', 'sess_cnt', 'sess_rate', 'http_req_cnt', 'http_req_rate', 'http_err_cnt', 'http_err_rate', 'http_fail_cnt', 'http_fail_rate'];
const STORE = COUNTERS.map((name) => (name.endsWith('_rate') ? `${name}(1h)` : name)).join(',');
const show = (table: string): string => COUNTERS.map((name) => `${name}=%[src,table_${name}(${table})]`).join(' ');

interface Ports {
  readonly port: number;
  readonly peek: number;
  /** Nobody listens there. */
  readonly nowhere: number;
}

const TABLES = ['session', 'content', 'request', 'response', 'answers'];

/** Tables that are tracked from the connection, from the content and from the request on; /peek tells what they hold. */
function counting({ port, peek, nowhere }: Ports, origin: number): string {
  const table = section('backend TABLE', `stick-table type ip size 100 expire 1h store ${STORE}`);
  return config(
    section('defaults', 'mode http', 'timeout connect 5s', 'timeout client 5s', 'timeout server 300ms', 'timeout http-request 300ms', 'retries 0'),
    ...TABLES.map((name) => table.replace('TABLE', name)),
    section('frontend peek', `bind 127.0.0.1:${peek}`,
      `http-request return status 200 content-type text/plain lf-string "${TABLES.map((name) => `${name}: ${show(name)}`).join('\\n')}"`),
    section('frontend f', `bind 127.0.0.1:${port}`,
      'tcp-request connection track-sc0 src table session', 'tcp-request content track-sc1 src table content', 'http-request track-sc2 src table request unless { query late }',
      'http-request track-sc0 src table response', 'http-request deny if { path /deny }', 'http-request return status 404 if { path /missing }',
      'http-request redirect location /there if { path /moved }', 'http-request auth if { path /secret }', 'use_backend down if { path /down }', 'default_backend up'),
    section('backend up', 'http-response track-sc2 src table answers', 'http-response deny if { res.hdr(x-deny) -m found }', `server s 127.0.0.1:${origin}`),
    section('backend down', `server s 127.0.0.1:${nowhere}`),
      );
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`;
const pair = (first: string, second: string): string => `GET ${first} HTTP/1.1\r\nhost: h\r\n\r\n${get(second)}`;

/** What clients send, one connection each. */
const SCRIPTS: readonly (readonly [name: string, bytes: string])[] = [
  ['a request', get('/status/200')],
  ['two requests of one connection', pair('/status/200', '/status/200')],
  ['a status of the client', get('/status/404')],
  ['a status of the server', get('/status/500')],
  ['statuses that are no failures', pair('/status/501', '/status/505')],
  ['responses that are tracked', pair('/status/404?late', '/status/500?late')],
  ['a request that a rule denies', get('/deny')],
  ['a request that needs a password', get('/secret')],
  ['answers of rules', pair('/missing', '/moved')],
  ['no server', get('/down')],
  ['a response that a rule denies', get('/denied')],
  ['a server that says nothing', get('/slow')],
  ['a server that closes', get('/close')],
  ['a server that speaks no HTTP', get('/garbage')],
  ['no HTTP', 'HELLO\r\n\r\n'],
  ['half a request, and silence', 'GET / HT'],
];

const RESPONSES: Readonly<Record<string, string>> = {
  '/denied': 'HTTP/1.1 200 OK\r\nx-deny: 1\r\ncontent-length: 0\r\n\r\n', '/garbage': 'garbage\r\n\r\n',
};

function scriptedOrigin(): Promise<Origin> {
  return tcpOrigin((socket) => {
    socket.setEncoding('latin1');
    let seen = '';
    socket.on('data', (text: string) => {
      seen += text;
      if (!seen.includes('\r\n\r\n')) return;
      const path = seen.split(' ')[1]!;
      seen = '';
      const status = /^\/status\/(\d+)/.exec(path)?.[1];
      if (status !== undefined) socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: 2\r\n\r\nok`);
      else if (path === '/close') socket.end();
      else if (path in RESPONSES) socket.end(RESPONSES[path]!);
    });
  });
}

const peers = haproxyPresent ? describe : describe.skip;

peers('counters after the same traffic', () => {
  const both = new Stage();
  let [ours, theirs] = [{ port: 0, peek: 0, nowhere: 0 }, { port: 0, peek: 0, nowhere: 0 }];

  beforeAll(async () => {
    const origin = await both.origin(scriptedOrigin());
    const ports = (): Ports => ({ port: both.port(), peek: both.port(), nowhere: both.port() });
    [ours, theirs] = [ports(), ports()];
    const peer = await startHaproxy(counting(theirs, origin.port), theirs.peek);
    both.after(() => peer.stop());
    await both.proxy(counting(ours, origin.port));
  }, 20_000);
  afterAll(() => both.strike());

  /** Counters once the connection is over. */
  const settled = async ({ peek }: Ports): Promise<string> => {
    let text = '';
    await waitFor(async () => (text = (await request(peek)).body.toString()).split('conn_cur=').slice(1).every((rest) => rest.startsWith('0')));
    return text;
  };

  test.each(SCRIPTS)('%s', async (_name, bytes) => {
    const run = async ({ port }: Ports): Promise<void> => {
      const socket = await dial(port);
      socket.write(bytes, 'latin1');
      await readAll(socket).catch(() => undefined);
      socket.destroy();
    };
    await Promise.all([run(ours), run(theirs)]);
    expect(await settled(ours)).toBe(await settled(theirs));
  });

  test('there was something to compare', async () => {
    expect(await settled(ours)).toMatch(new RegExp(`^session: conn_cnt=${SCRIPTS.length} conn_cur=0 conn_rate=${SCRIPTS.length} sess_cnt=${SCRIPTS.length} `));
  });
});

describe('what is tracked', () => {
  const table = (name: string, options: string): string => section(`backend ${name}`, `stick-table ${options}`);

  test('connections count as long as they last, in all workers', async () => {
    const port = stage.port();
    const origin = await stage.origin(tcpOrigin((socket) => void socket.on('end', () => socket.end()).resume()));
    const peek = stage.port();
    await stage.proxy(config(section('global', 'nbthread 2'), defaults('tcp'), table('t', 'type ip size 10 store conn_cur,conn_cnt,bytes_in_cnt'),
      section('listen l', `bind 127.0.0.1:${port}`, 'tcp-request session track-sc0 src table t', `server s 127.0.0.1:${origin.port}`),
      section('frontend p', 'mode http', `bind 127.0.0.1:${peek}`,
        'http-request return status 200 content-type text/plain lf-string "%[src,table_conn_cur(t)] %[src,table_conn_cnt(t)] %[src,table_kbytes_in(t)] %[src,table_trackers(t)]"')));
    const seen = async (): Promise<string> => (await request(peek)).body.toString();
    const sockets = await Promise.all([dial(port), dial(port), dial(port)]);
    for (const socket of sockets) socket.write(Buffer.alloc(100_000));
    await waitFor(async () => (await seen()) === '3 3 292 3');
    sockets[0]!.end();
    await waitFor(async () => (await seen()) === '2 3 292 2');
    for (const socket of sockets.slice(1)) socket.end();
    await waitFor(async () => (await seen()) === '0 3 292 0');
  });

  test('keys of all types, other tables, keys, counters of rules', async () => {
    const port = stage.port();
    await stage.proxy(config(section('global', 'tune.stick-counters 5'), defaults('http'),
      section('peers p', 'table six type ipv6 size 10 store conn_cnt', 'table n type integer size 10 store gpc(3),gpc_rate(3,1h),gpt(2)'),
      table('s', 'type string len 4 size 10 store conn_cnt,gpc0,gpt0'), table('b', 'type binary len 3 size 10 store conn_cnt'), table('four', 'type ip size 10 store conn_cnt'),
      section('frontend f', `bind 127.0.0.1:${port}`,
        'http-request track-sc0 src table p/six', 'http-request track-sc1 url_param(k) table s', 'http-request track-sc2 url_param(n) table p/n',
        'http-request track-sc3 url_param(k) table b', 'http-request track-sc4 src table four',
        'http-request sc-inc-gpc(1,2)', 'http-request sc-add-gpc(2,2) url_param(n)', 'http-request sc-set-gpt(1,2) int(77)', 'http-request sc-inc-gpc0(1)',
        'http-request sc-set-gpt0(1) 5',
        'http-request return status 200 content-type text/plain lf-string "%[sc0_key] %[sc1_key] %[sc_key(2)] %[sc_key(3),hex] | %[sc_get_gpc(1,2)] %[sc_get_gpc(2,2)] %[sc2_gpc0_rate] %[sc_gpc_rate(2,2)] %[sc_get_gpt(1,2)] %[sc1_get_gpc0] %[sc1_get_gpt0] | %[sc_conn_cnt(4,p/six)] %[sc0_conn_cnt(four)] %[sc_tracked(4)] %[sc1_conn_cnt] %[sc1_conn_rate].%[table_cnt(s)] %[table_avl(s)]"')));
    const ask = async (query: string): Promise<string> => (await request(port, { path: `/?${query}` })).body.toString();
    expect(await ask('k=abcdef&n=7')).toBe('::ffff:127.0.0.1 abcd 7 616263 | 1 7 0 7 77 1 5 | 1 1 1 1 .1 9');
    expect(await ask('k=abcdxx&n=7')).toBe('::ffff:127.0.0.1 abcd 7 616263 | 2 14 0 14 77 2 5 | 2 2 1 2 .1 9');
    expect(await ask('k=z&n=8')).toBe('::ffff:127.0.0.1 z 8 7A0000 | 1 8 0 8 77 1 5 | 3 3 1 1 .2 8');
  });

  test('a key of bytes that are still to come is waited for', async () => {
    const port = stage.port();
    const origin = await stage.origin(tcpOrigin((socket) => void socket.on('end', () => socket.end('bye')).resume()));
    const peek = stage.port();
    await stage.proxy(config(defaults('tcp'), table('t', 'type string len 3 size 10 store conn_cnt'),
      section('listen l', `bind 127.0.0.1:${port}`, 'tcp-request inspect-delay 5s', 'tcp-request content track-sc0 req.payload(0,3) table t', `server s 127.0.0.1:${origin.port}`),
      section('frontend p', 'mode http', `bind 127.0.0.1:${peek}`, 'http-request return status 200 content-type text/plain lf-string "%[str(abc),table_conn_cnt(t)]"')));
    const socket = await dial(port);
    socket.write('a');
    await new Promise((done) => setTimeout(done, 20));
    socket.end('bcd');
    expect((await readAll(socket)).toString()).toBe('bye');
    expect((await request(peek)).body.toString()).toBe('1');
  });

  test('a full table that does not purge tracks no new keys; its size and use are metrics', async () => {
    const [port, metrics] = [stage.port(), stage.port()];
    await stage.proxy(config(defaults('http'), metricsFrontend(metrics), table('t', 'type string size 2 nopurge store conn_cnt'),
      section('frontend f', `bind 127.0.0.1:${port}`, 'http-request track-sc0 path table t', 'http-request return status 200 content-type text/plain lf-string "%[sc0_tracked] %[sc0_conn_cnt]"')));
    const ask = async (path: string): Promise<string> => (await request(port, { path })).body.toString();
    expect(await ask('/a')).toBe('1 1');
    expect(await ask('/b')).toBe('1 1');
    expect(await ask('/c')).toBe('0 ');
    expect(await ask('/a')).toBe('1 2');
    const seen = await scrape(metrics);
    expect(seen.get('haproxy_sticktable_size{name="t",type="string"}')).toBe(2);
    expect(seen.get('haproxy_sticktable_used{name="t",type="string"}')).toBe(2);
  });
});

describe('stickiness', () => {
  const named = (name: string): Promise<Origin> =>
    stage.origin(httpOrigin((asked, response) => response.writeHead(200, { 'x-token': new URL(asked.url!, 'http://h').searchParams.get('token') ?? '' }).end(name)));

  test('requests of one key stay with their server, whichever worker has them', async () => {
    const [a, b, port] = [await named('a'), await named('b'), stage.port()];
    await stage.proxy(config(section('global', 'nbthread 2'), defaults('http'),
      section('listen l', `bind 127.0.0.1:${port}`, 'balance roundrobin', 'stick-table type string size 100 expire 1h', 'stick on url_param(u)',
        `server a 127.0.0.1:${a.port}`, `server b 127.0.0.1:${b.port}`)));
    const first = new Map<string, string>();
    for (let round = 0; round < 4; round++) {
      for (let user = 0; user < 8; user++) {
        const server = (await request(port, { path: `/?u=${user}`, agent: new Agent() })).body.toString();
        const known = first.get(`${user}`) ?? server;
        first.set(`${user}`, known);
        expect(server).toBe(known);
      }
    }
    expect(new Set(first.values()).size).toBe(2);
  });

  test('a token of the response leads back to its server; a server that is not to be learned is not', async () => {
    const [a, b, port] = [await named('a'), await named('b'), stage.port()];
    await stage.proxy(config(defaults('http'), section('backend t', 'stick-table type string size 100 expire 1h store server_id'),
      section('listen l', `bind 127.0.0.1:${port}`, 'balance roundrobin', 'stick match hdr(x-token) table t', 'stick store-response res.hdr(x-token) table t',
        'http-response set-header x-id "%[res.hdr(x-token),table_server_id(t)]"', `server a 127.0.0.1:${a.port} id 11`, `server b 127.0.0.1:${b.port} id 12 non-stick`)));
    const ask = (token: string, sent: string): Promise<{ body: Buffer; headers: NodeJS.Dict<string | string[]> }> => request(port, { path: `/?token=${token}`, headers: sent === '' ? {} : { 'x-token': sent } });
    const first = await ask('one', '');
    expect([first.body.toString(), first.headers['x-id']]).toEqual(['a', '11']);
    const second = await ask('two', '');
    expect([second.body.toString(), second.headers['x-id']]).toEqual(['b', '0']);
    for (let i = 0; i < 3; i++) expect((await ask('one', 'one')).body.toString()).toBe('a');
  });

  test('in mode tcp the source address sticks; a server that is down is left', async () => {
    const served = (name: string): Promise<Origin> => stage.origin(tcpOrigin((socket) => void socket.end(name)));
    const [a, b, port] = [await served('a'), await served('b'), stage.port()];
    await stage.proxy(config(defaults('tcp', 'option redispatch', 'retries 1'),
      section('listen l', `bind 127.0.0.1:${port}`, 'balance roundrobin', 'stick-table type ip size 100 srvkey addr', 'stick on src',
        `server a 127.0.0.1:${a.port}`, `server b 127.0.0.1:${b.port}`)));
    const seen = [await exchange(port, ''), await exchange(port, ''), await exchange(port, '')];
    expect(seen).toEqual(['a', 'a', 'a']);
    await a.close();
    expect(await exchange(port, '')).toBe('b');
    expect(await exchange(port, '')).toBe('b');
  });
});

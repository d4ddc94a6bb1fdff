/** Logs end to end: what goes where, in which form, at which level; haproxy's own lines where it is installed. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { exchange } from '../support/client.js';
import { haproxyPresent, startHaproxy } from '../support/haproxy.js';
import { httpOrigin, tcpOrigin } from '../support/origin.js';
import { waitFor } from '../support/proxy.js';
import { scrape } from '../support/scrape.js';
import { Stage } from '../support/stage.js';
import { syslog, type Syslog } from '../support/syslog.js';

const stage = new Stage();
afterEach(() => stage.strike());
afterAll(() => stage.strike());

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n${more}\r\n`;
const origin = () => httpOrigin((_request, response) => void response.writeHead(200, { 'content-length': 5, server: 'o|x' }).end('hello'));

const DEFAULTS = ['defaults', '  mode http', '  timeout client 5s', '  timeout server 5s', '  timeout connect 5s'];

/** One frontend on `port` with these lines in front of a server. */
const frontend = (port: number, server: number, lines: readonly string[]): string[] => [
  ...DEFAULTS, 'frontend fe', `  bind 127.0.0.1:${port}`, ...lines.map((line) => `  ${line}`), '  default_backend be', 'backend be', `  server s1 127.0.0.1:${server}`, '',
];

/** What differs from run to run: dates, process ids, ports, times and lengths of heads. */
function normal(message: string): string {
  return message
    .replace(/\bfe\d+\b/g, 'fe')
    .replace(/^(<\d+>)\w{3} [ \d]\d [\d:]{8} /, '$1DATE ').replace(/\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d/, 'ISO').replace(/haproxy(\[| )\d+/, 'haproxy$1PID')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS').replace(/\[\d\d\/\w{3}\/\d{4}:[^\]]*\]/, '[DATE]').replace(/(?<= )\+?\d+(\/\+?(?:-1|\d+)){2,4}(?= )/, 'TIMES')
    .replace(/(?<= \d{3}) \+?\d+ /, ' BYTES ').replace(/ \d+ (\d{3}) "fe"/, ' PORT MS "fe"').replace(/("s1"|<NOSRV>")( -?\d+){5} /, '$1 TIMES ');
}

interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  readonly request?: string;
  readonly expected: readonly string[];
  /** Not in Debian's version. */
  readonly newer?: true;
}

const HTTPLOG = 'ADDRESS [DATE] fe be/s1 TIMES 200 BYTES - - ---- 1/1/0/0/0 0/0';

/** `LOG` in a line stands for the receiver's address. */
const CASES: readonly Case[] = [
  { name: 'httplog', lines: ['log LOG local0', 'option httplog'], expected: [`<134>DATE haproxy[PID]: ${HTTPLOG} "GET /a HTTP/1.1"\n`] },
  {
    name: 'captures', lines: ['log LOG local0', 'option httplog', 'capture request header host len 7', 'capture request header nope len 7', 'capture response header server len 9'],
    expected: [`<134>DATE haproxy[PID]: ${HTTPLOG} {example|} {o#7Cx} "GET /a HTTP/1.1"\n`],
  },
  {
    name: 'httplog clf', lines: ['log LOG local0', 'option httplog clf'],
    expected: ['<134>DATE haproxy[PID]: 127.0.0.1 - - [DATE] "GET /a HTTP/1.1" 200 BYTES "" "" PORT MS "fe" "be" "s1" TIMES ---- 1 1 0 0 0 0 0 "" "" \n'],
  },
  { name: 'httpslog', lines: ['log LOG local0', 'option httpslog'], expected: [`<134>DATE haproxy[PID]: ${HTTPLOG} "GET /a HTTP/1.1" 0/-/-/-/0 -/-/-\n`] },
  { name: 'the default line', lines: ['log LOG local0'], expected: ['<134>DATE haproxy[PID]: Connect from ADDRESS to ADDRESS (fe/HTTP)\n'] },
  { name: 'a line that is known at once', lines: ['log LOG local0', 'log-format "%ci %f"'], expected: ['<134>DATE haproxy[PID]: 127.0.0.1 fe\n'] },
  { name: 'a line that is known with the request', lines: ['log LOG format raw local0', 'log-format "%HM %HU"', 'http-request set-log-level silent'], expected: ['GET /a\n'] },
  {
    name: 'several receivers, each with its form and level',
    lines: [
      'log LOG format raw local0', 'log LOG format short local1', 'log LOG format priority local1 info err', 'log LOG format raw local0 notice', 'log LOG len 80 format rfc3164 daemon',
      'log-format "%ST %HM %b/%s %[src]"',
    ],
    expected: ['200 GET be/s1 127.0.0.1\n', '<6>200 GET be/s1 127.0.0.1\n', '<142>200 GET be/s1 127.0.0.1\n', '<30>DATE localhost haproxy[PID]: 200 GET be/s1 127.0.0.1\n'],
  },
  { name: 'a cut', lines: ['log LOG len 80 format raw local0', 'log-format "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890 %ST"'], expected: [`${'0123456789'.repeat(8)}\n`] },
  { name: 'rfc5424 with structured data', lines: ['log LOG format rfc5424 local0', 'log-format "%ST"', 'log-format-sd \'[a@1 b="%{+E}HU"]\''], expected: ['<134>1 ISO - haproxy PID - [a@1 b="/a"] 200\n'] },
  { name: 'silence', lines: ['log LOG format raw local0', 'log-format "%HU %ST"', 'http-request set-log-level silent if { path /b }', 'http-request set-log-level err if { path /c }', 'http-request return status 200 if { path /c }'], request: `${get('/b').replace('connection: close\r\n', '')}${get('/c')}`, expected: ['/c 200\n'] },
  { name: 'levels', lines: ['log LOG format short local0', 'log-format "%HU %ST"', 'option log-separate-errors', 'http-request deny if { path /d }', 'http-request set-log-level debug if { path /e }'], request: `${['/d'].map((path) => get(path)).join('')}`, expected: ['<3>/d 403\n'] },
  { name: 'dontlog-normal', lines: ['log LOG format raw local0', 'log-format "%HU %ST"', 'option dontlog-normal', 'http-request deny if { path /d }'], request: `${get('/a').replace('connection: close\r\n', '')}${get('/d')}`, expected: ['/d 403\n'] },
  { name: 'a request that can not be read', lines: ['log LOG format raw local0', 'log-format "%r %ST %ts %HM"'], request: 'nonsense\r\n\r\n', expected: ['<BADREQ> 400 PR <BADREQ>\n'] },
  { name: 'error-log-format', lines: ['log LOG format raw local0', 'log-format "%r"', 'error-log-format "wrong: %ST"'], request: 'nonsense\r\n\r\n', expected: ['wrong: 400\n'] },
  { name: 'logasap', lines: ['log LOG format raw local0', 'option logasap', 'log-format "%ST %s"'], expected: ['200 s1\n'] },
  {
    name: 'log-steps and profiles', newer: true,
    lines: ['log LOG format raw profile p local0', 'log LOG format raw profile q local0', 'log-format "%OG"', 'log-steps all', '', 'log-profile p', '  on any format "p %OG"', '  on connect drop', 'log-profile q', '  on any drop', '  on close format "q %ST"'],
    expected: ['p txn_accept\n', 'p txn_request\n', 'p txn_response\n', 'p txn_close\n', 'q 200\n'],
  },
  {
    name: 'do-log', newer: true, lines: ['log LOG format raw local0', 'log-format "%OG %[var(txn.a)]"', 'http-request set-var(txn.a) str(x)', 'http-request do-log', 'http-response do-log if { status 200 }'],
    expected: ['http-req x\n', 'http-res x\n', 'txn_close x\n'],
  },
];

/** All cases in one configuration: a frontend and a receiver for each. What follows an empty line of a case are sections of its own. */
function configOf(cases: readonly Case[], ports: readonly number[], logs: readonly Syslog[], server: number): string {
  const sections: string[] = [];
  const frontends = cases.flatMap(({ lines }, i) => {
    const all = lines.map((line) => line.replace('LOG', `127.0.0.1:${logs[i]!.port}`));
    const cut = all.indexOf('');
    sections.push(...(cut < 0 ? [] : all.slice(cut)));
    return [`frontend fe${i}`, `  bind 127.0.0.1:${ports[i]}`, ...(cut < 0 ? all : all.slice(0, cut)).map((line) => `  ${line}`), '  default_backend be'];
  });
  return [...DEFAULTS, ...frontends, 'backend be', `  server s1 127.0.0.1:${server}`, ...sections, ''].join('\n');
}

/** What each case logs. */
async function play(cases: readonly Case[], start: (text: string, port: number) => Promise<unknown>): Promise<Record<string, string[]>> {
  const server = await stage.origin(origin());
  const logs = await Promise.all(cases.map(() => syslog(stage)));
  // The port that a peer is asked on whether it is there belongs to nobody's case.
  const ports = [...cases.map(() => stage.port()), stage.port()];
  const ready = ports.at(-1)!;
  await start(`${configOf(cases, ports, logs, server.port)}frontend ready\n  mode http\n  timeout client 5s\n  bind 127.0.0.1:${ready}\n  http-request return status 200\n`, ready);
  const got: Record<string, string[]> = {};
  for (const [i, one] of cases.entries()) {
    await exchange(ports[i]!, one.request ?? get('/a'));
    got[one.name] = (await logs[i]!.take(one.expected.length)).map(normal);
  }
  return got;
}

describe('lines', () => {
  const expected = (cases: readonly Case[]): Record<string, readonly string[]> => Object.fromEntries(cases.map(({ name, expected: lines }) => [name, lines]));

  test('of all kinds', async () => {
    expect(await play(CASES, (text) => stage.proxy(text))).toEqual(expected(CASES));
  });

  (haproxyPresent ? test : test.skip)('are what haproxy says', async () => {
    const known = CASES.filter(({ newer }) => newer === undefined);
    const got = await play(known, async (text, port) => {
      const peer = await startHaproxy(text, port);
      stage.after(() => peer.stop());
    });
    expect(got).toEqual(expected(known));
  });
});

test('the reason of an ending is an item of the log', async () => {
  const [server, log] = [await stage.origin(origin()), await syslog(stage)];
  const [port, other] = [stage.port(), stage.port()];
  await stage.proxy([
    ...frontend(port, server.port, [`log 127.0.0.1:${log.port} format raw local0`, 'log-format "%ST %[txn.reason]"', 'http-request deny if { path /deny }', 'http-request return status 201 if { path /201 }']),
    'frontend p', `  log 127.0.0.1:${log.port} format raw local0`, '  error-log-format "%[txn.reason]"', `  bind 127.0.0.1:${other} accept-proxy`, '  default_backend be', '',
  ].join('\n'));
  for (const text of [get('/'), get('/deny'), get('/201'), 'GET / HTTP/1.1\r\nho st: a\r\n\r\n']) await exchange(port, text);
  await exchange(other, 'GET / HTTP/1.1\r\n\r\n').catch(() => '');
  const got = await log.take(5);
  expect(got[0]).toBe('200 -\n');
  expect(got[1]).toMatch(/^403 refused by the proxy while the request came \(.*test\.cfg:10\)\n$/);
  expect(got[2]).toMatch(/^201 answered by a rule or service \(.*test\.cfg:11\)\n$/);
  expect(got[3]).toMatch(/^400 unreadable request: .*colon.*\n$/);
  expect(got[4]).toBe('Received something which does not look like a PROXY protocol header\n');
});

test('samples: a line takes the messages of its turns', async () => {
  const [server, a, b] = [await stage.origin(origin()), await syslog(stage), await syslog(stage)];
  const port = stage.port();
  await stage.proxy(['global', '  nbthread 1', ...frontend(port, server.port, [
    `log 127.0.0.1:${a.port} format raw sample 1,3:4 local0`, `log 127.0.0.1:${b.port} format raw sample 4:4 local0`, 'log-format "%HU"',
  ])].join('\n'));
  for (let i = 1; i <= 8; i++) await exchange(port, get(`/${i}`));
  expect(await a.take(4)).toEqual(['/1\n', '/3\n', '/5\n', '/7\n']);
  expect(await b.take(2)).toEqual(['/4\n', '/8\n']);
});

test('standard error gets lines as a log', async () => {
  const server = await stage.origin(origin());
  const port = stage.port();
  const proxy = await stage.proxy(frontend(port, server.port, ['log stderr format raw daemon', 'log-format "%HU %ST"']).join('\n'));
  await exchange(port, get('/x'));
  await exchange(port, get('/y'));
  await waitFor(() => proxy.stderr().includes('\n/x 200\n') && proxy.stderr().includes('\n/y 200\n'));
});

test('changes of servers are logged where their backend says', async () => {
  const [log, gone] = [await syslog(stage), await tcpOrigin(() => undefined)];
  await gone.close();
  const port = stage.port();
  await stage.proxy(['global', `  log 127.0.0.1:${log.port} format short local0`, ...frontend(port, gone.port, []).join('\n').replace(/server s1 \S+/, '$& check inter 20 fall 1\n  log global').split('\n')].join('\n'));
  const [first] = await log.take(1);
  expect(first).toMatch(/^<1>Server be\/s1 is DOWN, reason: Layer4 connection problem, .*\n$/);
});

test('messages are forwarded: UDP in, a ring, TCP out, and in again', async () => {
  const log = await syslog(stage);
  const [udp, tcp, port] = [stage.port(), stage.port(), stage.port()];
  await stage.proxy([
    ...frontend(port, 1, ['http-request return status 200']), 'ring r', '  format rfc5424', `  server s 127.0.0.1:${tcp} log-proto octet-count`, 'log-forward in', `  dgram-bind 127.0.0.1:${udp}`, '  log ring@r local0',
    'log-forward out', `  bind 127.0.0.1:${tcp}`, `  log 127.0.0.1:${log.port} local1`, `  log 127.0.0.1:${log.port} format raw local1 err`, '',
  ].join('\n'));
  const sender = createSocket('udp4');
  stage.after(() => sender.close());
  for (const text of ['<14>Nov  5 03:06:09 h tag[1]: one', '<11>1 2024-06-12T10:09:11Z h app - - - two\n', 'three']) {
    sender.send(text, udp, '127.0.0.1');
    await new Promise((done) => setTimeout(done, 20));
  }
  expect(await log.take(4)).toEqual(['<14>Nov  5 03:06:09 h tag[1]: one\n', '<11>1 2024-06-12T10:09:11Z h app - - - two\n', 'two\n', 'three\n']);
});

test('a log over TCP has a ring of its own', async () => {
  let got = '';
  const receiver = await stage.origin(tcpOrigin((socket) => void socket.on('data', (bytes: Buffer) => (got += bytes.toString()))));
  const server = await stage.origin(origin());
  const port = stage.port();
  await stage.proxy(frontend(port, server.port, [`log tcp@127.0.0.1:${receiver.port} format raw local0`, 'log-format "%HU"']).join('\n'));
  await exchange(port, get('/1'));
  await exchange(port, get('/2'));
  await waitFor(() => got === '/1\n/2\n');
});

test('a backend in mode log spreads messages over its servers', async () => {
  let got = '';
  const receiver = await stage.origin(tcpOrigin((socket) => void socket.on('data', (bytes: Buffer) => (got += bytes.toString()))));
  const [server, a, b] = [await stage.origin(origin()), await syslog(stage), await syslog(stage)];
  const port = stage.port();
  await stage.proxy(['global', '  nbthread 1', ...frontend(port, server.port, ['log backend@spread format raw local0', 'log backend@one format raw local0', 'log-format "%HU %ST"']),
    'backend spread', '  mode log', '  balance roundrobin', `  server a udp@127.0.0.1:${a.port}`, `  server b udp@127.0.0.1:${b.port}`,
    'backend one', '  mode log', '  balance sticky', `  server t 127.0.0.1:${receiver.port} log-proto octet-count`, ''].join('\n'));
  for (let i = 0; i < 4; i++) await exchange(port, get(`/${i}`));
  expect((await a.take(2)).length + (await b.take(2)).length).toBe(4);
  await waitFor(() => got === [0, 1, 2, 3].map((i) => `7 /${i} 200\n`).join(''));
});

test('messages that nobody takes are counted, and traffic goes on', async () => {
  const server = await stage.origin(origin());
  const [port, metrics] = [stage.port(), stage.port()];
  await stage.proxy([...frontend(port, server.port, ['log /nonexistent/log local0', 'option httplog']), 'frontend m', `  bind 127.0.0.1:${metrics}`, '  http-request use-service prometheus-exporter if { path /metrics }', ''].join('\n'));
  for (let i = 0; i < 3; i++) expect(await exchange(port, get('/'))).toContain(' 200 OK');
  expect((await scrape(metrics)).get('haproxy_process_dropped_logs_total')).toBe(3);
});

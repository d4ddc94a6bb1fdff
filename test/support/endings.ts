/** Ways in which streams end, each on a frontend of its own, and the log line that each leaves: the manual's section on the state at disconnection. */
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import type { AddressInfo, Socket } from 'node:net';
import { dial } from './client.js';
import { config, section } from './config.js';
import { tcpOrigin, type Origin } from './origin.js';
import type { Stage } from './stage.js';

/** What a server does with a request for such a path; in mode tcp the path comes alone on a line. */
const SERVERS: Readonly<Record<string, (socket: Socket) => void>> = {
  ok: (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
  cookie: (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncache-control: max-age=9\r\nset-cookie: a=b\r\n\r\nok'),
  close: (socket) => void socket.end(),
  reset: (socket) => void socket.resetAndDestroy(),
  junk: (socket) => void socket.write('SSH-2.0-x\r\n\r\n'),
  name: (socket) => void socket.write('HTTP/1.1 200 OK\r\nb ad: x\r\ncontent-length: 2\r\n\r\nok'),
  head: (socket) => void socket.end('HTTP/1.1 200 OK\r\nx: y'),
  cut: (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart'),
  broken: (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart', () => setTimeout(() => socket.resetAndDestroy(), 20)),
  late: (socket) => void socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n', () => setTimeout(() => socket.write('xyz\r\n'), 20)),
  chunk: (socket) => void socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n'),
  stuck: (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart'),
  silent: () => undefined,
  flood: (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n');
    socket.write(Buffer.alloc(20_000_000));
  },
  echo: (socket) => void socket.write('echo'),
};

export interface Ending {
  readonly name: string;
  readonly mode?: 'tcp';
  readonly frontend?: readonly string[];
  readonly backend?: readonly string[];
  /** Options of the server line; `gone`: nobody listens there. */
  readonly server?: string;
  readonly gone?: true;
  /** Plays the client. */
  client(port: number): Promise<unknown>;
  /** The log line: `status termination-state`. */
  readonly line: string;
  /** A later version than Debian's ends so, and why. */
  readonly later?: string;
}

const pause = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));

/** Sends text and waits for the end of the connection, however it comes. */
const talk = (text: string) => async (port: number): Promise<void> => {
  const socket = await dial(port);
  socket.resume();
  const closed = new Promise((done) => void socket.once('end', done).once('error', done));
  socket.write(text);
  await closed;
  socket.destroy();
};
/** Sends text and is gone a little later: with a FIN, or with a reset. */
const leave = (text: string, how: 'end' | 'reset' = 'end', after = 120, read = false) => async (port: number): Promise<void> => {
  const socket = await dial(port);
  socket.on('error', () => undefined);
  if (read) socket.resume();
  if (text !== '') socket.write(text);
  await pause(after);
  if (how === 'reset') socket.resetAndDestroy();
  else socket.destroy();
};
/** Sends text and neither reads nor ends. */
const stall = (text: string) => async (port: number): Promise<Socket> => {
  const socket = await dial(port);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(text);
  return socket;
};

const get = (path: string, more = ''): string => `GET /${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${more}\r\n`;
const post = (path: string, length: number, body: string): string => `POST /${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n${body}`;

export const ENDINGS: readonly Ending[] = [
  { name: 'response', client: talk(get('ok')), line: '200 ----' },
  { name: 'deny', frontend: ['http-request deny'], client: talk(get('ok')), line: '403 PR--' },
  { name: 'deny-status', frontend: ['http-request deny deny_status 429'], client: talk(get('ok')), line: '429 PR--' },
  { name: 'deny-backend', backend: ['http-request deny'], client: talk(get('ok')), line: '403 PR--' },
  { name: 'return', frontend: ['http-request return status 200'], client: talk(get('ok')), line: '200 LR--' },
  { name: 'redirect', frontend: ['http-request redirect location /x'], client: talk(get('ok')), line: '302 LR--' },
  { name: 'auth', frontend: ['http-request auth'], client: talk(get('ok')), line: '401 LR--' },
  { name: 'tarpit', frontend: ['http-request tarpit'], client: talk(get('ok')), line: '500 PT--' },
  { name: 'tarpit-left', frontend: ['http-request tarpit', 'timeout tarpit 5s'], client: leave(get('ok'), 'reset'), line: '500 PT--' },
  { name: 'reject', frontend: ['http-request reject'], client: talk(get('ok')), line: '-1 PR--' },
  { name: 'silent-drop', frontend: ['http-request silent-drop'], client: leave(get('ok')), line: '-1 PR--' },
  { name: 'content-reject', frontend: ['tcp-request content reject'], client: talk(get('ok')), line: '-1 PR--' },
  { name: 'names', frontend: ['option http-restrict-req-hdr-names reject'], client: talk(get('ok', 'a_b: c\r\n')), line: '403 PR--' },
  { name: 'response-deny', backend: ['http-response deny'], client: talk(get('ok')), line: '502 PH--' },
  { name: 'response-return', backend: ['http-response return status 200'], client: talk(get('ok')), line: '200 LH--' },
  { name: 'response-redirect', backend: ['http-response redirect location /x'], client: talk(get('ok')), line: '302 LH--' },
  { name: 'response-content-reject', backend: ['tcp-response content reject'], client: talk(get('ok')), line: '-1 PD--' },
  { name: 'checkcache', backend: ['option checkcache'], client: talk(get('cookie')), line: '502 PH--', later: '2.6 logs the status of the server' },
  { name: 'bad-request', client: talk('GET / HTTP/1.1\r\nho st: a\r\n\r\n'), line: '400 PR--' },
  { name: 'request-left', client: leave('GET / HTTP/1.1\r\nho', 'end'), line: '400 CR--' },
  { name: 'request-reset', client: leave('GET / HTTP/1.1\r\nho', 'reset'), line: '400 CR--' },
  { name: 'request-late', frontend: ['timeout http-request 60ms'], client: talk('GET / HTTP/1.1\r\nho'), line: '408 cR--' },
  { name: 'nothing-late', frontend: ['timeout http-request 60ms'], client: talk(''), line: '408 cR--' },
  { name: 'nothing-left', client: leave(''), line: '400 CR--' },
  { name: 'body-late', frontend: ['timeout client 60ms'], client: talk(post('silent', 10, 'abc')), line: '408 cH--', later: '2.6 has timeout server strike' },
  { name: 'body-left', client: leave(post('silent', 10, 'abc'), 'reset'), line: '-1 CD--' },
  { name: 'body-shut', client: leave(post('silent', 10, 'abc'), 'end'), line: '-1 CD--' },
  { name: 'bad-chunk-up', client: talk('POST /silent HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n'), line: '400 PR--' },
  { name: 'wait-for-body', frontend: ['http-request wait-for-body time 60ms'], client: talk(post('ok', 10, 'abc')), line: '408 cR--' },
  { name: 'no-server', backend: ['http-request deny if FALSE'], gone: true, client: talk(get('ok')), line: '503 SC--' },
  { name: 'connect-left', gone: true, backend: ['retries 10', 'timeout connect 5s'], client: leave(get('ok'), 'reset'), line: '-1 CC--' },
  { name: 'connect-shut', gone: true, backend: ['retries 10', 'timeout connect 5s'], client: leave(get('ok'), 'end'), line: '-1 CC--' },
  { name: 'queue-late', backend: ['timeout queue 60ms'], server: 'maxconn 1', client: queued(talk(get('ok'))), line: '503 sQ--' },
  { name: 'queue-left', backend: ['timeout queue 5s'], server: 'maxconn 1', client: queued(leave(get('ok'), 'reset')), line: '-1 CQ--' },
  { name: 'queue-shut', backend: ['timeout queue 5s'], server: 'maxconn 1', client: queued(leave(get('ok'), 'end')), line: '-1 CQ--' },
  { name: 'server-closes', client: talk(get('close')), line: '502 SH--' },
  { name: 'server-resets', client: talk(get('reset')), line: '502 SH--' },
  { name: 'junk', client: talk(get('junk')), line: '502 PH--' },
  { name: 'bad-name', client: talk(get('name')), line: '502 PH--' },
  { name: 'half-a-head', client: talk(get('head')), line: '502 SH--' },
  { name: 'server-late', backend: ['timeout server 60ms'], client: talk(get('silent')), line: '504 sH--' },
  { name: 'client-leaves-head', client: leave(get('silent'), 'reset'), line: '-1 CH--', later: '2.6 says CD' },
  { name: 'client-shuts-head', client: leave(get('silent'), 'end'), line: '400 CH--' },
  { name: 'cut-body', client: talk(get('cut')), line: '200 SD--' },
  { name: 'reset-body', client: talk(get('broken')), line: '200 SD--' },
  { name: 'late-body', backend: ['timeout server 60ms'], client: talk(get('stuck')), line: '200 sD--' },
  { name: 'bad-chunk-down', client: talk(get('chunk')), line: '502 PH--' },
  { name: 'bad-chunk-later', client: talk(get('late')), line: '200 PD--', later: '2.6 says SD' },
  { name: 'client-leaves-body', client: leave(get('stuck'), 'reset'), line: '200 CD--' },
  { name: 'client-stalls', frontend: ['timeout client 60ms'], client: stall(get('flood')), line: '200 cD--' },
  { name: 'tcp', mode: 'tcp', client: leave('/echo\n', 'end', 120, true), line: '0 --' },
  { name: 'tcp-server', mode: 'tcp', client: talk('/close\n'), line: '0 --' },
  { name: 'tcp-reject', mode: 'tcp', frontend: ['tcp-request content reject'], client: talk('/echo\n'), line: '0 PR' },
  { name: 'tcp-refused', mode: 'tcp', gone: true, client: talk('/echo\n'), line: '0 SC' },
  { name: 'tcp-reset', mode: 'tcp', client: leave('/echo\n', 'reset'), line: '0 CD' },
  { name: 'tcp-server-reset', mode: 'tcp', client: talk('/reset\n'), line: '0 SD' },
  { name: 'tcp-client-late', mode: 'tcp', frontend: ['timeout client 60ms'], client: talk('/echo\n'), line: '0 cD' },
  { name: 'tcp-server-late', mode: 'tcp', backend: ['timeout server 60ms'], client: talk('/echo\n'), line: '0 sD' },
  { name: 'tcp-first-bytes', mode: 'tcp', backend: ['tcp-response content reject'], client: talk('/echo\n'), line: '0 PD', later: '2.6 may say nothing' },
];

/** A client that comes while another one holds the server's only slot. */
function queued(client: Ending['client']): Ending['client'] {
  return async (port) => {
    const holder = await stall(get('silent', 'x-holder: yes\r\n'))(port);
    await pause(150);
    await client(port);
    await pause(150);   // its line is to be the first
    holder.destroy();
  };
}

/** Takes log lines on a port of its own. */
export class LogSink {
  private readonly lines = new Map<string, string[]>();
  private readonly waiting = new Map<string, () => void>();
  private constructor(private readonly socket: Datagrams) {
    socket.on('message', (message) => {
      const found = /<([\w-]+)> (.*) \d+\s*$/.exec(message.toString('latin1').replace(/^<\d+>/, ''));
      if (found === null) return;
      const [, name = '', line = ''] = found;
      this.lines.set(name, [...(this.lines.get(name) ?? []), line]);
      this.waiting.get(name)?.();
    });
  }
  static async open(): Promise<LogSink> {
    const socket = createSocket('udp4');
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    return new LogSink(socket);
  }
  get port(): number {
    return (this.socket.address() as AddressInfo).port;
  }
  /** The first line about a frontend. */
  async line(name: string): Promise<string> {
    while (!this.lines.has(name)) await new Promise<void>((done) => this.waiting.set(name, done));
    return this.lines.get(name)![0]!;
  }
  close(): void {
    this.socket.close();
  }
}

/** Serves by the path of the request. */
export function endingOrigin(): Promise<Origin> {
  return tcpOrigin((socket) => {
    socket.once('data', (bytes: Buffer) => SERVERS[/^\/(\w+)/.exec(bytes.toString('latin1').replace(/^\w+ /, ''))?.[1] ?? '']?.(socket));
    socket.on('end', () => socket.end());
  });
}

/** The configuration with one frontend and backend for each ending, on these ports. */
export function endingConfig(endings: readonly Ending[], ports: readonly number[], origin: number, gone: number, log: number): string {
  const sections = endings.flatMap(({ name, mode = 'http', frontend = [], backend = [], server = '', gone: nobody }, i) => [
    section(`frontend ${name}`, `mode ${mode}`, `bind 127.0.0.1:${ports[i]}`, `log 127.0.0.1:${log} local0`, `log-format "<%f> %ST %${mode === 'http' ? 'tsc' : 'ts'} %B"`,
      ...frontend, `default_backend ${name}-servers`),
    section(`backend ${name}-servers`, `mode ${mode}`, ...backend, `server s 127.0.0.1:${nobody === true ? gone : origin} ${server}`),
  ]);
  const times = ['connect 300ms', 'client 3s', 'server 3s', 'tarpit 50ms', 'queue 3s'].map((time) => `timeout ${time}`);
  return config(section('global', 'maxconn 1000'), section('defaults', ...times, 'retries 0', 'option abortonclose'), ...sections);
}

/** Clients that play at the same time: more would wait for each other longer than their servers do. */
const ABREAST = 8;

/** Plays all clients, and gives the line that each has left; undefined where none came in time. */
export async function play(stage: Stage, endings: readonly Ending[], ports: readonly number[], sink: LogSink): Promise<Record<string, string | undefined>> {
  const lines: Record<string, string | undefined> = {};
  let next = 0;
  const player = async (): Promise<void> => {
    for (let i = next++; i < endings.length; i = next++) {
      const { name, client } = endings[i]!;
      const left = client(ports[i]!).then((held) => stage.after(() => (held as Socket | undefined)?.destroy?.()), () => undefined);
      lines[name] = await Promise.race([sink.line(name), pause(5000).then(() => undefined)]);
      await Promise.race([left, pause(1000)]);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, player));
  return lines;
}

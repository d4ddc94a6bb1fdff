/** Debian's haproxy in front of servers that it plays itself: it says which one a request went to, or shows what the server saw. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A backend and the options of its servers, which are named s1, s2 … */
export interface PeerBackend {
  readonly name: string;
  readonly lines: readonly string[];
  readonly servers: readonly string[];
}

const DEFAULTS = ['defaults', '  mode http', '  timeout client 10s', '  timeout server 10s', '  timeout connect 10s', '  option http-keep-alive'];

/** Sockets of servers in a directory. */
const socketOf = (directory: string, server: number): string => join(directory, `s${server}`);

/** The frontend `fe`, whose header x-b names the backend, and the backends. `directory` holds the sockets. */
export function farmConfiguration(directory: string, backends: readonly PeerBackend[], frontend: readonly string[] = []): string {
  return [
    ...DEFAULTS, 'frontend fe', `  bind unix@${join(directory, 'fe')}`, ...frontend.map((line) => `  ${line}`), '  use_backend %[req.hdr(x-b)]',
    ...backends.flatMap(({ name, lines, servers }) => [
      `backend ${name}`, ...lines.map((line) => `  ${line}`),
      ...servers.map((options, i) => `  server s${i + 1} unix@${socketOf(directory, i + 1)} ${options}`),
    ]), '',
  ].join('\n');
}

/** Fields that a server answers with, by the field of the request that holds the value. */
const ECHOED: Readonly<Record<string, string>> = {
  'x-set': 'set-cookie', 'x-set2': 'set-cookie', 'x-old': 'set-cookie2', 'x-cc': 'cache-control', 'x-lm': 'last-modified', 'x-pragma': 'pragma',
};

/** Each server answers with its name, the request's first two Cookie lines in x-c1 and x-c2, and what it is asked for. */
function serverConfiguration(directory: string, count: number): string {
  const echo = Object.entries(ECHOED).flatMap(([from, to], i) => [
    `  http-request set-var(txn.v${i}) req.fhdr(${from})`, `  http-after-response add-header ${to} %[var(txn.v${i})] if { var(txn.v${i}) -m found }`,
  ]);
  const seen = [1, 2].flatMap((line) => [
    `  http-request set-var(txn.c${line}) req.fhdr(cookie,${line})`, `  http-after-response set-header x-c${line} %[var(txn.c${line})] if { var(txn.c${line}) -m found }`,
  ]);
  return Array.from({ length: count }, (_, i) => [
    `frontend s${i + 1}`, `  bind unix@${socketOf(directory, i + 1)}`, ...echo, ...seen, `  http-request return status 200 hdr x-s s${i + 1}`,
  ].join('\n')).join('\n');
}

/** What a server's response has of a request's wishes, line by line. */
export function echoed(fields: readonly string[]): string[] {
  return fields.flatMap((field) => {
    const colon = field.indexOf(':');
    const to = ECHOED[field.slice(0, colon)];
    return to === undefined ? [] : [`${to}:${field.slice(colon + 1)}`];
  });
}

export class PeerFarm {
  readonly directory = mkdtempSync(join(tmpdir(), 'farm-'));
  readonly text: string;
  private process: ChildProcess | null = null;

  constructor(private readonly backends: readonly PeerBackend[], frontend: readonly string[] = []) {
    this.text = farmConfiguration(this.directory, backends, frontend);
  }

  async start(): Promise<void> {
    const count = Math.max(...this.backends.map(({ servers }) => servers.length));
    const path = join(this.directory, 'haproxy.cfg');
    writeFileSync(path, `global\n  maxconn 4000\n${this.text}\n${serverConfiguration(this.directory, count)}\n`);
    const peer = spawn('haproxy', ['-db', '-f', path], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    peer.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    this.process = peer;
    for (let tries = 0; tries < 400 && peer.exitCode === null; tries++) {
      if (existsSync(join(this.directory, 'fe'))) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`haproxy did not start: ${said}`);
  }

  /** Sends requests (whole heads) over one connection and returns the heads of the responses. */
  ask(requests: readonly string[]): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.directory, 'fe'));
      const heads: string[] = [];
      let text = '';
      let sent = 0;
      const more = (): void => {
        while (sent < requests.length && sent - heads.length < 50) socket.write(requests[sent++]!, 'latin1');
      };
      socket.setEncoding('latin1').on('data', (bytes: string) => {
        text += bytes;
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          heads.push(text.slice(0, end));
          text = text.slice(end + 4);
        }
        if (heads.length === requests.length) socket.end();
        else more();
      });
      socket.on('error', reject).on('close', () => (heads.length === requests.length ? resolve(heads) : reject(new Error(`closed after ${heads.length} responses`))));
      more();
    });
  }

  /** The servers that requests go to. */
  async servers(requests: readonly string[]): Promise<string[]> {
    return (await this.ask(requests)).map((head) => /\r\nx-s: (\S+)/i.exec(head)?.[1] ?? head.split('\r\n')[0]!);
  }

  async stop(): Promise<void> {
    const { process: peer } = this;
    if (peer !== null && peer.exitCode === null && peer.signalCode === null) {
      const gone = once(peer, 'exit');
      peer.kill();
      await gone;
    }
    rmSync(this.directory, { recursive: true });
  }
}

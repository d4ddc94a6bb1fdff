/** Servers that play a script, and the first word of a check about each of them: here and by Debian's haproxy. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChecks, ServerStates, initState } from '../../../src/backends/index.js';
import { loadText } from '../../../src/config/load.js';
import { loadAddon } from '../../../src/core/load_addon.js';
import { serverCell, stateCells } from '../../../src/core/cells.js';

/** What a server does with a connection. */
export type Play = (socket: Peer) => Promise<void> | void;

/** One accepted connection. */
export class Peer {
  private chunks: Buffer[] = [];
  private ended = false;
  private wake: () => void = () => undefined;

  constructor(readonly socket: Socket, private readonly seen: Buffer[]) {
    socket.on('data', (bytes) => {
      this.chunks.push(bytes);
      this.wake();
    });
    socket.on('close', () => {
      this.ended = true;
      this.wake();
    });
    socket.on('error', () => undefined);
  }

  /** What has come since the last call, as soon as there is something; empty at the end. */
  async read(): Promise<Buffer> {
    while (this.chunks.length === 0 && !this.ended) await new Promise<void>((resolve) => (this.wake = resolve));
    const bytes = Buffer.concat(this.chunks.splice(0));
    if (bytes.length > 0) this.seen.push(bytes);
    return bytes;
  }

  write(data: string | Buffer): void {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
  }

  close(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }
}

export interface Scene {
  readonly name: string;
  /** Lines of the backend. */
  readonly lines: readonly string[];
  /** null: nobody listens. */
  readonly play: Play | null;
  /** Words of the server line. */
  readonly words?: string;
}

export const answer = (text: string): Play => async (peer) => {
  await peer.read();
  peer.write(text);
  peer.close();
};
/** Speaks first, then closes, or waits to be left. */
export const banner = (text: string, closes = true): Play => (peer) => {
  peer.write(text);
  if (closes) peer.close();
};
export const silent: Play = () => undefined;

export interface Stage {
  readonly port: number;
  /** What clients have sent, in the order of their reads. */
  readonly seen: Buffer[];
  close(): Promise<void>;
}

const open = new Set<() => Promise<void>>();

/** Closes what a test has left open; for afterEach(). */
export async function strike(): Promise<void> {
  await Promise.all([...open].map((close) => close()));
}

/** A server that plays, or a port that nobody listens on. */
export async function stage(play: Play | null): Promise<Stage> {
  const seen: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void play?.(new Peer(socket, seen));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    open.delete(close);
    return server.listening ? new Promise((resolve) => server.close(() => resolve())) : Promise.resolve();
  };
  open.add(close);
  if (play === null) await close();
  return { port, seen, close };
}

/** A configuration with a backend for each scene. */
export function configOf(scenes: readonly Scene[], ports: readonly number[], bind: string, global: readonly string[] = []): string {
  const backends = scenes.map(({ name, lines, words = '' }, i) => [
    `backend ${name}`, 'option log-health-checks', ...lines, `server s1 127.0.0.1:${ports[i]} check inter 600 rise 1 fall 1 ${words}`,
  ].join('\n  '));
  const head = ['global', ...global].join('\n  ');
  return [head, 'defaults\n  mode http\n  timeout connect 5s\n  timeout server 5s\n  timeout client 5s', `frontend fe\n  bind ${bind}`, ...backends, ''].join('\n');
}

/** The line about a check of `name`, without what differs from run to run. */
function lineOf(name: string, text: string): string | undefined {
  const found = text.split('\n').find((line) => line.includes(`server ${name}/s1 `));
  return found?.replace(/^.*?(?=Health check)/, '').replace(/duration: [0-9]+ms/, 'duration: Nms').trim();
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const TRIES = 400;

/** The checks of a configuration, over real sockets, in this process. */
export async function housekeeping(text: string) {
  const { model, diagnostics } = await loadText(text);
  if (model === null) throw new Error(diagnostics.map(({ summary }) => summary).join('\n'));
  const state = new Int32Array(stateCells(model.proxies.length, model.serverRows, model.listeners.length));
  initState(model, state);
  const said: string[] = [];
  const states = new ServerStates({ model, state, log: () => undefined, tell: () => undefined, shutdown: () => undefined, print: (_severity, line) => void said.push(line) });
  const checks = startChecks({ model, state, states, addon: loadAddon() });
  const stop = (): Promise<void> => {
    open.delete(stop);
    checks.stop();
    return Promise.resolve();
  };
  open.add(stop);
  const cell = (server: number, which: number): number => state[serverCell(model.proxies.length, server, which)]!;
  return { model, state, states, checks, said, cell };
}

/** Waits for something to hold; fails after some seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries === TRIES) throw new Error('it did not come true');
    await sleep(10);
  }
}

/** What our checks say first of each scene. */
export async function ours(scenes: readonly Scene[], ports: readonly number[], global: readonly string[] = []): Promise<(string | undefined)[]> {
  const { said, checks } = await housekeeping(configOf(scenes, ports, '127.0.0.1:1', global));
  const all = (): string => said.join('\n');
  for (let tries = 0; tries < TRIES && scenes.some(({ name }) => lineOf(name, all()) === undefined); tries++) await sleep(10);
  checks.stop();
  return scenes.map(({ name }) => lineOf(name, all()));
}

/** What haproxy's checks say first of each scene; it words connection errors without the name of their kind. */
export async function theirs(scenes: readonly Scene[], ports: readonly number[]): Promise<(string | undefined)[]> {
  const directory = mkdtempSync(join(tmpdir(), 'checks-'));
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(file, configOf(scenes, ports, `unix@${join(directory, 's')}`), 'latin1');
  const haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  haproxy.stderr.setEncoding('latin1').on('data', (text: string) => (said += text));
  for (let tries = 0; tries < TRIES && haproxy.exitCode === null && scenes.some(({ name }) => lineOf(name, said) === undefined); tries++) await sleep(10);
  const gone = new Promise((resolve) => haproxy.once('exit', resolve));
  haproxy.kill();
  await gone;
  rmSync(directory, { recursive: true });
  return scenes.map(({ name }) => lineOf(name, said));
}

/** Connection errors as haproxy 2.6 words them. */
export const olderWords = (line: string | undefined): string | undefined =>
  line?.replace(/(?:E[A-Z]+ returned by OS|General socket error) \(([^()]*)\)/, '$1');

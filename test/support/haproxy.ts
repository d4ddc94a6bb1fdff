/** Debian's haproxy as a peer: the same rules there and here. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const haproxyPresent = spawnSync('haproxy', ['-v']).status === 0;

/** A frontend `fe` with these lines in front of a backend `be`; `bind` is its address. The cache of haproxy 2.6 mixes up results of maps. */
export function configuration(lines: readonly string[], bind: string): string {
  return [
    'global', '  tune.pattern.cache-size 0', 'defaults', '  mode http', '  timeout client 5s', '  timeout server 5s', '  timeout connect 5s',
    'frontend fe', `  bind ${bind}`, ...lines.map((line) => `  ${line}`), '  default_backend be', 'backend be', '  server s1 127.0.0.1:8081', '',
  ].join('\n');
}

/** A directory for files that both read, and the haproxies that run in it. */
export class HaproxyPeer {
  readonly directory = mkdtempSync(join(tmpdir(), 'peer-'));
  private readonly socket = join(this.directory, 's');
  private process: ChildProcess | null = null;

  /** Writes a file and returns its path. */
  file(name: string, contents: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, contents, 'latin1');
    return path;
  }

  /** True if haproxy refuses a configuration with this line. */
  refuses(line: string): boolean {
    const path = this.file('check.cfg', configuration([line], `unix@${this.socket}`));
    const { status, stderr } = spawnSync('haproxy', ['-c', '-f', path], { encoding: 'latin1' });
    return status !== 0 && stderr.includes('[ALERT]');
  }

  async start(lines: readonly string[]): Promise<void> {
    const path = this.file('haproxy.cfg', configuration(lines, `unix@${this.socket}`));
    this.process = spawn('haproxy', ['-db', '-f', path], { stdio: 'ignore' });
    for (let tries = 0; tries < 200 && this.process.exitCode === null; tries++) {
      if (existsSync(this.socket) && (await this.ask('GET / HTTP/1.0\r\n\r\n').catch(() => '')) !== '') return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('haproxy did not start');
  }

  /** Sends a request and returns all that comes back; the connection is closed after it. */
  async ask(request: string): Promise<string> {
    const socket = connect(this.socket);
    let response = '';
    socket.setEncoding('latin1');
    socket.on('data', (bytes: string) => (response += bytes));
    socket.write(request, 'latin1');
    await once(socket, 'close');
    return response;
  }

  /** The same up to the end of the response's head, for requests that do not close the connection. */
  async head(request: string): Promise<string> {
    const socket = connect(this.socket);
    let response = '';
    socket.setEncoding('latin1');
    socket.on('data', (bytes: string) => {
      response += bytes;
      if (response.includes('\r\n\r\n')) socket.destroy();
    });
    socket.write(request, 'latin1');
    await once(socket, 'close');
    return response;
  }

  async stop(): Promise<void> {
    const { process } = this;
    if (process !== null && process.exitCode === null && process.signalCode === null) {
      const gone = once(process, 'exit');
      process.kill();
      await gone;
    }
    rmSync(this.directory, { recursive: true });
  }
}

export interface RunningHaproxy {
  /** What it has printed to standard error so far. */
  stderr(): string;
  stop(): Promise<void>;
}

/** Runs haproxy on a configuration until stop(), and waits until it accepts on a port of 127.0.0.1. */
export async function startHaproxy(text: string, port: number): Promise<RunningHaproxy> {
  const directory = mkdtempSync(join(tmpdir(), 'peer-'));
  const path = join(directory, 'haproxy.cfg');
  writeFileSync(path, text);
  const child = spawn('haproxy', ['-db', '-f', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => (told += more));
  const exit = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill();
    await exit;
    rmSync(directory, { recursive: true });
  };
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) break;
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => void socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    socket.destroy();
    if (open) return { stop, stderr: () => told };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await stop();
  throw new Error(`haproxy did not start: ${told}`);
}

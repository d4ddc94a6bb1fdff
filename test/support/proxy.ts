import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/tsproxy', import.meta.url));

export interface ProxyExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProxy {
  readonly pid: number;
  /** What it has printed to standard error so far. */
  stderr(): string;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  readonly exit: Promise<ProxyExit>;
  /** Ends it if it still runs. */
  end(): Promise<ProxyExit>;
}

export interface ProxyOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Descriptors handed down as 3, 4 … */
  readonly fds?: readonly number[];
}

/** A directory that is removed by its owner. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tsproxy-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs bin/tsproxy with these arguments. */
export function spawnProxy(args: readonly string[], options: ProxyOptions = {}): RunningProxy {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', ...(options.fds ?? [])],
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
  });
  return watch(child);
}

function watch(child: ChildProcess): RunningProxy {
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]?.setEncoding('utf8').on('data', (text: string) => (out[name] += text));
  const exit = new Promise<ProxyExit>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...out })));
  return {
    pid: child.pid ?? 0,
    stderr: () => out.stderr,
    signal: (signal) => void child.kill(signal),
    exit,
    end: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      return exit;
    },
  };
}

/** Starts the proxy on a configuration text in the foreground and waits until its workers accept. */
export async function startProxy(config: string, options: ProxyOptions = {}): Promise<RunningProxy> {
  const directory = temporaryDirectory();
  const file = join(directory.path, 'test.cfg');
  writeFileSync(file, config);
  const proxy = spawnProxy(['-d', '-f', file, ...(options.args ?? [])], options);
  void proxy.exit.then(() => directory.remove());
  await waitFor(() => proxy.stderr().includes(' accept on '), proxy);
  return proxy;
}

/** Waits until something holds; an error with the proxy's words if it ends before. */
export async function waitFor(holds: () => boolean | Promise<boolean>, proxy?: RunningProxy): Promise<void> {
  const state = { ended: false };
  void proxy?.exit.then(() => (state.ended = true));
  while (!(await holds())) {
    if (state.ended) throw new Error(`the proxy has ended: ${proxy?.stderr()}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

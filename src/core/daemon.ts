import { spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import type { Model } from '../config/model.js';
import { printText, printTo } from './print.js';

/** Set in the child's environment: the number of the descriptor on which it reports to the process that started it. */
const MARKER = 'TSPROXY_DAEMON';
const READY = '\0';

/** In the background process: the descriptor to report on; null in any other process. */
export function daemonDescriptor(env: NodeJS.ProcessEnv = process.env): number | null {
  const text = env[MARKER];
  return text === undefined ? null : Number(text);
}

/**
 * Starts this program again in a session of its own, without a terminal, and waits until it reports. Node can't fork: the child reads
 * the configuration anew. What it says before it is ready is said here; the result is this process's exit status.
 */
export function startDaemon(argv: readonly string[], model: Model, directory: string): Promise<number> {
  const stdio = daemonStdio(model);
  const report = stdio.length;
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...argv], {
    cwd: directory,
    detached: true,
    stdio: [...stdio, 'pipe'],
    env: { ...process.env, [MARKER]: String(report) },
  });
  return new Promise((resolve) => {
    let ready = false;
    child.on('error', (error) => printText(`cannot start the background process: ${error.message}\n`));
    const pipe = child.stdio[report] as NodeJS.ReadableStream;
    pipe.setEncoding('utf8').on('data', (text: string) => {
      ready ||= text.endsWith(READY);
      printText(text.replace(READY, ''));
    });
    pipe.on('close', () => {
      child.unref();
      resolve(ready ? 0 : 1);
    });
  });
}

/** Inherited listening sockets keep their numbers in the child; all else is closed. */
function daemonStdio(model: Model): ('ignore' | number)[] {
  const stdio: ('ignore' | number)[] = ['ignore', 'ignore', 'ignore'];
  for (const { address } of model.listeners) {
    if (address.kind !== 'fd') continue;
    while (stdio.length <= address.fd) stdio.push('ignore');
    stdio[address.fd] = address.fd;
  }
  return stdio;
}

/** In the child: all is up. From now on nobody reads what it prints. */
export function reportReady(descriptor: number): void {
  printTo(null);
  writeSync(descriptor, READY);
  closeSync(descriptor);
}

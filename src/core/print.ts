import { writeSync } from 'node:fs';
import type { Severity } from '../config/diagnostic.js';

/** HAProxy's columns: the process id stands in the same place for every level. */
const LABELS: Readonly<Record<Severity, string>> = {
  alert: '[ALERT]    ',
  warning: '[WARNING]  ',
  notice: '[NOTICE]   ',
  diag: '[DIAG]     ',
};

/** What was said until the process ran, as long as there is room for it. */
const STARTUP_MOST = 64 * 1024;
let startup = '';
let starting = true;

/** The messages of the start. */
export function startupText(): string {
  return startup;
}

/** The process runs: what is said from now on is no matter of the start. */
export function endStartup(): void {
  starting = false;
}

let descriptor: number | null = 2;

/** Where messages go from now on: a descriptor, or null for nowhere (a daemon that has left its terminal). */
export function printTo(fd: number | null): void {
  descriptor = fd;
}

/** Writes text at once: the process may end right after. A reader that is gone or slow never stops the proxy. */
export function printText(text: string): void {
  if (descriptor === null) return;
  const bytes = Buffer.from(text);
  let sent = 0;
  try {
    while (sent < bytes.length) sent += writeSync(descriptor, bytes, sent);
  } catch (error) {
    // EAGAIN: a full pipe that somebody made non-blocking. EPIPE, EIO: nobody reads any more. The text is lost, the traffic isn't.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EAGAIN' && code !== 'EPIPE' && code !== 'EIO' && code !== 'EBADF') throw error;
  }
}

/** One message in HAProxy's shape: `[ALERT]    (pid) : text`. */
export function print(severity: Severity, text: string): void {
  const line = `${LABELS[severity]}(${process.pid}) : ${text}\n`;
  if (starting && startup.length + line.length <= STARTUP_MOST) startup += line;
  printText(line);
}

// Processes of the bench: started pinned, ended by their pid, and measured from /proc.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

// core: number, or null for no pinning. The child's stderr is kept (last 4,000 characters) for messages.
export function start(command, args, core, options = {}) {
  const [program, all] = core === null ? [command, args] : ['taskset', ['-c', String(core), command, ...args]];
  const child = spawn(program, all, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  child.said = '';
  child.stderr.on('data', (bytes) => (child.said = (child.said + bytes).slice(-4000)));
  child.stdin.on('error', () => {});   // it may have ended
  child.ended = new Promise((resolve) => {
    child.on('error', (error) => resolve((child.said += error.message)));
    child.on('exit', resolve);
  });
  running.add(child);
  child.ended.then(() => running.delete(child));
  return child;
}

export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin.end();
  child.kill('SIGTERM');
  const late = setTimeoutKill(child, 3000);
  await child.ended;
  clearTimeout(late);
}

function setTimeoutKill(child, ms) {
  return setTimeout(() => child.kill('SIGKILL'), ms);
}

// Lines of JSON from a child: ask() returns the next one. Rejects when the child ends.
export function talk(child) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (question = '', ms = 60_000) => {
    if (question) child.stdin.write(`${question}\n`);
    const timer = AbortSignal.timeout(ms);
    const late = new Promise((_, reject) => timer.addEventListener('abort', () => reject(new Error(`no answer within ${ms} ms`)), { once: true }));
    const { value, done } = await Promise.race([lines.next(), late]);
    if (done) throw new Error(`ended: ${child.said.trim() || 'without a word'}`);
    return JSON.parse(value);
  };
}

// A process and its descendants.
export function family(pid) {
  const pids = [pid];
  for (let i = 0; i < pids.length; i++) {
    for (const task of tasks(pids[i])) {
      pids.push(...read(`/proc/${pids[i]}/task/${task}/children`).split(' ').filter(Boolean).map(Number));
    }
  }
  return pids;
}

// CPU seconds that the process, its descendants and all their threads have used so far.
export function cpuSeconds(pid) {
  let nanoseconds = 0;
  for (const member of family(pid)) {
    for (const task of tasks(member)) nanoseconds += Number(read(`/proc/${member}/task/${task}/schedstat`).split(' ')[0] || 0);
  }
  return nanoseconds / 1e9;
}

// Anonymous memory in bytes: what the process wrote itself, libraries and files left out.
export function anonymousBytes(pid) {
  return family(pid).reduce((sum, member) => sum + Number(/^RssAnon:\s+(\d+)/m.exec(read(`/proc/${member}/status`))?.[1] ?? 0) * 1024, 0);
}

function tasks(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';   // ended meanwhile
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// One exchange with the proxy; true if an answer (http) or a connection that stays (tcp) came.
export function exchange(port, request) {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    const finish = (good) => {
      socket.destroy();
      resolve(good);
    };
    socket.setTimeout(2000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('connect', () => (request ? socket.write(request) : finish(true)));
    socket.on('data', () => finish(true));
    socket.on('close', () => finish(false));
  });
}

// Waits until the proxy serves; the milliseconds it took from `from` (performance.now()).
export async function serving(child, port, request, from = performance.now()) {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(child.said.trim() || `ended with status ${child.exitCode}`);
    if (await exchange(port, request)) return performance.now() - from;
    if (performance.now() - from > 15_000) throw new Error(`does not serve port ${port} after 15 s: ${child.said.trim()}`);
    await sleep(1);
  }
}

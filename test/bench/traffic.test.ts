// The bench's own origin and load, against each other without a proxy between them; and the command's messages.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Processes {
  start(command: string, args: string[], core: number | null): ChildProcess;
  stop(child: ChildProcess): Promise<void>;
  talk(child: ChildProcess): (question?: string) => Promise<Record<string, number>>;
  cpuSeconds(pid: number): number;
  anonymousBytes(pid: number): number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const processes = (await import(new URL('../../bench/process.mjs', import.meta.url).href)) as Processes;
let directory = '';
let origin: ChildProcess;
let ports: Record<string, number> = {};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
  for (const name of ['origin', 'load']) {
    const built = spawnSync('g++', ['-std=c++20', '-O1', join(root, `bench/${name}.cc`), '-o', join(directory, name)], { encoding: 'utf8' });
    expect(built.stderr).toBe('');
  }
  origin = processes.start(join(directory, 'origin'), [], null);
  ports = await processes.talk(origin)();
}, 120_000);

afterAll(async () => {
  await processes.stop(origin);
  rmSync(directory, { recursive: true, force: true });
});

// Runs the load until `enough` and returns its totals.
async function load(args: string[], enough: (totals: Record<string, number>) => boolean): Promise<Record<string, number>> {
  const child = processes.start(join(directory, 'load'), args, null);
  try {
    const ask = processes.talk(child);
    await ask();
    for (;;) {
      const totals = await ask('totals');
      if (enough(totals)) return totals;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await processes.stop(child);
  }
}

describe('origin and load', () => {
  test.each([0, 1, 1024, 4 << 20])('keep-alive requests for %i bytes', async (size) => {
    const totals = await load(['http', String(ports['http']), '4', String(size)], ({ units }) => (units ?? 0) >= 20);
    expect(totals['errors']).toBe(0);
    expect(totals['bytes']).toBeGreaterThanOrEqual((totals['units'] ?? 0) * size);
  });

  test('connections of one request each', async () => {
    const totals = await load(['connect', String(ports['http']), '4', '128'], ({ units }) => (units ?? 0) >= 50);
    expect(totals['errors']).toBe(0);
  });

  test('bulk', async () => {
    const totals = await load(['bulk', String(ports['source']), '8'], ({ bytes }) => (bytes ?? 0) >= 1 << 24);
    expect(totals['errors']).toBe(0);
  });

  test('idle connections, more than are opened at once', async () => {
    expect(await load(['idle', String(ports['http']), '300'], () => true)).toEqual({ units: 0, bytes: 0, errors: 0 });
    const used = await load(['idle', String(ports['http']), '300', '10'], () => true);
    expect(used).toMatchObject({ units: 300, errors: 0 });
  });

  test('a port that nobody listens on is counted as errors', async () => {
    const child = processes.start(join(directory, 'load'), ['http', '1', '1', '1'], null);
    const totals = await processes.talk(child)('totals');
    expect(totals['units']).toBe(0);
    await processes.stop(child);
  });
});

describe('measuring', () => {
  // In a process of its own: nothing else there frees memory in the meantime.
  test('CPU time grows with work, memory with what is written', async () => {
    const work = `process.stdin.once('data', () => { const kept = Buffer.alloc(64 << 20, 1); let sum = 0; for (const byte of kept) sum += byte;
      console.log(JSON.stringify({ sum })); setInterval(() => kept[0], 1000); }); console.log('{"sum":0}');`;
    const child = processes.start(process.execPath, ['-e', work], null);
    const pid = child.pid ?? 0;
    const ask = processes.talk(child);
    await ask();
    const [cpu, memory] = [processes.cpuSeconds(pid), processes.anonymousBytes(pid)];
    expect((await ask('go'))['sum']).toBe(64 << 20);
    expect(processes.cpuSeconds(pid)).toBeGreaterThan(cpu);
    expect(processes.anonymousBytes(pid) - memory).toBeGreaterThan(32 << 20);
    await processes.stop(child);
  });
});

describe('npm run bench', () => {
  const bench = (...args: string[]): { status: number | null; said: string } => {
    const done = spawnSync(process.execPath, [join(root, 'bench/run.mjs'), ...args], { encoding: 'utf8' });
    return { status: done.status, said: done.stdout + done.stderr };
  };
  test.each([
    [['--help'], 0, 'usage: npm run bench'],
    [[], 2, 'usage: npm run bench'],
    [['no-such-case'], 2, 'There is no case no-such-case'],
    [['--peers', 'apache', 'http-1k'], 2, 'There is no peer apache'],
    [['--pairs', '0', 'http-1k'], 2, 'must be positive'],
    [['--frobnicate', 'http-1k'], 2, 'frobnicate'],
  ])('%j', (args, status, said) => {
    const done = bench(...args);
    expect(done.status).toBe(status);
    expect(done.said).toContain(said);
  });
});

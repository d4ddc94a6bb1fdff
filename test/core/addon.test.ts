import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ABI, FACT_COUNT, GS_CONNECTIONS, PHASE_CONNECTION, TO_COUNT, VERDICT_CLOSE } from '../../src/core/abi.js';
import type { Engine, EngineConf, EngineProxy, ListenerSpec } from '../../src/core/addon.js';
import { sockaddr } from '../../src/core/address.js';
import { addonPath, loadAddon } from '../../src/core/load_addon.js';
import { reservePort } from '../support/port.js';

const addon = loadAddon();
const pages = addon.createPages(2, 1, 0, 1);
afterAll(() => addon.releasePages(pages.id));

const loopback = (port = 0): Uint8Array => sockaddr({ kind: 'ip', family: 4, address: '127.0.0.1', port });
const spec = (address: Uint8Array, more: Partial<ListenerSpec> = {}): ListenerSpec => ({
  address, v6only: null, reusePort: false, interface: null, tfo: false, deferAccept: false, transparent: false, saveSyn: 0, userTimeout: 0, mss: 0, congestion: null, ...more,
});
const proxy: EngineProxy = {
  options: 0, timeouts: new Array<number>(TO_COUNT).fill(0), phases: 0, defaultBackend: -1, retries: 3, redispatch: 0, privateConnections: 5, keepAlive: { client: { count: 0, idle: 0, interval: 0 }, server: { count: 0, idle: 0, interval: 0 } }, retryOn: 0, sendNameHeader: '',
  errors: [], forwardFor: null,
};
const conf = (more: Partial<EngineConf> = {}): EngineConf => ({
  pages: pages.id, worker: 0, workers: 2, bufsize: 16384, maxrewrite: 1024, maxHeaders: 101, maxAccept: 64, pipeSize: 0,
  maxPipes: 8, maxConnections: 100, splice: true, shareIdle: true, options: 0, headerCases: [], errorCodes: [], failCodes: [], latencyBuckets: [], proxies: [proxy], servers: [], listeners: [], responses: [], ...more,
});
const undecided = (): number => VERDICT_CLOSE;

/** Runs code in a thread that has `addon` and `id`, and returns what it posts. */
function inThread(code: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const source = `const { parentPort, workerData } = require('node:worker_threads');
      const addon = require(workerData.path), id = workerData.id; ${code}`;
    const worker = new Worker(source, { eval: true, workerData: { path: addonPath(), id: pages.id } });
    let message: unknown;
    worker.on('message', (posted) => (message = posted));
    worker.on('error', reject);
    worker.on('exit', () => resolve(message));
  });
}

test('the constants are those of abi.def', () => {
  expect({ ...addon.abi }).toEqual({ ...ABI });
});

describe('pages', () => {
  test('are the same memory in every thread', async () => {
    const state = new Int32Array(pages.state);
    const counters = new BigUint64Array(pages.counters);
    Atomics.store(state, GS_CONNECTIONS, 41);
    const seen = await inThread(`const p = addon.attachPages(id);
      new BigUint64Array(p.counters)[p.rowCells] = 7n;
      parentPort.postMessage([Atomics.add(new Int32Array(p.state), ${GS_CONNECTIONS}, 1), p.rowCells])`);
    expect(seen).toEqual([41, pages.rowCells]);
    expect(Atomics.load(state, GS_CONNECTIONS)).toBe(42);
    expect(counters[pages.rowCells]).toBe(7n);
    Atomics.store(state, GS_CONNECTIONS, 0);
  });

  test('stay readable after they were released, but nobody new gets them', () => {
    const own = addon.createPages(1, 1, 1, 1);
    addon.releasePages(own.id);
    expect(() => addon.attachPages(own.id)).toThrow(/no pages with the id/);
    expect(new Int32Array(own.state)[0]).toBe(0);
  });

  test('need sensible counts', () => {
    expect(() => addon.createPages(0, 1, 1, 1)).toThrow(/workers must be an integer from 1 up/);
    expect(() => addon.createPages(1, Number.NaN, 1, 1)).toThrow(/proxies/);
  });
});

describe('listening sockets', () => {
  test('are bound, then listen', () => {
    const fd = addon.bindListener(spec(loopback(), { reusePort: true, tfo: true, deferAccept: true }));
    expect(fd).toBeGreaterThan(2);
    expect(addon.isListening(fd)).toBe(true);
    expect(addon.listen(fd, 10)).toBe(0);
    expect(addon.isListening(fd)).toBe(true);
    addon.closeFd(fd);
    expect(addon.isListening(fd)).toBe(false);
  });

  test('a port in use is an errno and leaves nothing open', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const before = readdirSync('/proc/self/fd').length;
    for (const reusePort of [false, true]) {
      expect(addon.errnoName(-addon.bindListener(spec(loopback(port), { reusePort })))).toBe('EADDRINUSE');
    }
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    server.close();
  });

  test('workers bind beside each other', () => {
    const { port, release } = reservePort();
    const beside = addon.bindListener(spec(loopback(port), { reusePort: true }));
    expect(beside).toBeGreaterThan(2);
    expect(addon.listen(beside, 10)).toBe(0);
    addon.closeFd(beside);
    release();
  });

  test('unix paths and abstract names', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tsproxy-'));
    const path = join(directory, 'socket');
    const first = addon.bindListener(spec(sockaddr({ kind: 'unix', path }), { reusePort: true }));
    expect(first).toBeGreaterThan(2);
    expect(existsSync(path)).toBe(true);
    const abstract = addon.bindListener(spec(sockaddr({ kind: 'abstract', name: `tsproxy-test-${process.pid}` })));
    expect(abstract).toBeGreaterThan(2);
    addon.closeFd(first);
    addon.closeFd(abstract);
    rmSync(directory, { recursive: true });
  });

  test('IPv6 alone leaves the port to IPv4', () => {
    const any6 = sockaddr({ kind: 'ip', family: 6, address: '::1', port: 0 });
    const fd = addon.bindListener(spec(any6, { v6only: true }));
    // A system without IPv6 says so instead.
    if (fd < 0) expect(['EADDRNOTAVAIL', 'EAFNOSUPPORT']).toContain(addon.errnoName(-fd));
    else addon.closeFd(fd);
  });

  test('what is no socket is not listening', () => {
    const file = openSync('/dev/null', 'r');
    expect(addon.isListening(file)).toBe(false);
    addon.closeFd(file);
    expect(() => addon.bindListener(spec(new Uint8Array(1)))).toThrow(/ListenerSpec.address/);
  });
});

describe('the process', () => {
  test('limits of descriptors can be lowered and raised up to the hard one', () => {
    const [soft, hard] = addon.fdLimit();
    expect(addon.setFdLimit(soft - 1, hard)).toBe(0);
    expect(addon.fdLimit()).toEqual([soft - 1, hard]);
    expect(addon.setFdLimit(soft, hard)).toBe(0);
  });

  test('a root that is not there is an errno', () => {
    const failed = addon.chroot('/nowhere/at/all');
    expect(['ENOENT', 'EPERM']).toContain(addon.errnoName(-failed));
  });

  test('no ids, no change', () => {
    expect(addon.setIds(null, null)).toBe(0);
  });

  test('ids change in every thread of the process', () => {
    const root = process.getuid?.() === 0;
    const [uid, gid] = root ? [65534, 65534] : [process.getuid?.(), process.getgid?.()];
    const code = `const addon = require(${JSON.stringify(addonPath())}), fs = require('node:fs');
      const failed = addon.setIds(${uid}, ${gid});
      const tasks = fs.readdirSync('/proc/self/task').map((task) => fs.readFileSync('/proc/self/task/' + task + '/status', 'utf8'));
      const ids = tasks.map((status) => status.match(/^[UG]id:.*$/gm).join(' '));
      console.log(JSON.stringify([failed, ids.length > 1, [...new Set(ids)]]));`;
    const printed = execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    const four = (id: number | undefined): string => new Array(4).fill(id).join('\t');
    expect(JSON.parse(printed)).toEqual([0, true, [`Uid:\t${four(uid)} Gid:\t${four(gid)}`]]);
  });
});

describe('an engine', () => {
  test.each<[string, Partial<Record<keyof EngineConf, unknown>>, RegExp]>([
    ['a fraction', { bufsize: 1.5 }, /^EngineConf\.bufsize: expected an integer/],
    ['a worker that is none of them', { worker: 2 }, /^EngineConf\.worker: expected an integer from 0 to 1/],
    ['unknown pages', { pages: 9999 }, /^EngineConf\.pages: there are no pages/],
    ['no list', { servers: null }, /^EngineConf\.servers: expected an array/],
    ['too few timeouts', { proxies: [{ ...proxy, timeouts: [1] }] }, /^EngineConf\.proxies\[0\]\.timeouts: expected 12 integers/],
    ['a backend out of range', { proxies: [{ ...proxy, defaultBackend: 1 }] }, /proxies\[0\]\.defaultBackend: expected an integer from -1 to 0/],
    ['an error page that is not there', { proxies: [{ ...proxy, errors: [[503, 0]] }] }, /proxies\[0\]\.errors\[0\]\[1\]/],
    ['less than no error page', { proxies: [{ ...proxy, errors: [[503, -4]] }] }, /expected an integer from -3 to -1/],
    ['text for bytes', { responses: ['HTTP/1.1 200 OK'] }, /^EngineConf\.responses\[0\]: expected a Uint8Array/],
  ])('refuses %s and names the field', (_, wrong, message) => {
    expect(() => addon.createEngine({ ...conf(), ...wrong } as EngineConf, undecided)).toThrow(message);
  });

  test('has a window of facts, edits and bytes, and is dead after close', () => {
    const engine = addon.createEngine(conf(), undecided);
    const view = new Int32Array(engine.window);
    expect(engine.editOffset).toBeGreaterThanOrEqual(FACT_COUNT * 4 + 101 * 16);
    expect(engine.bytesOffset).toBeGreaterThanOrEqual(engine.editOffset + engine.editSize);
    expect(engine.window.byteLength).toBeGreaterThanOrEqual(engine.bytesOffset + 16384);
    expect(engine.sessions()).toBe(0);
    engine.close();
    engine.close();
    expect(view.length).toBe(0);
    expect(() => engine.sessions()).toThrow('the engine is closed');
  });

  test('several threads have engines over the same pages, and may end without closing them', async () => {
    const code = `addon.createEngine(${JSON.stringify({ ...conf(), worker: 1 })}, () => 0).start();
      parentPort.postMessage('started'); process.exit(0)`;
    expect(await Promise.all([inThread(code), inThread(code)])).toEqual(['started', 'started']);
  });

  /** An engine that asks at each connection; resolves to what the client saw when it was closed. */
  async function ask(decide: (phase: number, session: number, engine: Engine) => number): Promise<[phase: number, session: number][]> {
    const { port, release } = reservePort();
    const fd = addon.bindListener(spec(loopback(port), { reusePort: true }));
    const asked: [number, number][] = [];
    const engine: Engine = addon.createEngine(
      conf({ proxies: [{ ...proxy, phases: 1 << PHASE_CONNECTION }], listeners: [{ fd, frontend: 0, options: 0, backlog: 10 }] }),
      (phase, session) => {
        asked.push([phase, session]);
        return decide(phase, session, engine);
      },
    );
    expect(addon.listen(fd, 10)).toBe(0);
    engine.start();
    await new Promise<void>((resolve) => {
      const client = connect(port, '127.0.0.1');
      client.on('error', () => undefined);
      client.on('close', () => resolve());
      client.resume();
    });
    engine.close();
    release();
    return asked;
  }

  test('calls decide with a phase and a session, and does what it says', async () => {
    const asked = await ask(() => VERDICT_CLOSE);
    expect(asked[0]).toEqual([PHASE_CONNECTION, expect.any(Number)]);
  });

  // In a thread, because a test's own `process` is a copy that gets no warnings.
  test.each([
    ['throws', "throw new Error('a rule with a fault')", /^a decision failed .*: Error: a rule with a fault/],
    ['throws no error', "throw 'words'", /^a decision failed .*: words/],
    ['returns no number', 'return undefined', /^a decision failed .*: decide\(\) returned no integer/],
  ])('lives on when decide %s: the session ends and a warning tells why', async (_, body, message) => {
    const { port, release } = reservePort();
    const fd = addon.bindListener(spec(loopback(port), { reusePort: true }));
    expect(addon.listen(fd, 10)).toBe(0);
    const listening = conf({ proxies: [{ ...proxy, phases: 1 << PHASE_CONNECTION }], listeners: [{ fd, frontend: 0, options: 0, backlog: 10 }] });
    const warning = await inThread(`
      const engine = addon.createEngine(${JSON.stringify(listening)}, () => { ${body} });
      engine.start();
      const client = require('node:net').connect(${port}, '127.0.0.1').resume().on('error', () => {});
      const closed = new Promise((resolve) => client.on('close', resolve));
      process.once('warning', (warning) => closed.then(() => { parentPort.postMessage(warning.message); engine.close(); }));`);
    release();
    expect(warning).toMatch(message);
  });

  test('may be closed from inside of decide', async () => {
    await ask((_phase, _session, engine) => {
      engine.close();
      return VERDICT_CLOSE;
    });
  });
});

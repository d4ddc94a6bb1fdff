import { writeFileSync } from 'node:fs';
import { applySaved, followHealth, initState, preloadCounters, DynamicBackends, DynamicServers, ServerControl, ServerStates, startResolver, type AddressQuestion, type ServerKeeper } from '../backends/index.js';
import type { Listener, Model } from '../config/model.js';
import * as abi from './abi.js';
import type { Addon, PagesHandle } from './addon.js';
import { Answers } from './answers.js';
import { activeListeners, bindAll, closeAll, keeping, listenAll, settlePaths, type BindFailure, type BoundListener } from './bind.js';
import { loopbackCongestion } from './congestion.js';
import { serverRows } from './cells.js';
import { errnoText } from './errno.js';
import { takeListeners, type Handover } from './handover.js';
import { planLimits, type Limits } from './limits.js';
import { liveModel } from './live_model.js';
import { MainLogs } from './log/main_logs.js';
import type { ToWorker, WorkerStart } from './mail.js';
import { MainVariables } from './main_variables.js';
import { Master } from './master.js';
import { Readings } from './metric/readings.js';
import { startSampler } from './metric/sampler.js';
import { MetricsSource } from './metrics_source.js';
import type { WorkerListener } from './plane.js';
import { PatternControl } from './pattern/control.js';
import { patternsChannel, sharePatterns } from './pattern/share.js';
import { print } from './print.js';
import { missingPrivileges } from './privileges.js';
import { initialVariables, shareVariables, variablesChannel, type Changes } from './process_variables.js';
import { signalProcesses } from './signals.js';
import { StartError } from './start_error.js';
import { Cleared } from './statistics/cleared.js';
import { TrafficControl } from './traffic_control.js';
import { accessSticks, stickSpecs } from './stick/access.js';
import { StickControl } from './stick/index.js';
import type { PageQuestion } from './statistics/question.js';
import { version } from './version.js';
import { WorkerPool } from './worker_pool.js';

/** What the command line adds to the Model. */
export interface StartOptions {
  readonly reusePort: boolean;
  /** Limit of each worker's JavaScript heap in megabytes; null = Node's. */
  readonly memory: number | null;
  /** Runtime socket of a process whose listening sockets are taken over; null = none. */
  readonly takeover: string | null;
  /** The runtime API is served to the master process on this listening socket too; null = there is none. */
  readonly masterSocket: number | null;
  /** Processes that this one replaces. */
  readonly old: readonly { readonly pid: number; readonly signal: 'SIGUSR1' | 'SIGTERM' }[];
  /** `file:line` of a bind line. */
  place(listener: Listener): string;
  /** Ends the process. */
  exit(status: number): void;
}

/** An old process that got SIGTTOU needs a moment until its ports are free. */
const PAUSE_MS = 20;
const PAUSE_TRIES = 10;

/**
 * Brings the proxy up. The order is the point: all that can fail comes before the first socket listens, so that a start that fails
 * leaves no trace and an old process that is to be replaced has lost nothing. Throws StartError.
 */
export async function start(addon: Addon, loaded: Model, options: StartOptions): Promise<Master> {
  const model = liveModel(loaded);
  const missing = missingPrivileges(model, process.geteuid?.() ?? 0);
  if (missing !== null) throw new StartError([missing]);
  const limits = raiseLimits(addon, model);
  const handover = options.takeover === null ? null : takeOver(addon, options.takeover);
  const bound = await bindListeners(addon, model, options, handover);
  try {
    handover?.closeRest();
    return await startBound(addon, model, options, limits, bound);
  } catch (error) {
    closeAll(addon, bound);
    throw error;
  }
}

function takeOver(addon: Addon, path: string): Handover {
  try {
    return takeListeners(addon, path);
  } catch (error) {
    throw new StartError([(error as Error).message]);
  }
}

async function startBound(
  addon: Addon, model: Model, options: StartOptions, limits: Limits, bound: readonly BoundListener[],
): Promise<Master> {
  const { nbthread, runtime } = model.global;
  // Before a chroot hides the files.
  const api = runtime.sockets.length > 0 || options.masterSocket !== null ? await import('./command/socket.js') : null;
  const pagesCode = model.proxies.some(({ stats }) => stats !== null) ? await import('./statistics/pages.js') : null;
  const ofApi = bound.filter(isOfApi);
  const ofTraffic = bound.filter((one) => !isOfApi(one));
  const pages = addon.createPages(nbthread, model.proxies.length, serverRows(model), model.listeners.length);
  addon.createStickTables(pages.id, stickSpecs(model));
  const state = new Int32Array(pages.state);
  initState(model, state);
  const saved = applySaved(model, state);
  for (const line of saved.lines) print('warning', line);
  const views = { state, counters: new BigUint64Array(pages.counters), rowCells: pages.rowCells, workers: nbthread };
  preloadCounters(model, views.counters.subarray(0, views.rowCells));
  const startTime = Date.now();
  const { sampler } = startSampler(model, views);
  const readings = new Readings(model, views, { version: version(), startTime, ...limits }, sampler, null);
  const sticks = new StickControl(model, accessSticks(addon, pages.id, null));
  const metrics = new MetricsSource({ model, pages, limits, startTime, sampler, stickUsed: (table) => sticks.used(table) });
  const variables = initialVariables(model);
  const answers = new Answers();
  answers.on('metrics', (request) => metrics.ask('metrics', request));
  const logs = new MainLogs(model, addon, state);
  await logs.open();
  const pool = await readyWorkers(model, options, pages, limits, bound, metrics, answers, variables, logs);
  const traffic = new TrafficControl({ addon, model, state, pool, bound: ofTraffic, maxconn: limits.maxconn });
  Atomics.store(state, abi.GS_WORKERS_READY, nbthread);
  await dropRights(addon, model, options, bound, metrics, limits);
  const failures = listenAll(addon, model, bound.filter(({ temporary }) => temporary === null), limits.maxconn);
  if (failures.length > 0) throw new StartError(bindLines(model, options, failures));
  pool.tell({ kind: 'start' });
  const { log } = logs;
  const tell = (server: number): void => pool.tell({ kind: 'changed', server });
  const states = new ServerStates({
    model, state, log, print, tell,
    shutdown: (server, cause) => traffic.shutdownSessions({ of: 'server', index: server }, cause),
  });
  const slowStarts = followHealth(model, state, states, tell);
  for (const { server, elapsed } of saved.starts) slowStarts.look(server, elapsed);
  const resolver = startResolver({ model, state, states, log, tell });
  answers.on('resolve', (question: AddressQuestion) => resolver.address(question));
  metrics.showResolver(resolver);
  const patterns = new PatternControl(model);
  sharePatterns(patterns.references, patternsChannel(pages.id));
  const keepers: ServerKeeper[] = [{ added: () => states.grow(), deleted: (server) => resolver.names.remove(server), removed: () => states.grow() }];
  // One after the other: the answers don't say to what.
  let spreading: Promise<void> = Promise.resolve();
  const spread = (mail: ToWorker): Promise<void> => {
    spreading = spreading.then(() => {
      const known = pool.all('took');
      pool.tell(mail);
      return known;
    });
    return spreading;
  };
  const backends = new DynamicBackends({ model, state, spread: (change) => spread({ kind: 'backends', change }) });
  const servers = new DynamicServers({
    model, state, keepers, spread: (change) => spread({ kind: 'servers', change }),
  });
  const control = new ServerControl({ model, state, states, resolver, log, tell });
  const master = new Master({
    resolver, servers, backends, control, processVariables: new MainVariables({ model, state, initial: variables, channel: variablesChannel(pages.id), spread: (changes) => spread({ kind: 'variables', changes }) }), model, readings, base: new Cleared(readings), pool, traffic, metrics, log, logs, addon, states, variables, patterns, sticks, exit: options.exit,
    shareSamples: ({ tx }) => void shareVariables(tx.variables, variablesChannel(pages.id)),
  });
  keepers.push(master.checks);
  if (pagesCode !== null) {
    const statistics = new pagesCode.StatisticsPages({ ...master.parts, checks: master.checks });
    answers.on('statistics', (question: PageQuestion) => statistics.answer(question));
  }
  if (api !== null) {
    const sockets = await api.openRuntimeApi(master, startTime, { ofApi, masterSocket: options.masterSocket, all: bound });
    master.onStop(() => sockets.leave());
  }
  for (const signal of ['SIGUSR1', 'SIGTERM'] as const) {
    signalProcesses(options.old.filter((old) => old.signal === signal).map((old) => old.pid), signal);
  }
  return master;
}

/** Decides maxconn and pipes and raises RLIMIT_NOFILE to what they need. */
function raiseLimits(addon: Addon, model: Model): Limits {
  const [soft, hard] = addon.fdLimit();
  // The superuser may raise the hard limit too; others are told what is missing.
  const root = process.geteuid?.() === 0;
  const limits = planLimits(model, root && model.global.maxconn + model.global.ulimitN > 0 ? -1 : hard);
  if (typeof limits === 'string') throw new StartError([limits]);
  if (soft >= 0 && soft < limits.descriptors) {
    const wanted = hard < 0 ? -1 : Math.max(hard, limits.descriptors);
    const errno = -addon.setFdLimit(limits.descriptors, wanted);
    if (errno > 0) throw new StartError([`cannot raise the limit of file descriptors to ${limits.descriptors} (${errnoText(errno)}), it is ${hard}`]);
  }
  return limits;
}

/** Binds; ports that the old processes hold are asked from them for the time of a second try. */
async function bindListeners(addon: Addon, model: Model, options: StartOptions, handover: Handover | null): Promise<readonly BoundListener[]> {
  const groups = [
    { listeners: activeListeners(model), workers: model.global.nbthread },
    { listeners: model.global.runtime.sockets.map(({ listener }) => listener), workers: 1 },
  ];
  const sockets = handover === null ? addon : keeping(addon, handover);
  const bind = (): ReturnType<typeof bindAll> => {
    const results = groups.map(({ listeners, workers }) => bindAll(sockets, listeners, workers, options.reusePort, handover));
    const failures = results.flatMap((result) => result.failures);
    const bound = results.flatMap((result) => result.bound);
    if (failures.length > 0) closeAll(sockets, bound);
    return { bound, failures };
  };
  let result = bind();
  const old = options.old.map(({ pid }) => pid);
  if (old.length > 0 && result.failures.some((failure) => failure.inUse)) {
    signalProcesses(old, 'SIGTTOU');
    for (let tries = 0; tries < PAUSE_TRIES && result.failures.length > 0; tries++) {
      await new Promise((done) => setTimeout(done, PAUSE_MS));
      result = bind();
    }
    if (result.failures.length > 0) signalProcesses(old, 'SIGTTIN');
  }
  if (result.failures.length > 0) throw new StartError(bindLines(model, options, result.failures));
  return result.bound;
}

const isOfApi = ({ listener }: BoundListener): boolean => listener.proxy < 0;

function bindLines(model: Model, options: StartOptions, failures: readonly BindFailure[]): string[] {
  return failures.map(({ listener, reason }) => {
    const proxy = model.proxies[listener.proxy];
    const whose = proxy === undefined ? 'the runtime API' : `${proxy.isBackend ? 'proxy' : 'frontend'} ${proxy.name}`;
    return `Binding [${options.place(listener)}] for ${whose}: ${reason}`;
  });
}

/** Starts the workers and waits until all are ready; from then on the death of one ends the process. */
async function readyWorkers(
  model: Model, options: StartOptions, pages: PagesHandle, limits: Limits, bound: readonly BoundListener[], metrics: MetricsSource, answers: Answers, variables: Changes, logs: MainLogs,
): Promise<WorkerPool> {
  let ready = false;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const loopback = loopbackCongestion();
  const starts = Array.from({ length: model.global.nbthread }, (_, worker): WorkerStart => {
    return { model, variables, place: { pages: pages.id, worker, limits, loopback, listeners: workerListeners(model, bound, worker) } };
  });
  const pool = new WorkerPool(starts, options.memory, {
    ask: (topic, request) => answers.ask(topic, request),
    log: (line) => print('notice', line),
    records: (records) => logs.toRings(records),
    gc: (worker, pauses) => metrics.gc(worker, pauses),
    died: (worker, reason) => {
      const line = `worker ${worker + 1} of ${starts.length} has died: ${reason}`;
      if (!ready) return fail(new StartError([line]));
      print('alert', `${line}; the process ends`);
      logs.log('alert', line);
      logs.flush();
      options.exit(1);
    },
  });
  await Promise.race([pool.all('ready'), failed]);
  ready = true;
  return pool;
}

/** The sockets of one worker by listener index. */
function workerListeners(model: Model, bound: readonly BoundListener[], worker: number): WorkerListener[] {
  const sockets = model.listeners.map((): WorkerListener => ({ fd: -1, shared: false }));
  for (const { listener, fds, shared } of bound.filter((one) => !isOfApi(one))) sockets[listener.index] = { fd: fds[shared ? 0 : worker] ?? -1, shared };
  return sockets;
}

/** Pidfile, unix sockets, chroot and ids: what needs the rights or the file system of the start comes first. */
async function dropRights(
  addon: Addon, model: Model, options: StartOptions, bound: readonly BoundListener[], metrics: MetricsSource, limits: Limits,
): Promise<void> {
  const { pidfile, chroot, uid, gid } = model.global;
  if (pidfile !== null) writePid(pidfile);
  if (chroot !== null || uid !== null) await metrics.preload();
  const unix = bound.filter(({ temporary }) => temporary !== null);
  const failures = [...listenAll(addon, model, unix, limits.maxconn), ...settlePaths(unix)];
  if (failures.length > 0) throw new StartError(bindLines(model, options, failures));
  if (chroot !== null) {
    const errno = -addon.chroot(chroot);
    if (errno > 0) throw new StartError([`cannot chroot to ${chroot} (${errnoText(errno)})`]);
  }
  if (uid !== null || gid !== null) {
    const errno = -addon.setIds(uid, gid);
    if (errno > 0) throw new StartError([`cannot change to uid ${uid ?? 'unchanged'} and gid ${gid ?? 'unchanged'} (${errnoText(errno)})`]);
  }
}

function writePid(path: string): void {
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    throw new StartError([`cannot write the pidfile ${path} (${(error as Error).message})`]);
  }
}

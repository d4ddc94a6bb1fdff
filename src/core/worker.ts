/** A worker thread: one engine over the shared pages, the compiled plan, and the mail with the main thread. */
import { performance } from 'node:perf_hooks';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createBackends } from '../backends/index.js';
import type { ServerListChange } from '../backends/dynamic.js';
import { CS_COUNT } from './abi.js';
import type { Engine } from './addon.js';
import { serverCounter } from './cells.js';
import { engineServer } from './engine_server.js';
import { insertServer, removeBackend, removeServer, replaceServer, setDynamicCookie } from './live_model.js';
import { observeGcPauses } from './gc_pauses.js';
import { loadAddon } from './load_addon.js';
import type { FromWorker, ToWorker, WorkerAnswers, WorkerStart } from './mail.js';
import { patternsChannel, sharePatterns } from './pattern/share.js';
import { compile } from './plan.js';
import { engineConf } from './plane.js';
import { Counters } from './count.js';
import { workerLogs } from './log/worker_logs.js';
import { accessSticks } from './stick/access.js';
import { shareVariables, takeChanges, variablesChannel } from './process_variables.js';
import { heapMemory } from './memory.js';

/** After a soft stop: how often to look whether the last session has gone. */
const DRAIN_INTERVAL_MS = 10;

/** Questions to the main thread, by number. */
class Questions {
  private readonly open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private next = 1;

  constructor(private readonly send: (mail: FromWorker) => void) {}

  ask(topic: string, request: unknown): Promise<unknown> {
    const id = this.next++;
    this.send({ kind: 'ask', id, topic, request });
    return new Promise((resolve, reject) => this.open.set(id, { resolve, reject }));
  }

  answer(id: number, value: unknown, error: string | null): void {
    const question = this.open.get(id);
    this.open.delete(id);
    if (error === null) question?.resolve(value);
    else question?.reject(new Error(error));
  }
}

function run(port: MessagePort, { model, variables, place }: WorkerStart): void {
  const send = (mail: FromWorker): void => port.postMessage(mail);
  const questions = new Questions(send);
  const addon = loadAddon();
  const pages = addon.attachPages(place.pages);
  const state = new Int32Array(pages.state);
  const row = place.worker * pages.rowCells * 8;
  const made: { engine: Engine | null } = { engine: null };
  const engine = (): Engine => {
    if (made.engine === null) throw new Error('the engine is used before it exists');
    return made.engine;
  };
  const counters = new BigUint64Array(pages.counters, row, pages.rowCells);
  const backends = createBackends(model, { state, engine, counters: new Uint32Array(pages.counters, row, pages.rowCells * 2), worker: place.worker });
  const logs = workerLogs(model, addon, new Counters(new BigUint64Array(pages.counters, row, pages.rowCells), model.proxies.length), state, port);
  const plan = compile(model, {
    state,
    counters,
    worker: place.worker,
    backends,
    engine,
    sticks: () => accessSticks(addon, place.pages, engine()),
    ask: (topic, request) => questions.ask(topic, request),
    log: (line) => send({ kind: 'log', line }),
    route: logs.route,
  });
  made.engine = addon.createEngine(engineConf(model, plan, place), (phase, session) => plan.decide(phase, session));
  const shared = plan.attach(made.engine, variables);
  shareVariables(shared, variablesChannel(place.pages));
  sharePatterns(plan.patterns, patternsChannel(place.pages));
  const takeServers = (change: ServerListChange): void => {
    if (change.kind === 'delete') {
      engine().shutdownServer(change.index);
      return removeServer(model, change.index);
    }
    const { server } = change;
    if (change.kind === 'replace') {
      replaceServer(model, server);
      return engine().setServer(server.index, engineServer(server, model, place.loopback));
    }
    // The row may have counted for another server before.
    const first = serverCounter(model.proxies.length, server.index, 0);
    counters.fill(0n, first, first + CS_COUNT);
    insertServer(model, server);
    engine().setServer(server.index, engineServer(server, model, place.loopback));
    backends.grow(server);
  };
  const facts: { readonly [topic in keyof WorkerAnswers]: () => WorkerAnswers[topic] } = {
    sessions: () => engine().listSessions?.() ?? [],
    captures: () => engine().captures?.() ?? { total: 0, messages: [] },
    activity: () => {
      const { heapUsed, external } = heapMemory();
      return { busy: performance.eventLoopUtilization().utilization, heap: heapUsed, external };
    },
  };
  port.on('message', (mail: ToWorker) => {
    switch (mail.kind) {
      case 'start':
        return engine().start();
      case 'stop':
        return stop(engine(), send);
      case 'pause':
        return engine().pauseListening(mail.paused);
      case 'taken':
        return logs.taken(mail.bytes);
      case 'look':
        return engine().post();
      case 'shutdown':
        return engine().shutdownSessions(mail.of, mail.index, mail.cause);
      case 'changed':
        backends.changed(mail.server);
        return engine().post();
      case 'servers':
        takeServers(mail.change);
        return send({ kind: 'took' });
      case 'backends':
        if (mail.change.kind === 'delete') removeBackend(model, mail.change.proxy);
        else setDynamicCookie(model, mail.change.proxy, mail.change);
        return send({ kind: 'took' });
      case 'variables':
        takeChanges(shared, mail.changes);
        return send({ kind: 'took' });
      case 'answer':
        return questions.answer(mail.id, mail.value, mail.error);
      case 'question':
        return send({ kind: 'reply', id: mail.id, value: facts[mail.topic]() });
      case 'close':
        engine().close();
        return port.close();
    }
  });
  observeGcPauses((pauses) => send({ kind: 'gc', pauses }));
  send({ kind: 'ready' });
}

function stop(engine: Engine, send: (mail: FromWorker) => void): void {
  engine.stopListening();
  let listening = true;
  const look = (): void => {
    // Clients that wait in a listener are taken before it closes.
    if (listening && engine.listening() === 0) {
      listening = false;
      send({ kind: 'stopped' });
    }
    if (listening || engine.sessions() > 0) return;
    clearInterval(timer);
    send({ kind: 'drained' });
  };
  const timer = setInterval(look, DRAIN_INTERVAL_MS);
  look();
}

if (parentPort !== null) run(parentPort, workerData as WorkerStart);

/** Logs of the main thread: what the process says of itself, and the rings that all threads write to. */
import type { LogTarget } from '../../config/log.js';
import type { Model } from '../../config/model.js';
import { GS_LOGS_DROPPED } from '../abi.js';
import type { Addon } from '../addon.js';
import { headerWriter, nowMicros } from './header.js';
import { LEVELS, type LogLevel } from './level.js';
import { ForwardSection } from './forward/section.js';
import { Receivers, type Route } from './receivers.js';
import { Ring } from './ring.js';
import { eachRecord, LogSink } from './sink.js';
import { StartError } from '../start_error.js';
import type { SystemLog } from './system_log.js';
import { DEFAULT_TAG, sampler, wrapping, type LogShared } from './target.js';
import { outputSink, router, type LogCounts } from './ways.js';

type Write = (level: number, message: string) => void;

export class MainLogs {
  readonly rings: readonly Ring[];
  readonly route: LogShared['route'];
  private readonly seen: LogShared['seen'] = new Map();
  private readonly forwards: readonly ForwardSection[];
  private readonly ofProxy: readonly (readonly Write[])[];
  private readonly ofProcess: readonly Write[];
  private readonly output: LogSink;
  private readonly ringSink: LogSink;

  /** `state`: the shared cells, where dropped messages are counted. */
  constructor(private readonly model: Model, addon: Addon, state: Int32Array) {
    const counts: LogCounts = {
      sent: () => undefined,
      dropped: (messages) => void Atomics.add(state, GS_LOGS_DROPPED, messages),
    };
    const receivers = new Receivers(model);
    this.rings = model.rings.map((ring) => new Ring(ring, counts));
    this.output = outputSink(addon, receivers, counts);
    this.ringSink = new LogSink((records, length) => this.toRings(records, length));
    this.route = router(model, receivers, { output: this.output, rings: this.ringSink }, state, counts);
    this.forwards = model.logForwards.map((section) => new ForwardSection(section, model, { route: this.route, seen: this.seen }));
    this.ofProcess = model.global.log.targets.map((target) => this.compile(target, null));
    this.ofProxy = model.proxies.map(({ log }) => log.targets.map((target) => this.compile(target, log.tag)));
  }

  private compile(target: LogTarget, tag: string | null): Write {
    const { hostname, tag: globalTag } = this.model.global.log;
    const { length, format } = wrapping(target, this.model);
    const header = headerWriter(format, { hostname, tag: tag ?? globalTag ?? DEFAULT_TAG, pid: process.pid, facility: target.facility });
    const wanted = sampler(target, this.seen);
    const routeOf = this.route(target);
    return (level, message) => {
      const route: Route | undefined = level <= target.maxLevel && wanted() ? routeOf() : undefined;
      if (route === undefined) return;
      route.sink.open(route.receiver, length);
      header(route.sink, Math.max(level, target.minLevel), nowMicros(), '');
      route.sink.put(message);
      route.sink.close();
    };
  }

  readonly log: SystemLog = (level: LogLevel, message: string, proxy?: number) => {
    const number = LEVELS.indexOf(level);
    const text = Buffer.from(message.replace(/\n+$/, ''), 'utf8').toString('latin1');
    for (const write of (proxy === undefined ? this.ofProcess : this.ofProxy[proxy]) ?? []) write(number, text);
  };

  /** Messages of a worker for rings. */
  toRings(records: Uint8Array, length = records.length): void {
    eachRecord(records, length, (ring, message) => this.rings[ring]?.add(message));
  }

  /** What was logged up to now leaves now: the process is about to end. */
  flush(): void {
    this.output.flush();
    this.ringSink.flush();
  }

  /** log-forward sections take messages from now on. Rejects with what can't be bound. */
  async open(): Promise<void> {
    for (const [i, section] of this.forwards.entries()) {
      try {
        await section.open();
      } catch (error) {
        throw new StartError([`Binding of log-forward section ${this.model.logForwards[i]!.name}: ${(error as Error).message}`]);
      }
    }
  }

  /** Nothing more is taken, and rings let their servers go. */
  close(): void {
    for (const section of this.forwards) section.close();
    this.flush();
    for (const ring of this.rings) ring.close();
  }
}

/** The log of traffic: which streams have a line when, at which level, and who gets it (manual, section 8). */
import type { LogStep, ProfileStep } from '../../config/log.js';
import type { Model, Proxy } from '../../config/model.js';
import {
  FACT_ATTEMPT, FACT_BODY_LEN, FACT_BYTES_IN_HI, FACT_BYTES_IN_LO, FACT_BYTES_OUT_HI, FACT_BYTES_OUT_LO, FACT_ERRORS, FACT_FLAGS, FACT_HEAD_LEN, FACT_REQUEST_MS, FACT_STATUS, FACT_TERM,
  FF_EMBRYO, FF_REDISPATCH, PHASE_AFTER, PHASE_CONNECTED, PHASE_CONTENT, PHASE_END, PHASE_REQUEST, PHASE_SESSION, PS_LOGS,
} from '../abi.js';
import { proxyCell } from '../cells.js';
import { connectLine, embryoLine } from './default_line.js';
import { compileTarget, writerOf, type Log, type LogShared, type ProxyFormats, type Step } from './target.js';
import type { Tx } from '../tx.js';

const ERR = 3;
const INFO = 6;
const FIRST_SERVER_ERROR = 500;
const BAD_REQUEST = 400;

/** What %OG says of each step (manual, 8.2.6). */
const ORIGINS: Readonly<Partial<Record<Step, string>>> = {
  accept: 'txn_accept', request: 'txn_request', connect: 'txn_connect', response: 'txn_response', close: 'txn_close', error: 'sess_error', embryo: 'sess_killed',
};

/** The log of one frontend. */
interface ProxyTraffic {
  readonly steps: ReadonlySet<LogStep>;
  /** A stream of which a line was written early has none at its end. */
  readonly once: boolean;
  readonly targets: readonly Log[];
  readonly separateErrors: boolean;
  readonly onlyErrors: boolean;
  readonly dropNull: boolean;
  readonly http: boolean;
  readonly early: boolean;
  readonly lines: number;
}

/** What the plan calls; all of it does nothing for frontends that log nothing. */
export interface Traffic {
  /** Bits 1 << PHASE_x in which a frontend has something to log. */
  phases(proxy: Proxy): number;
  /** True if the frontend logs at all: the engine keeps its request lines. */
  logs(proxy: Proxy): boolean;
  /** A stream has come to a step. `close` is ended(). */
  step(tx: Tx, step: Exclude<LogStep, 'close'>): void;
  /** A session stands (layer 5): in mode tcp it is the stream. */
  accepted(tx: Tx): void;
  /** The connection to a server stands; in mode tcp nothing else comes of a response. */
  connected(tx: Tx): void;
  ended(tx: Tx): void;
  /** do-log in rules of that place: a line now, as the profile of that name says, else as those of the targets do. */
  now(step: ProfileStep, profile: string | null): (tx: Tx) => void;
}

/** Aliases that are known as soon as a connection was accepted. */
const KNOWN_AT_ONCE: ReadonlySet<string> = new Set(['ci', 'cp', 'fi', 'fp', 'f', 'ft', 't', 'T', 'Tl', 'Ts', 'ms', 'H', 'pid', 'lc', 'o']);

/** Those that are known with a request, before any rule. */
const KNOWN_WITH_REQUEST: ReadonlySet<string> = new Set(['HM', 'HU', 'HP', 'HPO', 'HQ', 'HV', 'r', 'tr', 'trg', 'trl']);

/** When a line is written without log-steps: as soon as all of it is known. */
function usualStep({ log, options, mode }: Proxy): LogStep {
  if (log.format === null) return 'accept';
  if (options.flags.includes('logasap')) return mode === 'http' ? 'response' : 'connect';
  const { items } = log.format;
  const madeOf = (known: (alias: string) => boolean): boolean => items.every((item) => item.kind === 'text' || (item.kind === 'alias' && known(item.alias)));
  if (madeOf((alias) => KNOWN_AT_ONCE.has(alias))) return 'accept';
  return mode === 'http' && madeOf((alias) => KNOWN_AT_ONCE.has(alias) || KNOWN_WITH_REQUEST.has(alias)) ? 'request' : 'close';
}

function formatsOf(proxy: Proxy, shared: LogShared): ProxyFormats {
  const { format, errorFormat, structuredData } = proxy.log;
  const own = format === null ? null : writerOf(format, shared);
  const usual = own ?? connectLine(proxy, shared.env);
  const failure = errorFormat === null ? null : writerOf(errorFormat, shared);
  return { line: usual, error: failure ?? own, embryo: failure ?? embryoLine(shared.env), data: structuredData };
}

function compileProxy(proxy: Proxy, shared: LogShared): ProxyTraffic | null {
  const { log, options, index } = proxy;
  if (!proxy.isFrontend || log.targets.length === 0) return null;
  const formats = formatsOf(proxy, shared);
  const has = (flag: string): boolean => options.flags.includes(flag);
  return {
    steps: new Set(log.steps ?? [usualStep(proxy)]), once: log.steps === null,
    targets: log.targets.map((target) => compileTarget(target, proxy, formats, shared)),
    separateErrors: has('log-separate-errors'), onlyErrors: has('dontlog-normal'), dropNull: has('dontlognull'), early: has('logasap'),
    http: proxy.mode === 'http', lines: proxyCell(index, PS_LOGS),
  };
}

/** True for what HAProxy does not call a normal stream: errors, retries, redispatches, statuses 5xx. */
function failed(tx: Tx, http: boolean): boolean {
  const { facts } = tx;
  const cause = facts[FACT_TERM]! & 255;
  if (cause !== 0 && cause !== NONE && cause !== LOCAL) return true;
  return facts[FACT_ATTEMPT]! > 0 || (facts[FACT_FLAGS]! & FF_REDISPATCH) !== 0 || (http && tx.status() >= FIRST_SERVER_ERROR);
}
const NONE = '-'.charCodeAt(0);
const LOCAL = 'L'.charCodeAt(0);
const CLIENT_IN_REQUEST = 'C'.charCodeAt(0) | ('R'.charCodeAt(0) << 8);

class TrafficLog implements Traffic {
  private readonly proxies: readonly (ProxyTraffic | null)[];

  constructor(private readonly model: Model, private readonly shared: LogShared) {
    this.proxies = model.proxies.map((proxy) => compileProxy(proxy, shared));
  }

  logs(proxy: Proxy): boolean {
    return this.proxies[proxy.index] != null;
  }

  phases(proxy: Proxy): number {
    const own = this.proxies[proxy.index];
    if (own == null) return 0;
    let bits = 1 << PHASE_END;
    const when = (step: LogStep, phase: number): void => {
      if (own.steps.has(step)) bits |= 1 << phase;
    };
    when('accept', own.http ? PHASE_REQUEST : PHASE_SESSION);
    when('request', own.http ? PHASE_REQUEST : PHASE_CONTENT);
    when('connect', PHASE_CONNECTED);
    when('response', own.http ? PHASE_AFTER : PHASE_CONNECTED);
    return bits;
  }

  step(tx: Tx, step: Exclude<LogStep, 'close'>): void {
    const own = this.proxies[tx.frontend];
    if (own == null || !own.steps.has(step)) return;
    if (own.once) {
      const stream = tx.stream();
      if (stream.logged) return;
      stream.logged = true;
    }
    if (own.early) countSoFar(tx);
    this.write(tx, own, step, this.levelOf(tx, own));
  }

  accepted(tx: Tx): void {
    if (this.proxies[tx.frontend]?.http === false) this.step(tx, 'accept');
  }

  connected(tx: Tx): void {
    this.step(tx, 'connect');
    if (this.proxies[tx.frontend]?.http === false) this.step(tx, 'response');
  }

  ended(tx: Tx): void {
    const own = this.proxies[tx.frontend];
    if (own == null) return;
    if ((tx.facts[FACT_FLAGS]! & FF_EMBRYO) !== 0) return this.failure(tx, own, 'embryo');
    if (own.http && tx.facts[FACT_REQUEST_MS]! < 0 && tx.facts[FACT_HEAD_LEN] === 0) return this.unread(tx, own);
    if (!own.steps.has('close') && !own.once) return;
    if (own.once && (tx.streamIfAny()?.logged ?? false)) return;
    if (own.dropNull && tx.facts[FACT_BYTES_IN_LO] === 0 && tx.facts[FACT_BYTES_IN_HI] === 0) return;
    this.write(tx, own, 'close', this.levelOf(tx, own));
  }

  /** No request could be read. What was sent in answer does not count, as in HAProxy. */
  private unread(tx: Tx, own: ProxyTraffic): void {
    const { facts } = tx;
    facts[FACT_BYTES_OUT_LO] = facts[FACT_BYTES_OUT_HI] = 0;
    if (facts[FACT_STATUS] === 0 && facts[FACT_TERM] === CLIENT_IN_REQUEST) facts[FACT_STATUS] = BAD_REQUEST;
    this.failure(tx, own, 'error');
  }

  private failure(tx: Tx, own: ProxyTraffic, step: Step): void {
    this.write(tx, own, step, own.separateErrors ? ERR : INFO);
  }

  /** -1: nothing is to be logged. */
  private levelOf(tx: Tx, own: ProxyTraffic): number {
    const set = tx.streamIfAny()?.logLevel;
    const error = (own.separateErrors || own.onlyErrors) && failed(tx, own.http);
    if (own.onlyErrors && !error) return -1;
    return set ?? (own.separateErrors && error ? ERR : INFO);
  }

  private write(tx: Tx, { targets, lines }: ProxyTraffic, step: Step, level: number): void {
    if (level < 0) return;
    tx.logOrigin = ORIGINS[step] ?? step;
    for (let i = 0; i < targets.length; i++) targets[i]!(tx, step, level);
    tx.logOrigin = 'unspec';
    Atomics.add(this.shared.env.state, lines, 1);
  }

  now(step: ProfileStep, profile: string | null): (tx: Tx) => void {
    const { logProfiles } = this.model;
    const own = profile === null ? undefined : logProfiles.find(({ name }) => name === profile);
    const special = own === undefined ? null : this.model.proxies.map((proxy) => {
      const formats = formatsOf(proxy, this.shared);
      return proxy.log.targets.map((target) => compileTarget(target, proxy, formats, this.shared, own));
    });
    return (tx) => {
      const traffic = this.proxies[tx.frontend];
      if (traffic == null) return;
      this.write(tx, special === null ? traffic : { ...traffic, targets: special[tx.frontend]! }, step, tx.streamIfAny()?.logLevel ?? INFO);
    };
  }
}

/** Of a response that is about to be sent, what is here of it counts as sent. */
function countSoFar({ facts, phase }: Tx): void {
  if (phase !== PHASE_AFTER || facts[FACT_BYTES_OUT_LO] !== 0 || facts[FACT_BYTES_OUT_HI] !== 0) return;
  facts[FACT_BYTES_OUT_LO] = facts[FACT_HEAD_LEN]! + facts[FACT_BODY_LEN]!;
}

/** Number of the client's connection error (manual, fc_err). */
export const clientError = (tx: Tx): number => tx.facts[FACT_ERRORS]! & 255;

/** Compiles what a Model says about traffic logs; to be called before anything that depends on what samples are to be kept. */
export function compileTraffic(model: Model, shared: LogShared): Traffic {
  return new TrafficLog(model, shared);
}

/** One `log` line as a proxy uses it: what of a stream it takes, and how it is written. */
import { PROFILE_STEPS } from '../../config/log.js';
import type { LogProfile, LogTarget, ProfileStep } from '../../config/log.js';
import type { LogFormat, Model, Proxy } from '../../config/model.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import { headerWriter, nowMicros, type WriteHeader } from './header.js';
import { lineWriter, type WriteLine } from './line.js';
import type { Route } from './receivers.js';

/** Program in headers unless a log-tag says otherwise: log parsers look for it. */
export const DEFAULT_TAG = 'haproxy';

/** What is shared by all lines of a thread. */
export interface LogShared {
  readonly env: CompileEnv;
  /** Where a message of this target goes now; undefined: nowhere, and it is counted as dropped. */
  route(target: LogTarget): () => Route | undefined;
  /** Compiled formats, each once. */
  readonly writers: Map<LogFormat, WriteLine>;
  /** By number of the log line: messages seen, for its samples. */
  readonly seen: Map<number, { count: number }>;
}

/** Formats of a proxy by kind of step. */
export interface ProxyFormats {
  readonly line: WriteLine;
  /** For streams of which no request could be read; null: nothing is logged of them. */
  readonly error: WriteLine | null;
  /** For connections that fail before there is a session. */
  readonly embryo: WriteLine;
  readonly data: LogFormat | null;
}

export function writerOf(format: LogFormat, { writers, env }: LogShared): WriteLine {
  let writer = writers.get(format);
  if (writer === undefined) writers.set(format, (writer = lineWriter(format, env)));
  return writer;
}

/** How long a message may be, and how it is wrapped: rings have a word in it. */
export function wrapping(target: LogTarget, model: Model): { readonly length: number; readonly format: NonNullable<LogTarget['format']> } {
  const ring = target.to.kind === 'ring' ? model.rings[target.to.ring]! : null;
  const usual = model.global.log.hostname === null ? 'local' : 'rfc3164';
  return { length: ring === null ? target.length : Math.min(target.length, ring.maxlen), format: target.format ?? ring?.format ?? usual };
}

/** True for the message that a line's sample takes, of those that come by. */
export function sampler({ sample, line }: LogTarget, seen: LogShared['seen']): () => boolean {
  if (sample === null) return () => true;
  let state = seen.get(line);
  if (state === undefined) seen.set(line, (state = { count: 0 }));
  const counted = state;
  return () => {
    const turn = (counted.count++ % sample.size) + 1;
    return sample.ranges.some(([low, high]) => turn >= low && turn <= high);
  };
}

/** Profiles call both kinds of failures `error`. */
export type Step = ProfileStep | 'embryo';

type Compiled = { readonly line: WriteLine; readonly data: ((tx: Tx) => string) | null } | null;

/** What a profile and its proxy say about each step; null = nothing is logged. */
function compileSteps(profile: LogProfile | null, formats: ProxyFormats, wantsData: boolean, shared: LogShared): ReadonlyMap<Step, Compiled> {
  const ofStep = (step: ProfileStep, usual: WriteLine | null): Compiled => {
    const own = profile?.on.find((on) => on.step === step) ?? profile?.on.find((on) => on.step === 'any') ?? null;
    const line = own?.format == null ? usual : writerOf(own.format, shared);
    if (own?.drop === true || line === null) return null;
    const data = wantsData ? (own?.structuredData ?? formats.data) : null;
    return { line, data: data === null ? null : shared.env.logFormat(data, 'log') };
  };
  const steps = PROFILE_STEPS.map((step): [Step, Compiled] => [step, ofStep(step, step === 'error' ? formats.error : formats.line)]);
  return new Map([...steps, ['embryo', ofStep('error', formats.embryo)]]);
}

/** Writes a line at a step of a stream, if this target wants it. */
export type Log = (tx: Tx, step: Step, level: number) => void;

/** `profile`: that of a do-log action instead of the target's own. */
export function compileTarget(target: LogTarget, proxy: Proxy, formats: ProxyFormats, shared: LogShared, own?: LogProfile): Log {
  const { model } = shared.env;
  const profile = own ?? (target.profile === null ? null : model.logProfiles[target.profile]!);
  const { length, format } = wrapping(target, model);
  const header: WriteHeader = headerWriter(format, {
    hostname: model.global.log.hostname, tag: profile?.tag ?? proxy.log.tag ?? model.global.log.tag ?? DEFAULT_TAG, pid: process.pid, facility: target.facility,
  });
  const steps = compileSteps(profile, formats, format === 'rfc5424', shared);
  const wanted = sampler(target, shared.seen);
  const routeOf = shared.route(target);
  const { maxLevel, minLevel } = target;
  return (tx, step, level) => {
    if (level > maxLevel) return;
    const compiled = steps.get(step);
    if (compiled == null || !wanted()) return;
    const route = routeOf();
    if (route === undefined) return;
    const { sink, receiver } = route;
    sink.open(receiver, length);
    header(sink, level < minLevel ? minLevel : level, nowMicros(), compiled.data === null ? '' : compiled.data(tx));
    compiled.line(tx, sink);
    sink.close();
  };
}

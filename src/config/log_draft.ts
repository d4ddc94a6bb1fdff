/** Logs while the configuration is read: names are still names, formats still words. */
import type { Span } from './diagnostic.js';
import type { DraftAddress, Reference } from './draft.js';
import type { GlobalLog, LogForward, LogProfile, LogTarget, ProxyLog, Ring, RingServer } from './log.js';
import type { Word } from './source.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type DestinationDraft =
  | { readonly kind: 'datagram' | 'stream'; readonly address: DraftAddress; readonly span: Span }
  | { readonly kind: 'fd'; readonly fd: number }
  | { readonly kind: 'ring' | 'backend'; readonly name: Reference };

export interface LogLineDraft extends Omit<LogTarget, 'to' | 'profile'> {
  readonly to: DestinationDraft;
  readonly profile: Reference | null;
}

/**
 * A format whose meaning depends on the mode that its proxy has in the end: `line` is its whole line, `at` the format's place in it.
 * An option stands for a format of its own.
 */
export interface FormatDraft {
  readonly line: readonly Word[];
  readonly at: number;
  readonly option: 'httplog' | 'tcplog' | 'httpslog' | null;
}

/** What a proxy inherits from its defaults section. */
export interface LogDraft extends Omit<Mutable<ProxyLog>, 'targets' | 'format' | 'structuredData' | 'errorFormat'> {
  lines: readonly (LogLineDraft | 'global')[];
  format: FormatDraft | null;
  structuredData: FormatDraft | null;
  errorFormat: FormatDraft | null;
}

export interface GlobalLogDraft extends Omit<Mutable<GlobalLog>, 'targets'> {
  lines: readonly LogLineDraft[];
}

/** Formats once the mode of their proxy is known. */
export type LogFormats = Pick<ProxyLog, 'format' | 'structuredData' | 'errorFormat'>;
export const NO_FORMATS: LogFormats = { format: null, structuredData: null, errorFormat: null };

export interface RingDraft extends Omit<Mutable<Ring>, 'servers'> {
  readonly servers: (Omit<RingServer, 'address'> & { readonly address: DraftAddress; readonly span: Span })[];
  readonly span: Span;
}

export interface LogProfileDraft extends Omit<Mutable<LogProfile>, 'on'> {
  readonly on: LogProfile['on'][number][];
  readonly span: Span;
}

export interface LogForwardDraft extends Omit<Mutable<LogForward>, 'listeners' | 'datagrams' | 'targets'> {
  readonly listeners: { readonly address: DraftAddress; readonly span: Span }[];
  readonly datagrams: { readonly address: DraftAddress; readonly span: Span }[];
  lines: readonly (LogLineDraft | 'global')[];
}

/** Sections about logs, and the formats of proxies by their draft. */
export interface LogSections {
  readonly rings: RingDraft[];
  readonly profiles: LogProfileDraft[];
  readonly forwards: LogForwardDraft[];
  readonly formats: Map<object, LogFormats>;
  /** Log-profiles that do-log names. */
  readonly references: Reference[];
  /** `log` lines read so far. */
  lines: number;
}

/** Bytes of a ring unless it says. */
export const RING_SIZE = 16384;

export const newLogSections = (): LogSections => ({ rings: [], profiles: [], forwards: [], formats: new Map(), references: [], lines: 0 });

export const newLog = (): LogDraft => ({ lines: [], tag: null, format: null, structuredData: null, errorFormat: null, steps: null });


/** What the Model says about logs (manual: log, log-profile, ring, log-forward). Plain data, as all of the Model. */
import type { Span } from './diagnostic.js';
import type { LogFormat, SocketAddress } from './model.js';

/** How a message is wrapped for its receiver. */
export const MESSAGE_FORMATS = ['local', 'rfc3164', 'rfc5424', 'priority', 'short', 'timed', 'iso', 'raw'] as const;
export type MessageFormat = (typeof MESSAGE_FORMATS)[number];

export type LogDestination =
  | { readonly kind: 'datagram'; readonly address: SocketAddress }
  | { readonly kind: 'fd'; readonly fd: number }
  /** Index into Model.rings. */
  | { readonly kind: 'ring'; readonly ring: number }
  /** Index of a proxy in mode log. */
  | { readonly kind: 'backend'; readonly proxy: number };

/** Which messages of so many in turn a line takes; numbers from 1 on, both ends included. */
export interface LogSample {
  readonly ranges: readonly (readonly [low: number, high: number])[];
  readonly size: number;
}

/** One `log` line. */
export interface LogTarget {
  readonly to: LogDestination;
  /** Longest message with its header, without a newline, bytes. */
  readonly length: number;
  /** null: none was given. */
  readonly format: MessageFormat | null;
  readonly sample: LogSample | null;
  /** Index into Model.logProfiles. */
  readonly profile: number | null;
  /** Number of a syslog facility. */
  readonly facility: number;
  /** Less urgent messages are left out, more urgent ones than `minLevel` pass as that (numbers of syslog levels, 0 the most urgent). */
  readonly maxLevel: number;
  readonly minLevel: number;
  /** Number of the line in the configuration: what `log global` brings in keeps it, and counts its samples together. */
  readonly line: number;
}

/** What a stream may be logged at (manual: log-steps). */
export const LOG_STEPS = ['accept', 'request', 'connect', 'response', 'close'] as const;
export type LogStep = (typeof LOG_STEPS)[number];

export interface ProxyLog {
  /** `log` lines, those of `log global` in their place. */
  readonly targets: readonly LogTarget[];
  readonly tag: string | null;
  /** null = HAProxy's default line. */
  readonly format: LogFormat | null;
  readonly structuredData: LogFormat | null;
  readonly errorFormat: LogFormat | null;
  /** null = once, as soon as all is known. */
  readonly steps: readonly LogStep[] | null;
}

export interface GlobalLog {
  readonly targets: readonly LogTarget[];
  readonly tag: string | null;
  /** `log-send-hostname`: the name in headers; null = none. */
  readonly hostname: string | null;
}

/** Where a log-profile may say something of its own; the last ones are places of do-log. */
export const PROFILE_STEPS = [
  ...LOG_STEPS, 'error', 'any', 'quic-init', 'tcp-req-conn', 'tcp-req-sess', 'tcp-req-cont', 'tcp-res-cont', 'http-req', 'http-res', 'http-after-res',
] as const;
export type ProfileStep = (typeof PROFILE_STEPS)[number];

export interface LogProfile {
  readonly name: string;
  readonly tag: string | null;
  readonly on: readonly {
    readonly step: ProfileStep;
    readonly drop: boolean;
    /** null = as without the profile, for both. */
    readonly format: LogFormat | null;
    readonly structuredData: LogFormat | null;
  }[];
}

/** A server that gets all that is written to a ring. */
export interface RingServer {
  readonly name: string;
  readonly address: SocketAddress;
  /** RFC 6587 octet counting; else a newline ends each message. */
  readonly octetCount: boolean;
}

export interface Ring {
  readonly name: string;
  readonly description: string;
  /** null: none was given. */
  readonly format: MessageFormat | null;
  /** Longest message, bytes. */
  readonly maxlen: number;
  /** Bytes that are kept. */
  readonly size: number;
  /** ms, null = none. */
  readonly connectTimeout: number | null;
  readonly serverTimeout: number | null;
  readonly servers: readonly RingServer[];
}

/** How messages get to a server of a backend in mode log. */
export interface ServerLog {
  /** By datagrams (`udp@`), else over TCP. */
  readonly datagram: boolean;
  readonly octetCount: boolean;
  /** Bytes that wait for a server over TCP. */
  readonly size: number;
}

/** A `log-forward` section. */
export interface LogForward {
  readonly name: string;
  readonly span: Span;
  /** Sockets that take connections. */
  readonly listeners: readonly { readonly address: SocketAddress; readonly span: Span }[];
  /** Sockets that take datagrams. */
  readonly datagrams: readonly { readonly address: SocketAddress; readonly span: Span }[];
  readonly targets: readonly LogTarget[];
  readonly maxconn: number;
  /** 0 = the system's. */
  readonly backlog: number;
  /** ms, null = none. */
  readonly clientTimeout: number | null;
  /** option dont-parse-log, option assume-rfc6587-ntf. */
  readonly dontParse: boolean;
  readonly assumeNewline: boolean;
  /** option host. */
  readonly host: 'replace' | 'fill' | 'keep' | 'append';
}

/** What a health check does, as data: part of the Model. Compiled by src/backends/check. Times are in ms. */
import type { LogFormat, SampleExpression, SocketAddress } from './model.js';

/** `option <type>` and `type <type>` of healthcheck sections. */
export type CheckType =
  | 'tcp-check' | 'httpchk' | 'smtpchk' | 'mysql-check' | 'pgsql-check' | 'redis-check' | 'ldap-check' | 'spop-check' | 'ssl-hello-chk'
  | 'external-check';

/** One way to check servers, of a proxy or a healthcheck section. */
export interface CheckPlan {
  readonly type: CheckType;
  /** Arguments of the protocol by name: `user` and `version` of mysql-check, `hello` and `domain` of smtpchk, and so on. */
  readonly options: Readonly<Record<string, string>>;
  /** The request that the `option httpchk` line describes; what `http-check send` leaves out comes from it. */
  readonly request: HttpSend | null;
  /** `tcp-check` or `http-check` rules in their order; empty = what the type does by itself. */
  readonly rules: readonly CheckRule[];
  readonly sendState: boolean;
  readonly disableOn404: boolean;
}

interface RuleBase {
  /** Number of the rule as messages give it, from 1 on; 0 for rules that nobody wrote. */
  readonly step: number;
  readonly comment: string | null;
}

export interface ConnectRule extends RuleBase {
  readonly kind: 'connect';
  /** `default`: the encapsulation of the server line. */
  readonly useServer: boolean;
  readonly port: number | SampleExpression | null;
  readonly address: SocketAddress | null;
  readonly sendProxy: boolean;
  readonly viaSocks4: boolean;
  /** An orderly end instead of a reset. */
  readonly linger: boolean;
}

/** `tcp-check send`, `send-binary` and their -lf forms. `data` as bytes, one char each (latin1). */
export interface SendRule extends RuleBase {
  readonly kind: 'send';
  readonly data: string | LogFormat;
  /** The format gives hexadecimal digits. */
  readonly hexadecimal: boolean;
}

export interface HttpSend {
  readonly method: string | null;
  readonly uri: string | LogFormat | null;
  readonly version: string | null;
  readonly headers: readonly { readonly name: string; readonly value: LogFormat }[];
  readonly body: string | LogFormat | null;
}

export interface HttpSendRule extends RuleBase, HttpSend {
  readonly kind: 'http-send';
}

/** How a name or a value of a header is compared. */
export type TextMatch = 'str' | 'beg' | 'end' | 'sub' | 'reg';

export interface TextPattern {
  readonly match: TextMatch;
  readonly pattern: string | LogFormat;
}

export type ExpectMatch =
  | { readonly kind: 'string' | 'rstring' | 'binary' | 'rbinary'; readonly pattern: string }
  | { readonly kind: 'string-lf' | 'binary-lf'; readonly format: LogFormat }
  /** Ranges of codes, both ends included. */
  | { readonly kind: 'status'; readonly codes: readonly (readonly [number, number])[] }
  | { readonly kind: 'rstatus'; readonly pattern: string }
  /** `full`: the whole value (fhdr), else its parts between commas. */
  | { readonly kind: 'header'; readonly full: boolean; readonly name: TextPattern; readonly value: TextPattern | null }
  /** A row of src/backends/check/protocol judges. */
  | { readonly kind: 'protocol'; readonly name: string };

/** Names of statuses that a rule may give (management guide, check_status). */
export type OkStatus = 'L7OK' | 'L7OKC' | 'L6OK' | 'L4OK';
export type ErrorStatus = 'L7OKC' | 'L7RSP' | 'L7STS' | 'L6RSP' | 'L4CON';
export type TimeoutStatus = 'L7TOUT' | 'L6TOUT' | 'L4TOUT';

export interface ExpectRule extends RuleBase {
  readonly kind: 'expect';
  readonly match: ExpectMatch;
  /** The pattern as it was written, for messages. */
  readonly text: string;
  readonly inverse: boolean;
  /** Bytes that must be there before it is judged; -1 = not set. */
  readonly minRecv: number;
  /** null = by the kind of match. */
  readonly okStatus: OkStatus | null;
  readonly errorStatus: ErrorStatus | null;
  readonly timeoutStatus: TimeoutStatus | null;
  readonly onSuccess: LogFormat | null;
  readonly onError: LogFormat | null;
  readonly statusCode: SampleExpression | null;
}

/** `set-var`, `set-var-fmt`, `unset-var`: an action of src/core/action with what its parse() made. */
export interface ActionRule extends RuleBase {
  readonly kind: 'action';
  readonly action: string;
  readonly data: unknown;
}

export type CheckRule = ConnectRule | SendRule | HttpSendRule | ExpectRule | ActionRule;

/** The health check of a server. */
export interface Check {
  readonly inter: number;
  readonly fastinter: number | null;
  readonly downinter: number | null;
  readonly rise: number;
  readonly fall: number;
  /** Where to connect by `addr` and `port`; null = the server's own address or port. */
  readonly address: SocketAddress | null;
  readonly port: number | null;
  /** Number of its plan in Model.checkPlans; null = only connect. */
  readonly plan: number | null;
  /** Version of the PROXY header, 0 = none. */
  readonly sendProxy: 0 | 1 | 2;
  readonly viaSocks4: boolean;
}

/** `agent-check`: a program beside the server that says how it is doing. */
export interface Agent {
  readonly inter: number;
  /** null = the server's. */
  readonly address: SocketAddress | null;
  readonly port: number;
  /** What is sent to it first, latin1. */
  readonly send: string | null;
}

/** `observe`: what traffic says about the server counts as checks do. */
export interface Observe {
  readonly layer: 4 | 7;
  readonly errorLimit: number;
  readonly onError: 'fastinter' | 'fail-check' | 'sudden-death' | 'mark-down';
}

export type InitState = 'fully-up' | 'up' | 'down' | 'fully-down';

/** `email-alert` lines of a proxy, complete. */
export interface EmailAlert {
  /** Number in Model.mailers. */
  readonly mailers: number;
  readonly from: string;
  readonly to: string;
  readonly hostname: string | null;
  /** Syslog level by number: messages up to it are sent. */
  readonly level: number;
}

/** A `mailers` section. */
export interface Mailers {
  readonly name: string;
  readonly timeout: number;
  readonly mailers: readonly { readonly name: string; readonly address: SocketAddress }[];
}

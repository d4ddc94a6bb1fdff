import type { Runtime } from './runtime.js';

/** What a connection to the runtime API may do (manual, 5.1 `level`), least first. */
export type Level = 'user' | 'operator' | 'admin';
export const LEVELS: readonly Level[] = ['user', 'operator', 'admin'];

/** A sentence for people with its syslog level (3 error … 6 information), which `set severity-output` shows. */
export class Message {
  constructor(readonly severity: 3 | 4 | 5 | 6, readonly text: string) {}
}

export const failure = (text: string): Message => new Message(3, text);
export const warning = (text: string): Message => new Message(4, text);
export const notice = (text: string): Message => new Message(5, text);
export const information = (text: string): Message => new Message(6, text);

/** Lines, each with its newline, none of them empty: at once or in pieces that are made while the client reads. */
export type Answer = string | Message | Iterable<string> | AsyncIterable<string>;

/** How a connection to the runtime API behaves; commands like `prompt` change it. */
export interface ClientState {
  level: Level;
  /** `single`: one line, then the end. */
  mode: 'single' | 'interactive' | 'prompt';
  /** The prompt shows the process' uptime. */
  timed: boolean;
  severity: 'none' | 'number' | 'string';
  /** ms without a byte either way before the connection is closed. */
  timeout: number;
  experimental: boolean;
  expert: boolean;
  /** Sends the listening sockets to the client: 0 or -errno. null: its socket does not have `expose-fd listeners`. */
  handOver: (() => number) | null;
  /** The connection ends after the present command. */
  closing: boolean;
}

/** One command as it was asked for. */
export interface Call {
  /** The words behind the command's own. */
  readonly args: readonly string[];
  /** The lines behind `<<`, without the one that ended them; null = none was given. */
  readonly payload: string | null;
  readonly client: ClientState;
  readonly runtime: Runtime;
  /** Set when the client is gone: what waits for events should end. */
  readonly gone: AbortSignal;
}

/** A command of the runtime API (management guide, 9.3). Tables of rows by family; `index.ts` lists them. */
export interface CommandRow {
  /** One or several words. */
  readonly words: string;
  /** What follows them, as `help` shows it. */
  readonly usage?: string;
  /** One line for `help` and the reference. */
  readonly doc: string;
  readonly level: Level;
  /** Not listed by `help` unless the session's mode allows it. */
  readonly mode?: 'experimental' | 'expert';
  /** Known but not listed. */
  readonly hidden?: true;
  /** No empty line ends the answer. */
  readonly bare?: true;
  run(call: Call): Answer | Promise<Answer>;
}

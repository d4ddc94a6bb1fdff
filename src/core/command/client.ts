import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import { unknown } from './help.js';
import { parseLine } from './line.js';
import { failure, Message, type Answer, type ClientState, type CommandRow, type Level } from './row.js';
import type { Runtime } from './runtime.js';
import { permits, type CommandTable } from './table.js';

export interface ClientLimits {
  /** Longest line (tune.bufsize). */
  readonly line: number;
  /** Longest payload with the line that ends it (tune.cli.max-payload-size). */
  readonly payload: number;
}

const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
/** Pieces of answers are collected up to this many characters, so that lines do not become packets. */
const CHUNK = 16_384;

interface Pending {
  readonly commands: readonly (readonly string[])[];
  readonly end: string | null;
  readonly payload: string[];
  size: number;
}

/**
 * One connection to the runtime API. Lines are answered one after the other; an answer is made as fast as the client reads it. A
 * line or payload that is too long ends the connection, as does silence of `state.timeout` ms in either direction.
 */
export class Client {
  readonly state: ClientState;
  private rest = '';
  private readonly lines: string[] = [];
  private pending: Pending | null = null;
  private busy = false;
  private ended = false;
  private paused = false;
  private timer: NodeJS.Timeout | null = null;
  private readonly leaving = new AbortController();

  constructor(
    private readonly stream: Duplex, private readonly table: CommandTable, private readonly runtime: Runtime,
    private readonly limits: ClientLimits, level: Level, timeout: number, severity: ClientState['severity'] = 'none',
  ) {
    this.state = { level, mode: 'single', timed: false, severity, timeout, experimental: false, expert: false, handOver: null, closing: false };
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.take(text));
    stream.on('end', () => this.finish());
    stream.on('error', () => this.destroy());
    stream.on('close', () => this.destroy());
    this.touch();
  }

  destroy(): void {
    this.ended = true;
    this.leaving.abort();
    if (this.timer !== null) clearTimeout(this.timer);
    this.stream.destroy();
  }

  private touch(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = this.state.timeout > 0 && !this.ended ? setTimeout(() => this.destroy(), this.state.timeout) : null;
  }

  private take(text: string): void {
    this.touch();
    const parts = (this.rest + text).split('\n');
    this.rest = parts.pop()!;
    for (const part of parts) this.lines.push(part.endsWith('\r') ? part.slice(0, -1) : part);
    if (this.rest.length > Math.max(this.limits.line, this.pending === null ? 0 : this.limits.payload)) return this.destroy();
    // What is behind the present command waits in the socket, not here.
    if (this.busy && this.lines.length > 0 && !this.paused) {
      this.paused = true;
      this.stream.pause();
    }
    void this.work();
  }

  /** The client has said all: a last line without its newline counts. */
  private finish(): void {
    if (this.rest !== '') this.lines.push(this.rest);
    this.rest = '';
    this.ended = true;
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let line = this.lines.shift(); line !== undefined && !this.state.closing; line = this.lines.shift()) await this.line(line);
    } catch {
      return this.destroy();   // the client is gone
    }
    this.busy = false;
    if (this.state.closing || (this.ended && this.lines.length === 0)) return this.close();
    if (this.paused) {
      this.paused = false;
      this.stream.resume();
    }
  }

  private close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.destroy(), Math.max(this.state.timeout, 1000));
    // What still comes is not wanted, but a reset would take the answer away from the client.
    this.stream.removeAllListeners('data');
    this.stream.resume();
    this.stream.end();
  }

  private async line(text: string): Promise<void> {
    if (this.pending !== null) return this.payloadLine(this.pending, text);
    if (text.length > this.limits.line) return this.destroy();
    const { commands, payloadEnd } = parseLine(text);
    if (payloadEnd !== null) {
      this.pending = { commands, end: payloadEnd, payload: [], size: 0 };
      if (this.state.mode === 'prompt') await this.write('+ ');
      return;
    }
    await this.all(commands, null);
  }

  private async payloadLine(pending: Pending, text: string): Promise<void> {
    pending.size += text.length + 1;
    if (pending.size > this.limits.payload) return this.destroy();
    if (text !== pending.end) {
      pending.payload.push(text);
      if (this.state.mode === 'prompt') await this.write('+ ');
      return;
    }
    this.pending = null;
    await this.all(pending.commands, pending.payload.map((line) => `${line}\n`).join(''));
  }

  /** The commands of one line. The payload belongs to the last one. */
  private async all(commands: readonly (readonly string[])[], payload: string | null): Promise<void> {
    const last = commands.length - 1;
    for (const [at, words] of commands.entries()) {
      await this.one(words, at === last ? payload : null);
      if (this.state.closing) return;
    }
    if (commands.length === 0) await this.write(unknown(this.table, this.state, []) + '\n');
    if (this.state.mode === 'single') this.state.closing = true;
    else if (this.state.mode === 'prompt') await this.write(this.prompt());
  }

  private async one(words: readonly string[], payload: string | null): Promise<void> {
    const found = this.table.find(words);
    if (found === null) return this.write(unknown(this.table, this.state, words) + '\n');
    await this.send(await this.run(found.row, found.args, payload));
    if (!(this.state.closing && found.row.bare === true)) await this.write('\n');
  }

  private async run(row: CommandRow, args: readonly string[], payload: string | null): Promise<Answer> {
    const { state, runtime } = this;
    if (!permits(state.level, row.level)) return failure('Permission denied');
    if (row.mode !== undefined && !state[row.mode]) return failure(`This command is restricted to ${row.mode} mode only.`);
    try {
      return await row.run({ args, payload, client: state, runtime, gone: this.leaving.signal });
    } catch (error) {
      // A mistake of ours: the client gets an answer, the process lives on.
      runtime.report(`command '${row.words}' failed: ${(error as Error).stack ?? String(error)}`);
      return failure('Internal error, see the log.');
    }
  }

  private async send(answer: Answer): Promise<void> {
    if (typeof answer === 'string') return this.write(answer);
    if (answer instanceof Message) return this.write(this.sentence(answer));
    let collected = '';
    for await (const piece of answer) {
      collected += piece;
      if (collected.length < CHUNK) continue;
      await this.write(collected);
      collected = '';
    }
    await this.write(collected);
  }

  private sentence({ severity, text }: Message): string {
    const shown = { none: '', number: `[${severity}]: `, string: `[${SEVERITIES[severity]}]: ` }[this.state.severity];
    return text === '' ? '' : `${shown}${text}\n`;
  }

  private prompt(): string {
    if (!this.state.timed) return '> ';
    const seconds = Math.floor((this.runtime.now() - this.runtime.startTime) / 1000);
    const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
    return `[${Math.floor(seconds / 86_400)}:${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}]> `;
  }

  /** Waits while the client's socket is full. */
  private async write(text: string): Promise<void> {
    if (text === '') return;
    if (this.leaving.signal.aborted) throw new Error('gone');
    const room = this.stream.write(text);
    this.touch();
    if (!room) await once(this.stream, 'drain', { signal: this.leaving.signal });
  }
}
